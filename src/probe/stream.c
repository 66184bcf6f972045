/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "probe/knock.h"
#include "probe/tls_session.h"

enum { READ_OCTETS = 64 * 1024, CONNECTS_BATCH = 64, CONNECTS_ROUNDS = 16 };

/*
 * Most checks of a port are over when it is connected.  Until then a stream is a bare
 * descriptor in an epoll of the set's own, which costs half the system calls of a handle of
 * the loop; it becomes one when there is something to send or to read.
 */
struct stream_set {
	uv_loop_t *loop;
	uv_poll_t ready; /* of connects */
	int connects;    /* epoll of what is connecting; each is told once */
	struct stream *first;
	uint32_t count;
	uint32_t open_max;
	bool closing;
	struct knock_shelf shelf;
	uint8_t octets[READ_OCTETS]; /* one read at a time is handed on before the next */
};

struct stream {
	struct stream_set *set;
	struct stream *next;
	struct stream *prev;
	struct stream_config config; /* server_name belongs to the caller until CLOSED */
	int fd;                      /* until tcp has it; -1 = it has, or none */
	uv_tcp_t tcp;
	uv_timer_t deadline;
	uint64_t opened_ns;
	int64_t connect_us;
	int error;
	const char *reason;
	struct tls_session *tls;
	unsigned handles; /* of the loop: the deadline, and tcp once it has the descriptor */
	bool closing;
	bool over; /* END, FAILED or TIMEOUT was said */
	bool secured;
};

struct write {
	uv_write_t request;
	struct stream *stream;
	uint8_t octets[];
};

static void on_ready(uv_poll_t *poll, int status, int events);

static void on_set_closed(uv_handle_t *handle)
{
	struct stream_set *set = handle->data;
	knock_shelf_fini(&set->shelf);
	(void)close(set->connects);
	free(set);
}

struct stream_set *stream_set_create(uv_loop_t *loop, uint32_t open_max)
{
	struct stream_set *set = calloc(1, sizeof(*set));
	int connects = set != NULL ? epoll_create1(EPOLL_CLOEXEC) : -1;
	if (connects < 0 || uv_poll_init(loop, &set->ready, connects) < 0) {
		if (connects >= 0) {
			(void)close(connects);
		}
		free(set);
		return NULL;
	}
	set->loop = loop;
	set->connects = connects;
	set->ready.data = set;
	set->open_max = open_max < STREAM_SET_LIMIT ? open_max : STREAM_SET_LIMIT;
	(void)uv_poll_start(&set->ready, UV_READABLE, on_ready);
	/* The deadlines of what connects keep the loop. */
	uv_unref((uv_handle_t *)&set->ready);
	return set;
}

static void close_ready(struct stream_set *set)
{
	if (set->closing && set->count == 0) {
		uv_close((uv_handle_t *)&set->ready, on_set_closed);
	}
}

void stream_set_close(struct stream_set *set)
{
	set->closing = true;
	struct stream *next = NULL;
	for (struct stream *s = set->first; s != NULL; s = next) {
		next = s->next;
		stream_close(s);
	}
	close_ready(set);
}

uv_loop_t *stream_set_loop(const struct stream_set *set)
{
	return set->loop;
}

uint32_t stream_set_count(const struct stream_set *set)
{
	return set->count;
}

static bool is_adopted(const struct stream *stream)
{
	return stream->handles == 2;
}

static void say(struct stream *stream, enum stream_event event, struct slice data)
{
	if (stream->closing || stream->over) {
		return;
	}
	if (event == STREAM_END || event == STREAM_FAILED || event == STREAM_TIMEOUT) {
		stream->over = true;
		(void)uv_timer_stop(&stream->deadline);
		if (is_adopted(stream)) {
			(void)uv_read_stop((uv_stream_t *)&stream->tcp);
		}
	}
	stream->config.on(stream->config.user, stream, event, data);
}

