/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "collect/syslog/syslog_priv.h"
#include "proto/syslog.h"

enum { READ_OCTETS = 64 * 1024, READS_MAX = 4, ACCEPTS_MAX = 64 };

static void on_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct collect_syslog *collect = c->collect;
	(void)close(c->fd);
	syslog_frame_fini(&c->frame);
	free(c);
	collect_syslog_closed(collect);
}

static void close_connection(struct connection *c)
{
	struct collect_syslog *collect = c->collect;
	struct slice raw = { 0 };
	/* What a sender could not finish is still what it said. */
	if (syslog_frame_end(&c->frame, &raw) != 0) {
		collect->counters.stream_messages++;
		collect_syslog_take(collect, c->source, raw);
	}
	if (c->prev != NULL) {
		c->prev->next = c->next;
	} else {
		collect->connections = c->next;
	}
	if (c->next != NULL) {
		c->next->prev = c->prev;
	}
	c->source->connections--;
	collect->counters.connections--;
	uv_close((uv_handle_t *)&c->poll, on_closed);
}

static void feed(struct connection *c, struct slice in)
{
	struct collect_syslog *collect = c->collect;
	struct slice raw = { 0 };
	uint64_t cut = c->frame.cut;
	c->last_ms = uv_now(collect->options.loop);
	while (syslog_frame_next(&c->frame, &in, &raw) == 1) {
		collect->counters.stream_messages++;
		collect_syslog_take(collect, c->source, raw);
	}
	collect->counters.cut += c->frame.cut - cut;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct connection *c = poll->data;
	(void)status;
	(void)events;
	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = recv(c->fd, c->collect->stream, READ_OCTETS, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return;
		}
		if (n <= 0) {
			c->collect->counters.read_errors += n < 0 && errno != ECONNRESET;
			close_connection(c);
			return;
		}
		feed(c, slice_of(c->collect->stream, (size_t)n));
	}
}

static bool over_cap(const struct collect_syslog *collect, const struct source *source)
{
	return collect->counters.connections >= collect->options.connections_max ||
	       source->connections >= COLLECT_SYSLOG_PER_SOURCE_MAX;
}

static void add(struct collect_syslog *collect, int fd, struct source *source)
{
	struct connection *c = calloc(1, sizeof(*c));
	if (c == NULL) {
		abort();
	}
	if (uv_poll_init_socket(collect->options.loop, &c->poll, fd) < 0) {
		collect->counters.connections_refused++;
		(void)close(fd);
		free(c);
		return;
	}
	c->poll.data = c;
	c->collect = collect;
	c->fd = fd;
	c->source = source;
	c->last_ms = uv_now(collect->options.loop);
	syslog_frame_init(&c->frame, SYSLOG_RAW_MAX);
	c->next = collect->connections;
	if (c->next != NULL) {
		c->next->prev = c;
	}
	collect->connections = c;
	source->connections++;
	collect->handles++;
	collect->counters.connections++;
	collect->counters.connections_taken++;
	if (uv_poll_start(&c->poll, UV_READABLE, on_readable) < 0) {
		close_connection(c);
	}
}

void collect_syslog_tcp_ready(uv_poll_t *poll, int status, int events)
{
	struct intake *intake = poll->data;
	struct collect_syslog *collect = intake->collect;
	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPTS_MAX; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t n = sizeof(from);
		int fd = accept4(
			intake->fd, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			/* Out of descriptors the poll would spin: rest until the next sweep. */
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
				errno == ENOMEM) {
				collect->counters.connections_refused++;
				(void)uv_poll_stop(poll);
			}
			return;
		}
		struct source *source = collect_syslog_source_of(collect, &from);
		if (over_cap(collect, source)) {
			collect->counters.connections_refused++;
			(void)close(fd);
			continue;
		}
		add(collect, fd, source);
	}
}

void collect_syslog_tcp_sweep(struct collect_syslog *collect)
{
	uint64_t now = uv_now(collect->options.loop);
	struct connection *next = NULL;
	for (struct connection *c = collect->connections; c != NULL; c = next) {
		next = c->next;
		if (now - c->last_ms >= collect->options.idle_ms) {
			collect->counters.connections_idle++;
			close_connection(c);
		}
	}
	for (size_t i = 0; i < collect->options.tcp_count; i++) {
		uv_poll_t *poll = &collect->tcp[i].poll;
		if (!uv_is_active((uv_handle_t *)poll)) {
			(void)uv_poll_start(poll, UV_READABLE, collect_syslog_tcp_ready);
		}
	}
}

void collect_syslog_tcp_close_all(struct collect_syslog *collect)
{
	while (collect->connections != NULL) {
		close_connection(collect->connections);
	}
}
