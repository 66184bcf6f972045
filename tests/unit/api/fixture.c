/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "api/assets.h"
#include "api/server.h"
#include "api/tls.h"
#include "base/jw.h"
#include "base/num.h"

enum { PATIENCE_MS = 15000, DESCRIPTORS = 8192 };

/* The server as web's main wires it, without runtime and fence. */
struct inside {
	struct web *web;
	uv_loop_t loop;
	uv_async_t stop;
	struct server *server;
	struct assets *assets;
	struct ipc *peers[IPC_ROLE_COUNT_];
	int http_fd;
	int https_fd;
	int given[IPC_ROLE_COUNT_];
};

static int listen_any(int *ret_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Accepted sockets have it too: what a reader leaves unread must not vanish in the kernel. */
	int octets = 64 * 1024;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1024), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*ret_port = ntohs(at.sin_port);
	return fd;
}

static void pair(int fds[2])
{
	int octets = 4 * 1024 * 1024;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	for (int i = 0; i < 2; i++) {
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	}
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
}

static void file_make(const char *folder, const char *name, const char *text)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

static void folder_make(struct web *web)
{
	static const char *const folders[] = { "data", "ui", "ui/static" };
	(void)snprintf(web->folder, sizeof(web->folder), "/tmp/fengsui-web-XXXXXX");
	assert_non_null(mkdtemp(web->folder));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[128];
		(void)snprintf(path, sizeof(path), "%s/%s", web->folder, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	file_make(web->folder, "ui/index.html", "<!doctype html><title>desk</title>");
	file_make(web->folder, "ui/m.html", "<!doctype html><title>phone</title>");
	file_make(web->folder, "ui/static/app-1a2b.js",
		"export const answer = 'plain, and the longest of them';");
	file_make(web->folder, "ui/static/app-1a2b.js.gz", "as if gzip, shorter");
	file_make(web->folder, "ui/static/app-1a2b.js.br", "as if brotli");
}

static void folder_drop(const struct web *web)
{
	static const char *const names[] = { "ui/index.html", "ui/m.html",
		"ui/static/app-1a2b.js", "ui/static/app-1a2b.js.gz", "ui/static/app-1a2b.js.br",
		"data/tls/self.pem" };
	static const char *const folders[] = { "ui/static", "ui", "data/tls", "data", "." };
	char path[128];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", web->folder, names[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", web->folder, folders[i]);
		(void)rmdir(i < 4 ? path : web->folder);
	}
}