static void fail(struct stream *stream, int error, const char *reason)
{
	if (!stream->over) {
		stream->error = error;
		stream->reason = reason;
		say(stream, STREAM_FAILED, (struct slice) { 0 });
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct stream *stream = handle->data;
	if (--stream->handles > 0) {
		return;
	}
	struct stream_set *set = stream->set;
	if (stream->prev != NULL) {
		stream->prev->next = stream->next;
	} else {
		set->first = stream->next;
	}
	if (stream->next != NULL) {
		stream->next->prev = stream->prev;
	}
	set->count--;
	stream->config.on(stream->config.user, stream, STREAM_CLOSED, (struct slice) { 0 });
	tls_session_destroy(stream->tls);
	free(stream);
	close_ready(set);
}

static void close_socket(struct stream *stream)
{
	if (stream->fd >= 0 && stream->config.knock && stream->connect_us >= 0) {
		knock_done(&stream->set->shelf,
			stream->config.addr.family == 6 ? AF_INET6 : AF_INET, stream->fd);
	} else if (stream->fd >= 0) {
		(void)close(stream->fd);
	}
	stream->fd = -1;
}

void stream_close(struct stream *stream)
{
	if (stream->closing) {
		return;
	}
	stream->closing = true;
	if (is_adopted(stream)) {
		uv_close((uv_handle_t *)&stream->tcp, on_handle_closed);
	}
	close_socket(stream);
	uv_close((uv_handle_t *)&stream->deadline, on_handle_closed);
}

static void on_written(uv_write_t *request, int status)
{
	struct write *write = request->data;
	struct stream *stream = write->stream;
	free(write);
	if (status < 0 && status != UV_ECANCELED && !stream->closing) {
		/* A server may answer and close before it has read everything: let reading decide. */
		if (status != UV_EPIPE && status != UV_ECONNRESET) {
			fail(stream, status, "");
		}
	}
}

/* The loop's own from now on.  Returns: false when it has FAILED. */
static bool adopt(struct stream *stream)
{
	if (is_adopted(stream)) {
		return true;
	}
	int rc = uv_tcp_init(stream->set->loop, &stream->tcp);
	if (rc == 0) {
		stream->tcp.data = stream;
		stream->handles++;
		rc = uv_tcp_open(&stream->tcp, stream->fd);
	}
	if (rc < 0) {
		fail(stream, rc, "");
		return false;
	}
	stream->fd = -1;
	(void)uv_tcp_nodelay(&stream->tcp, 1);
	return true;
}

static void send_octets(struct stream *stream, struct slice octets)
{
	if (octets.n == 0 || octets.n > STREAM_WRITE_MAX || stream->closing || stream->over ||
		!adopt(stream)) {
		return;
	}
	struct write *write = malloc(sizeof(*write) + octets.n);
	if (write == NULL) {
		fail(stream, UV_ENOMEM, "");
		return;
	}
	write->stream = stream;
	write->request.data = write;
	memcpy(write->octets, octets.p, octets.n);
	uv_buf_t out = uv_buf_init((char *)write->octets, (unsigned)octets.n);
	int rc = uv_write(&write->request, (uv_stream_t *)&stream->tcp, &out, 1, on_written);
	if (rc < 0) {
		free(write);
		fail(stream, rc, "");
	}
}

static void flush_tls(struct stream *stream)
{
	uint8_t octets[16 * 1024];
	size_t n = 0;
	while (!stream->closing &&
		(n = tls_session_output(stream->tls, octets, sizeof(octets))) > 0) {
		send_octets(stream, slice_of(octets, n));
	}
}

/* Everything the session can do with what has come in. */
static void turn_tls(struct stream *stream)
{
	const char *reason = "";
	if (!stream->secured) {
		int rc = tls_session_handshake(stream->tls, &reason);
		flush_tls(stream);
		if (rc < 0) {
			fail(stream, rc, reason);
			return;
		}
		if (rc == 0) {
			return;
		}
		stream->secured = true;
		say(stream, STREAM_SECURED, (struct slice) { 0 });
	}
	uint8_t octets[16 * 1024];
	while (!stream->closing && !stream->over) {
		int n = tls_session_read(stream->tls, octets, sizeof(octets), &reason);
		if (n > 0) {
			say(stream, STREAM_DATA, slice_of(octets, (size_t)n));
		} else if (n == E_CLOSED) {
			say(stream, STREAM_END, (struct slice) { 0 });
		} else if (n < 0) {
			fail(stream, n, reason);
		} else {
			break;
		}
	}
	flush_tls(stream);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
	struct stream *stream = handle->data;
	(void)suggested;
	*ret_buf = uv_buf_init((char *)stream->set->octets, READ_OCTETS);
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *in)
{
	struct stream *stream = tcp->data;
	if (n == 0) {
		return;
	}
	if (n == UV_EOF) {
		if (stream->tls != NULL && !stream->secured) {
			fail(stream, E_CLOSED, "");
		} else {
			/* Many servers end without close_notify; the reader above counts lengths. */
			say(stream, STREAM_END, (struct slice) { 0 });
		}
		return;
	}
	if (n < 0) {
		fail(stream, (int)n, "");
		return;
	}
	struct slice data = slice_of(in->base, (size_t)n);
	if (stream->tls == NULL) {
		say(stream, STREAM_DATA, data);
		return;
	}
	if (tls_session_input(stream->tls, data) < 0) {
		fail(stream, UV_ENOMEM, "");
		return;
	}
	turn_tls(stream);
}

static void take_connected(struct stream *stream)
{
	stream->connect_us = stream_elapsed_us(stream);
	say(stream, STREAM_CONNECTED, (struct slice) { 0 });
	if (stream->closing || stream->over || !adopt(stream)) {
		return;
	}
	int rc = uv_read_start((uv_stream_t *)&stream->tcp, on_alloc, on_read);
	if (rc < 0) {
		fail(stream, rc, "");
		return;
	}
	if (stream->tls != NULL) {
		turn_tls(stream);
	}
}

/* One that connected, or did not; in the batch may be some that were closed meanwhile. */
static void take_ready(struct stream *stream, uint32_t events)
{
	int error = 0;
	socklen_t n = sizeof(error);
	if (stream->closing || stream->over || stream->fd < 0) {
		return;
	}
	if ((events & (EPOLLERR | EPOLLHUP)) != 0 &&
		getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0) {
		error = errno;
	}
	if (error != 0) {
		fail(stream, -error, "");
	} else {
		take_connected(stream);
	}
}

static void take_all_ready(struct stream_set *set)
{
	for (unsigned round = 0; round < CONNECTS_ROUNDS; round++) {
		struct epoll_event ready[CONNECTS_BATCH];
		int n = epoll_wait(set->connects, ready, CONNECTS_BATCH, 0);
		for (int i = 0; i < n; i++) {
			take_ready(ready[i].data.ptr, ready[i].events);
		}
		if (n < CONNECTS_BATCH) {
			return;
		}
	}
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	take_all_ready(poll->data);
}

static void on_deadline(uv_timer_t *timer)
{
	struct stream *stream = timer->data;
	/* It may be connected and we were kept from seeing it: look before calling it late. */
	if (stream->fd >= 0) {
		take_all_ready(stream->set);
	}
	say(timer->data, STREAM_TIMEOUT, (struct slice) { 0 });
}

/* A connect that fails at once is still told from the loop. */
static void on_failed_at_once(uv_timer_t *timer)
{
	struct stream *stream = timer->data;
	fail(stream, stream->error, "");
}

static int take_socket(struct stream *stream, sa_family_t family, bool *ret_kept)
{
	*ret_kept = false;
	if (stream->config.knock) {
		return knock_take(&stream->set->shelf, family, ret_kept);
	}
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd >= 0 ? fd : -errno;
}

static int begin_connect(struct stream *stream)
{
	bool kept = false;
	union probe_sockaddr to;
	struct epoll_event wanted = { .events = EPOLLOUT | EPOLLONESHOT, .data.ptr = stream };
	socklen_t n = probe_addr_to_sockaddr(&stream->config.addr, stream->config.port, &to);
	int fd = take_socket(stream, to.sa.sa_family, &kept);
	if (fd < 0) {
		return fd;
	}
	stream->fd = fd;
	if ((connect(fd, &to.sa, n) < 0 && errno != EINPROGRESS) ||
		epoll_ctl(stream->set->connects, kept ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
			&wanted) < 0) {
		return -errno;
	}
	return 0;
}

static void begin(struct stream *stream)
{
	stream->error = begin_connect(stream);
	if (stream->error < 0) {
		(void)uv_timer_start(&stream->deadline, on_failed_at_once, 0, 0);
		return;
	}
	(void)uv_timer_start(&stream->deadline, on_deadline, stream->config.timeout_ms, 0);
}

int stream_open(
	struct stream_set *set, const struct stream_config *config, struct stream **ret_stream)
{
	if (set->closing || set->count >= set->open_max) {
		return set->closing ? E_CLOSED : E_BUSY;
	}
	struct stream *stream = calloc(1, sizeof(*stream));
	if (stream == NULL) {
		return UV_ENOMEM;
	}
	stream->set = set;
	stream->config = *config;
	stream->connect_us = -1;
	stream->opened_ns = uv_hrtime();
	stream->reason = "";
	if (config->tls != NULL) {
		stream->tls = tls_session_create(config->tls, config->server_name);
		if (stream->tls == NULL) {
			free(stream);
			return UV_ENOMEM;
		}
	}
	(void)uv_timer_init(set->loop, &stream->deadline);
	stream->deadline.data = stream;
	stream->fd = -1;
	stream->handles = 1;
	stream->next = set->first;
	if (set->first != NULL) {
		set->first->prev = stream;
	}
	set->first = stream;
	set->count++;
	begin(stream);
	*ret_stream = stream;
	return 0;
}

void stream_write(struct stream *stream, struct slice octets)
{
	if (stream->tls == NULL) {
		send_octets(stream, octets);
		return;
	}
	if (tls_session_write(stream->tls, octets) < 0) {
		fail(stream, E_FORMAT, "");
		return;
	}
	flush_tls(stream);
}

void stream_begin_tls(struct stream *stream, struct tls_client *tls, const char *server_name)
{
	if (stream->closing || stream->over) {
		return;
	}
	stream->tls = tls_session_create(tls, server_name);
	if (stream->tls == NULL) {
		fail(stream, UV_ENOMEM, "");
		return;
	}
	turn_tls(stream);
}

int64_t stream_elapsed_us(const struct stream *stream)
{
	return (int64_t)((uv_hrtime() - stream->opened_ns) / 1000);
}

int64_t stream_connect_us(const struct stream *stream)
{
	return stream->connect_us;
}

int stream_error(const struct stream *stream, const char **ret_reason)
{
	if (ret_reason != NULL) {
		*ret_reason = stream->reason;
	}
	return stream->error;
}

const struct tls_session *stream_tls_session(const struct stream *stream)
{
	return stream->tls;
}
