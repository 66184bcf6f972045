/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/json.h"
#include "sys/clock.h"

int64_t world_now_ms(void)
{
	return clock_mono_ms();
}

/* ---- folders */

void world_folder_make(char ret_path[64])
{
	static const char *const folders[] = { "tail", "share", "share/decoders", "share/rules",
		"site" };
	(void)snprintf(ret_path, 64, "/tmp/fengsui-role-XXXXXX");
	assert_non_null(mkdtemp(ret_path));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[128];
		(void)snprintf(path, sizeof(path), "%s/%s", ret_path, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
}

static int drop_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void world_folder_drop(const char *path)
{
	assert_int_equal(nftw(path, drop_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void world_file_make(const char *folder, const char *name, const char *text)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

int world_folder_open(const char *folder, const char *name)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

int world_socket(int type, uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int one = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_true(type != SOCK_STREAM || listen(fd, 64) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* ---- the parent */

static void pair(int fds[2])
{
	int octets = 4 * 1024 * 1024;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	for (int i = 0; i < 2; i++) {
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	}
}

static void send_named(int to, enum msg_type type, const char *name, int own_fd)
{
	struct msg_handle msg = { .name = slice_str(name) };
	AUTO_BUF struct buf out;
	buf_init(&out, 256);
	msg_handle_encode(&msg, &out); /* a peer has the same shape */
	assert_int_equal(ipc_send_now(to, type, 0, buf_slice(&out), own_fd), 0);
	(void)close(own_fd);
}

void child_start(struct child *child)
{
	static const char text[] = "{\"sandbox\":\"strict\"}";
	struct msg_start start = { .config = slice_str(text) };
	AUTO_BUF struct buf out;
	int control[2];
	(void)signal(SIGPIPE, SIG_IGN);
	pair(control);
	child->room = malloc(IPC_FRAME_OCTETS_MAX);
	child->arena = arena_create(0);
	child->core = -1;
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		(void)dup2(control[1], 3);
		/* The sanitizers' leak check would need ptrace, which the fence kills. */
		char *envp[] = { (char[]) { "ASAN_OPTIONS=detect_leaks=0:allow_addr2line=0" },
			(char[]) { "UV_THREADPOOL_SIZE=1" }, NULL };
		char *argv[6] = { (char[]) { "role" } };
		for (size_t i = 0; i < 4 && child->argument[i] != NULL; i++) {
			argv[i + 1] = strdup(child->argument[i]);
		}
		(void)execve(child->program, argv, envp);
		_exit(127);
	}
	(void)close(control[1]);
	child->control = control[0];
	buf_init(&out, 1024);
	msg_start_encode(&start, &out);
	assert_int_equal(ipc_send_now(child->control, MSG_START, 0, buf_slice(&out), -1), 0);
}

void child_give(struct child *child, const char *handle, int own_fd)
{
	send_named(child->control, MSG_HANDLE, handle, own_fd);
}

static void core_open(struct child *child)
{
	int fds[2];
	pair(fds);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	child->core = fds[0];
	send_named(child->control, MSG_PEER, "core", fds[1]);
}

void child_let_go(struct child *child)
{
	assert_int_equal(ipc_send_now(child->control, MSG_GO, 0, (struct slice) { 0 }, -1), 0);
}

void child_go(struct child *child)
{
	struct msg_ready msg = { 0 };
	core_open(child);
	child_let_go(child);
	struct ipc_frame frame = child_take(child, IPC_PARENT, MSG_READY);
	assert_int_equal(msg_ready_decode(frame.payload, &msg), 0);
	assert_true(slice_is(msg.sandbox, "strict"));
}

void child_core_renew(struct child *child)
{
	int old = child->core;
	core_open(child);
	(void)close(old);
}

void child_fini(struct child *child)
{
	(void)close(child->control);
	if (child->core >= 0) {
		(void)close(child->core);
	}
	free(child->room);
	child->arena = arena_destroy(child->arena);
}

void child_stop(struct child *child)
{
	int status = 0;
	assert_int_equal(
		ipc_send_now(child->control, MSG_STOP, 0, (struct slice) { 0 }, -1), 0);
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	child_fini(child);
}

void child_kill(struct child *child)
{
	(void)kill(child->pid, SIGKILL);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
	child_fini(child);
}

/* ---- core */

/* The next frame of any type; false when the time is over. */
static bool take_any(
	struct child *child, enum ipc_role at, int64_t until_ms, struct ipc_frame *frame)
{
	int fd = at == IPC_CORE ? child->core : child->control;
	int64_t left_ms = until_ms - world_now_ms();
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	if (left_ms <= 0 || poll(&poll_fd, 1, (int)left_ms) != 1) {
		return false;
	}
	*frame = (struct ipc_frame) { .fd = -1 };
	assert_int_equal(ipc_receive_now(fd, at, child->role, child->room, frame), 0);
	return true;
}

struct ipc_frame child_take(struct child *child, enum ipc_role at, enum msg_type type)
{
	struct ipc_frame frame = { .fd = -1 };
	int64_t until_ms = world_now_ms() + WORLD_PATIENCE_MS;
	do {
		assert_true(take_any(child, at, until_ms, &frame));
	} while (frame.type != type);
	return frame;
}

bool child_hears(struct child *child, enum msg_type type, int within_ms)
{
	struct ipc_frame frame = { .fd = -1 };
	int64_t until_ms = world_now_ms() + within_ms;
	while (take_any(child, IPC_CORE, until_ms, &frame)) {
		if (frame.type == type) {
			return true;
		}
	}
	return false;
}

void child_say(struct child *child, enum msg_type type, struct slice payload, int own_fd)
{
	assert_int_equal(ipc_send_now(child->core, type, 0, payload, own_fd), 0);
	if (own_fd >= 0) {
		(void)close(own_fd);
	}
}

struct signal child_signal(struct child *child, const char *class)
{
	struct signal signal = { 0 };
	do {
		struct ipc_frame frame = child_take(child, IPC_CORE, MSG_SIGNAL);
		struct msg_signal msg = { 0 };
		struct diag diag = { 0 };
		assert_int_equal(msg_signal_decode(frame.payload, &msg), 0);
		assert_int_equal(signal_parse(child->arena, arena_dup(child->arena, msg.json),
					 &signal, &diag),
			0);
		assert_true(frame.trace != 0);
	} while (!slice_is(signal.class, class));
	return signal;
}

void child_confirm(struct child *child, uint32_t count)
{
	struct msg_signal_taken msg = { .count = count };
	AUTO_BUF struct buf out;
	buf_init(&out, 64);
	msg_signal_taken_encode(&msg, &out);
	child_say(child, MSG_SIGNAL_TAKEN, buf_slice(&out), -1);
}

const struct json *child_status(struct child *child)
{
	struct msg_status msg = { 0 };
	const struct json *root = NULL;
	struct ipc_frame frame = { .fd = -1 };
	while (take_any(child, IPC_PARENT, world_now_ms() + 1, &frame)) {
		/* what it was before */
	}
	frame = child_take(child, IPC_PARENT, MSG_STATUS);
	assert_int_equal(msg_status_decode(frame.payload, &msg), 0);
	assert_int_equal(
		json_parse(child->arena, arena_dup(child->arena, msg.json), 0, &root, NULL), 0);
	return root;
}

int64_t child_counter(struct child *child, const char *name)
{
	int64_t value = json_get_int(child_status(child), name, -1);
	assert_true(value >= 0);
	return value;
}

void child_wait_counter(struct child *child, const char *name, int64_t least)
{
	int64_t value = 0;
	int64_t until_ms = world_now_ms() + WORLD_PATIENCE_MS;
	do {
		value = child_counter(child, name);
	} while (value < least && world_now_ms() < until_ms);
	assert_true(value >= least);
}