static int folder_open(const struct web *web, const char *name)
{
	char path[128];
	(void)snprintf(path, sizeof(path), "%s/%s", web->folder, name);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* ---- in a thread */

static void inside_closed(void *ctx, struct ipc *ipc, const char *why);

static int inside_send(void *ctx, enum ipc_role to, const struct ipc_frame *frame)
{
	struct inside *in = ctx;
	return ipc_send(in->peers[to], frame->type, frame->req, frame->trace, frame->payload,
		frame->fd);
}

static void inside_frame(void *ctx, struct ipc *ipc, struct ipc_frame *frame)
{
	struct inside *in = ctx;
	if (ipc_peer(ipc) == IPC_PARENT && frame->type == MSG_PEER) {
		struct msg_peer msg = { 0 };
		assert_int_equal(msg_peer_decode(frame->payload, &msg), 0);
		enum ipc_role peer = ipc_role_of(msg.role);
		(void)ipc_destroy(in->peers[peer]);
		in->peers[peer] = ipc_create(&in->loop, ipc_frame_take_fd(frame), IPC_WEB, peer,
			inside_frame, inside_closed, in);
		server_peer(in->server, peer, true);
		return;
	}
	server_frame(in->server, ipc_peer(ipc), frame);
}

static void inside_closed(void *ctx, struct ipc *ipc, const char *why)
{
	struct inside *in = ctx;
	enum ipc_role peer = ipc_peer(ipc);
	(void)why;
	in->peers[peer] = ipc_destroy(ipc);
	if (peer != IPC_PARENT) {
		server_peer(in->server, peer, false);
	}
}

static void inside_stop(uv_async_t *async)
{
	struct inside *in = async->data;
	server_end(in->server);
	for (unsigned i = 0; i < IPC_ROLE_COUNT_; i++) {
		in->peers[i] = ipc_destroy(in->peers[i]);
	}
	uv_close((uv_handle_t *)async, NULL);
}

static void *inside_run(void *arg)
{
	struct inside *in = arg;
	(void)uv_run(&in->loop, UV_RUN_DEFAULT);
	return NULL;
}

static void start_thread(
	struct web *web, int http_fd, int https_fd, int control, const int peers[2])
{
	struct inside *in = calloc(1, sizeof(*in));
	struct diag diag = { 0 };
	struct tls_identity identity = { 0 };
	int folder = folder_open(web, "ui");
	int data = folder_open(web, "data");
	assert_non_null(in);
	web->inside = in;
	in->http_fd = http_fd;
	in->https_fd = https_fd;
	assert_int_equal(uv_loop_init(&in->loop), 0);
	assert_int_equal(assets_load(folder, &in->assets, &diag), 0);
	assert_int_equal(tls_identity_self(data, "127.0.0.1:1", &identity, &diag), 0);
	(void)close(folder);
	(void)close(data);
	struct server_setup setup = { .http_fd = http_fd,
		.https_fd = https_fd,
		.certificate = identity.certificate,
		.key = identity.key,
		.assets = in->assets,
		.send = inside_send,
		.send_ctx = in,
		.request_ms = web->request_ms,
		.answer_ms = web->answer_ms,
		.ping_ms = web->ping_ms };
	assert_int_equal(server_create(&setup, &in->server, &diag), 0);
	tls_identity_fini(&identity);
	assert_int_equal(server_begin(in->server, &in->loop), 0);
	in->peers[IPC_PARENT] = ipc_create(
		&in->loop, control, IPC_WEB, IPC_PARENT, inside_frame, inside_closed, in);
	in->peers[IPC_CORE] = ipc_create(
		&in->loop, peers[0], IPC_WEB, IPC_CORE, inside_frame, inside_closed, in);
	in->peers[IPC_QUERY] = ipc_create(
		&in->loop, peers[1], IPC_WEB, IPC_QUERY, inside_frame, inside_closed, in);
	server_peer(in->server, IPC_CORE, true);
	server_peer(in->server, IPC_QUERY, true);
	(void)uv_async_init(&in->loop, &in->stop, inside_stop);
	in->stop.data = in;
	assert_int_equal(pthread_create(&web->thread, NULL, inside_run, in), 0);
}

/* ---- the program */

static void give(struct web *web, enum msg_type type, struct slice payload, int own_fd)
{
	assert_int_equal(ipc_send_now(web->control_fd, type, 0, payload, own_fd), 0);
	if (own_fd >= 0) {
		(void)close(own_fd);
	}
}

static void give_named(struct web *web, enum msg_type type, const char *name, int own_fd)
{
	struct buf out;
	struct msg_handle msg = { .name = slice_str(name) };
	buf_init(&out, 256);
	msg_handle_encode(&msg, &out); /* a peer has the same shape */
	give(web, type, buf_slice(&out), own_fd);
	buf_fini(&out);
}

static void start_program(
	struct web *web, int http_fd, int https_fd, int control, const int peers[2])
{
	static const char text[] = "{\"sandbox\":\"strict\",\"tls_listen\":\"127.0.0.1:1\"}";
	struct msg_start start = { .config = slice_str(text) };
	struct buf out;
	web->pid = fork();
	assert_true(web->pid >= 0);
	if (web->pid == 0) {
		(void)dup2(control, 3);
		/* The sanitizers' leak check would need ptrace, which the fence kills. */
		char *envp[] = { (char[]) { "ASAN_OPTIONS=detect_leaks=0" },
			(char[]) { "UV_THREADPOOL_SIZE=1" }, NULL };
		char *argv[] = { (char[]) { "web" }, NULL };
		(void)execve(web->program, argv, envp);
		_exit(127);
	}
	(void)close(control);
	buf_init(&out, 1024);
	msg_start_encode(&start, &out);
	give(web, MSG_START, buf_slice(&out), -1);
	buf_fini(&out);
	give_named(web, MSG_HANDLE, "http", http_fd);
	give_named(web, MSG_HANDLE, "https", https_fd);
	give_named(web, MSG_HANDLE, "share", folder_open(web, "."));
	give_named(web, MSG_HANDLE, "data", folder_open(web, "data"));
	give_named(web, MSG_PEER, "core", peers[0]);
	give_named(web, MSG_PEER, "query", peers[1]);
	give(web, MSG_GO, (struct slice) { 0 }, -1);
	struct ipc_frame ready = { 0 };
	assert_int_equal(
		ipc_receive_now(web->control_fd, IPC_PARENT, IPC_WEB, web->frame_room, &ready),
		0);
	assert_int_equal(ready.type, MSG_READY);
	struct msg_ready msg = { 0 };
	assert_int_equal(msg_ready_decode(ready.payload, &msg), 0);
	assert_true(slice_is(msg.sandbox, "strict"));
}

static void serving(struct web *web);

void web_start(struct web *web)
{
	int control[2];
	int core[2];
	int query[2];
	struct rlimit limit = { 0 };
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	(void)signal(SIGPIPE, SIG_IGN);
	web->frame_room = malloc(IPC_FRAME_OCTETS_MAX);
	folder_make(web);
	int http_fd = listen_any(&web->port);
	int https_fd = listen_any(&web->tls_port);
	pair(control);
	pair(core);
	pair(query);
	web->control_fd = control[0];
	web->core_fd = core[0];
	web->query_fd = query[0];
	int theirs[2] = { core[1], query[1] };
	if (web->program != NULL) {
		/* A role reads its beginnings from a blocking socket. */
		assert_int_equal(fcntl(control[1], F_SETFL, 0), 0);
		start_program(web, http_fd, https_fd, control[1], theirs);
	} else {
		start_thread(web, http_fd, https_fd, control[1], theirs);
	}
	serving(web);
}

static void stop_program(struct web *web)
{
	int status = 0;
	give(web, MSG_STOP, (struct slice) { 0 }, -1);
	assert_int_equal(waitpid(web->pid, &status, 0), web->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void stop_thread(struct web *web)
{
	struct inside *in = web->inside;
	(void)uv_async_send(&in->stop);
	assert_int_equal(pthread_join(web->thread, NULL), 0);
	assert_int_equal(uv_loop_close(&in->loop), 0);
	in->server = server_destroy(in->server);
	in->assets = assets_destroy(in->assets);
	(void)close(in->http_fd);
	(void)close(in->https_fd);
	free(in);
}

void web_stop(struct web *web)
{
	if (web->program != NULL) {
		stop_program(web);
	} else {
		stop_thread(web);
	}
	(void)close(web->control_fd);
	(void)close(web->core_fd);
	(void)close(web->query_fd);
	folder_drop(web);
	free(web->frame_room);
}

static int *peer_fd(struct web *web, enum ipc_role peer)
{
	return peer == IPC_CORE    ? &web->core_fd
	       : peer == IPC_QUERY ? &web->query_fd
				   : &web->control_fd;
}

void web_peer_close(struct web *web, enum ipc_role peer)
{
	(void)close(*peer_fd(web, peer));
	*peer_fd(web, peer) = -1;
}

void web_peer_open(struct web *web, enum ipc_role peer)
{
	int fds[2];
	pair(fds);
	*peer_fd(web, peer) = fds[0];
	give_named(web, MSG_PEER, ipc_role_name(peer), fds[1]);
	serving(web);
}

static void serving(struct web *web)
{
	static const char text[] = "{\"roles\":[{\"role\":\"core\",\"state\":\"up\"},"
				   "{\"role\":\"query\",\"state\":\"up\"}]}";
	struct msg_health health = { .json = slice_str(text) };
	struct reply reply;
	reply_init(&reply);
	/* Channels and health come by another way than requests. */
	for (int i = 0; i < PATIENCE_MS / 10 && reply.status != 200; i++) {
		WEB_SEND(web, IPC_PARENT, health, MSG_HEALTH, 0, &health);
		http_ask(web, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
		(void)usleep(10 * 1000);
	}
	assert_int_equal(reply.status, 200);
	reply_fini(&reply);
}

struct ipc_frame web_take(struct web *web, enum ipc_role at, enum msg_type type)
{
	for (;;) {
		struct ipc_frame frame = { .fd = -1 };
		struct pollfd poll_fd = { .fd = *peer_fd(web, at), .events = POLLIN };
		assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
		assert_int_equal(
			ipc_receive_now(poll_fd.fd, at, IPC_WEB, web->frame_room, &frame), 0);
		if (frame.type == type ||
			(frame.type != MSG_TOUCH && frame.type != MSG_UNSUBSCRIBE)) {
			assert_int_equal(frame.type, type);
			return frame;
		}
	}
}

bool web_quiet(struct web *web, enum ipc_role at)
{
	struct pollfd poll_fd = { .fd = *peer_fd(web, at), .events = POLLIN };
	return poll(&poll_fd, 1, 50) == 0;
}

int web_send_payload(struct web *web, enum ipc_role from, enum msg_type type, uint32_t req,
	struct slice payload)
{
	return ipc_send_now(*peer_fd(web, from), type, req, payload, -1);
}

void web_answer(struct web *web, enum ipc_role from, uint32_t req, const struct msg_answer *msg,
	int own_fd)
{
	struct buf out;
	buf_init(&out, IPC_PAYLOAD_OCTETS_MAX);
	msg_answer_encode(msg, &out);
	assert_int_equal(
		ipc_send_now(*peer_fd(web, from), MSG_ANSWER, req, buf_slice(&out), own_fd), 0);
	if (own_fd >= 0) {
		(void)close(own_fd);
	}
	buf_fini(&out);
}

/* ---- the client */

int http_open(const struct web *web)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)web->port) };
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int octets = 64 * 1024;
	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

void http_say_octets(int fd, struct slice octets)
{
	while (octets.n > 0) {
		ssize_t n = send(fd, octets.p, octets.n, MSG_NOSIGNAL);
		if (n < 0) {
			return; /* the other side has had enough; what it answered is read next */
		}
		octets = slice_skip(octets, (size_t)n);
	}
}

void http_say(int fd, const char *text)
{
	http_say_octets(fd, slice_str(text));
}

const char *http_read_until(int fd, const char *end, struct buf *text)
{
	char octet = 0;
	buf_clear(text);
	while (!slice_ends(buf_slice(text), slice_str(end))) {
		if (recv(fd, &octet, 1, 0) != 1) {
			return "";
		}
		buf_put_byte(text, (uint8_t)octet);
	}
	return (const char *)text->p;
}

static void read_n(int fd, size_t n, struct buf *out)
{
	while (n > 0) {
		uint8_t room[4096];
		ssize_t got = recv(fd, room, n < sizeof(room) ? n : sizeof(room), 0);
		if (got <= 0) {
			return;
		}
		buf_put(out, slice_of(room, (size_t)got));
		n -= (size_t)got;
	}
}

static size_t hex_of(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	for (const char *at = NULL;
		*text != '\0' && (at = strchr(digits, *text | 0x20)) != NULL; text++) {
		n = n * 16 + (size_t)(at - digits);
	}
	return n;
}

static void read_chunks(int fd, struct buf *out)
{
	struct buf line;
	buf_init(&line, 256);
	size_t n = 1;
	while (n > 0) {
		n = hex_of(http_read_until(fd, "\r\n", &line));
		read_n(fd, n, out);
		(void)http_read_until(fd, "\r\n", &line);
	}
	buf_fini(&line);
}

void reply_init(struct reply *reply)
{
	reply->status = 0;
	buf_init(&reply->head, 64 * 1024);
	buf_init(&reply->body, 32 * 1024 * 1024);
}

void reply_fini(struct reply *reply)
{
	buf_fini(&reply->head);
	buf_fini(&reply->body);
}

void http_read(int fd, bool head_only, struct reply *reply)
{
	uint64_t n = 0;
	uint64_t status = 0;
	buf_clear(&reply->body);
	reply->status = 0;
	do {
		if (http_read_until(fd, "\r\n\r\n", &reply->head)[0] == '\0' ||
			num_u64(slice_head(slice_skip(buf_slice(&reply->head), 9), 3), 999,
				&status) < 0) {
			return;
		}
		reply->status = (int)status;
	} while (reply->status == 100);
	if (head_only || reply->status == 304) {
		return;
	}
	if (slice_is(slice_str(http_field(reply, "Transfer-Encoding")), "chunked")) {
		read_chunks(fd, &reply->body);
	} else if (num_u64(slice_str(http_field(reply, "Content-Length")), UINT32_MAX, &n) ==
		   0) {
		read_n(fd, (size_t)n, &reply->body);
	}
}

const char *http_field(const struct reply *reply, const char *name)
{
	static char value[1024];
	struct slice left = buf_slice(&reply->head);
	while (left.n > 0) {
		struct slice line = { 0 };
		struct slice have = { 0 };
		struct slice text = { 0 };
		(void)slice_cut(left, '\n', &line, &left);
		if (slice_cut(line, ':', &have, &text) &&
			slice_eq_nocase(have, slice_str(name))) {
			(void)snprintf(
				value, sizeof(value), "%.*s", SLICE_FMT(slice_trim(text)));
			return value;
		}
	}
	return "";
}

void http_ask(const struct web *web, const char *text, struct reply *reply)
{
	int fd = http_open(web);
	http_say(fd, text);
	http_read(fd, slice_starts(slice_str(text), SLICE("HEAD ")), reply);
	(void)close(fd);
}

bool reply_has(const struct reply *reply, const char *text)
{
	return slice_find(buf_slice(&reply->body), slice_str(text)) != SIZE_MAX;
}

long web_counter(const struct web *web, const char *name)
{
	struct reply reply;
	char line[128];
	int64_t value = -1;
	struct slice number = { 0 };
	struct slice rest = { 0 };
	reply_init(&reply);
	http_ask(web, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
	assert_int_equal(reply.status, 200);
	(void)snprintf(
		line, sizeof(line), "fengsui_role_counter{role=\"web\",name=\"%s\"} ", name);
	size_t at = slice_find(buf_slice(&reply.body), slice_str(line));
	assert_true(at != SIZE_MAX);
	(void)slice_cut(
		slice_skip(buf_slice(&reply.body), at + strlen(line)), '\n', &number, &rest);
	assert_int_equal(num_i64(number, 0, INT64_MAX, &value), 0);
	reply_fini(&reply);
	return (long)value;
}

void web_wait_counter(const struct web *web, const char *name, long value)
{
	for (int i = 0; i < PATIENCE_MS / 10 && web_counter(web, name) != value; i++) {
		(void)usleep(10 * 1000);
	}
	assert_int_equal(web_counter(web, name), value);
}
