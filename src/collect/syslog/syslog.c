/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/syslog/syslog.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "collect/syslog/syslog_priv.h"
#include "model/row.h"
#include "proto/logfields.h"
#include "proto/syslog.h"
#include "proto/syslog_json.h"
#include "rows/tail.h"
#include "sys/clock.h"

enum { SWEEP_MS = 1000, READ_OCTETS = 64 * 1024, FIELDS_MAX = 256 * 1024 };

static void address_text(const struct sockaddr_storage *address, char ret_text[ADDRESS_MAX])
{
	ret_text[0] = '\0';
	if (address->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, address, sizeof(in));
		(void)inet_ntop(AF_INET, &in.sin_addr, ret_text, ADDRESS_MAX);
	} else if (address->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, address, sizeof(in6));
		/* A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d. */
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr);
		(void)inet_ntop(mapped ? AF_INET : AF_INET6,
			&in6.sin6_addr.s6_addr[mapped ? 12 : 0], ret_text, ADDRESS_MAX);
	}
}

struct source *collect_syslog_source_of(
	struct collect_syslog *collect, const struct sockaddr_storage *address)
{
	char text[ADDRESS_MAX];
	address_text(address, text);
	struct slice key = slice_str(text);
	struct source *source = map_get(collect->sources, key);
	if (source != NULL) {
		return source;
	}
	source = calloc(1, sizeof(*source));
	if (source == NULL) {
		abort();
	}
	memcpy(source->address, text, sizeof(text));
	if (map_put(collect->sources, key, source) < 0) {
		free(source);
		memcpy(collect->rest.address, text, sizeof(text));
		collect->counters.sources_refused++;
		return &collect->rest;
	}
	collect->counters.sources++;
	return source;
}

static bool over_rate(struct collect_syslog *collect, struct source *source, int64_t now_ms)
{
	if (now_ms / 1000 != source->second) {
		source->second = now_ms / 1000;
		source->rate = 0;
	}
	if (source->rate >= collect->options.rate_max) {
		source->refused++;
		collect->counters.rate_refused++;
		return true;
	}
	source->rate++;
	return false;
}

static void append(struct collect_syslog *collect, const struct syslog_msg *msg,
	const struct log_row *front)
{
	struct logfields_answer answer = { 0 };
	const struct logfields *packs = collect->options.packs;
	bool found = packs != NULL && logfields_match(packs, msg->app, msg->msg, &answer) == 1;
	buf_clear(&collect->fields);
	syslog_put_fields(&collect->fields, msg, found ? &answer : NULL);
	struct log_row row = *front;
	row.ts_ms = msg->has_ts ? msg->ts_ms : row.recv_ms;
	row.host = msg->host;
	row.app = msg->app;
	row.pid = msg->pid;
	row.facility = msg->facility;
	row.severity = msg->severity;
	row.msg = msg->msg;
	row.fields = collect->fields.failed ? SLICE("{}") : buf_slice(&collect->fields);
	if (tail_append_log(collect->options.tail, &row, row.recv_ms) < 0) {
		collect->counters.rows_refused++;
	} else {
		collect->counters.rows++;
	}
}

void collect_syslog_take(
	struct collect_syslog *collect, struct source *source, struct slice raw)
{
	int64_t now_ms = clock_unix_ms();
	source->messages++;
	source->octets += raw.n;
	source->last_ms = now_ms;
	collect->counters.octets += raw.n;
	if (over_rate(collect, source, now_ms)) {
		return;
	}
	arena_reset(collect->turn);
	struct syslog_msg msg = { 0 };
	struct syslog_context context = { now_ms, collect->options.offset_min };
	if (syslog_parse(collect->turn, raw, &context, &msg, NULL) < 0) {
		source->malformed++;
		collect->counters.malformed++;
	}
	collect->counters.recoded += msg.recoded;
	struct log_row row = {
		.recv_ms = now_ms, .source = slice_str(source->address), .raw = raw
	};
	append(collect, &msg, &row);
}

void collect_syslog_closed(struct collect_syslog *collect)
{
	collect->handles--;
	if (collect->handles > 0) {
		return;
	}
	size_t cursor = 0;
	struct slice key = { 0 };
	void *source = NULL;
	while (map_next(collect->sources, &cursor, &key, &source)) {
		free(source);
	}
	(void)map_destroy(collect->sources);
	(void)arena_destroy(collect->turn);
	buf_fini(&collect->fields);
	free(collect->datagrams);
	free(collect->stream);
	free(collect);
}

static void on_intake_closed(uv_handle_t *handle)
{
	struct intake *intake = handle->data;
	(void)close(intake->fd);
	collect_syslog_closed(intake->collect);
}

static void on_sweep_closed(uv_handle_t *handle)
{
	collect_syslog_closed(handle->data);
}

static void on_sweep(uv_timer_t *timer)
{
	collect_syslog_tcp_sweep(timer->data);
}

static int start(
	struct collect_syslog *collect, struct intake *intake, int fd, uv_poll_cb ready)
{
	intake->collect = collect;
	intake->fd = fd;
	int error = uv_poll_init_socket(collect->options.loop, &intake->poll, fd);
	if (error < 0) {
		return error;
	}
	intake->poll.data = intake;
	collect->handles++;
	return uv_poll_start(&intake->poll, UV_READABLE, ready);
}

/* A descriptor is ours only when all went well: until then closing it is undone. */
static void give_up(struct collect_syslog *collect)
{
	for (size_t i = 0; i < COLLECT_SYSLOG_SOCKETS_MAX; i++) {
		struct intake *both[] = { &collect->udp[i], &collect->tcp[i] };
		for (size_t k = 0; k < 2; k++) {
			if (both[k]->poll.data != NULL) {
				both[k]->fd = -1;
				uv_close((uv_handle_t *)&both[k]->poll, on_intake_closed);
			}
		}
	}
	uv_close((uv_handle_t *)&collect->sweep, on_sweep_closed);
}

static int start_all(struct collect_syslog *collect)
{
	const struct collect_syslog_options *o = &collect->options;
	int error = uv_timer_start(&collect->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	for (size_t i = 0; error == 0 && i < o->udp_count; i++) {
		error = start(
			collect, &collect->udp[i], o->udp_fds[i], collect_syslog_udp_ready);
		error = error < 0 ? error : collect_syslog_udp_prepare(&collect->udp[i]);
	}
	for (size_t i = 0; error == 0 && i < o->tcp_count; i++) {
		error = start(
			collect, &collect->tcp[i], o->tcp_fds[i], collect_syslog_tcp_ready);
	}
	return error;
}

int collect_syslog_create(
	const struct collect_syslog_options *options, struct collect_syslog **ret_collect)
{
	if (options->udp_count > COLLECT_SYSLOG_SOCKETS_MAX ||
		options->tcp_count > COLLECT_SYSLOG_SOCKETS_MAX) {
		return E_LIMIT;
	}
	struct collect_syslog *collect = calloc(1, sizeof(*collect));
	uint8_t *stream = malloc(READ_OCTETS);
	if (collect == NULL || stream == NULL) {
		abort();
	}
	collect->options = *options;
	struct collect_syslog_options *o = &collect->options;
	o->connections_max =
		o->connections_max != 0 ? o->connections_max : COLLECT_SYSLOG_CONNECTIONS_MAX;
	o->rate_max = o->rate_max != 0 ? o->rate_max : COLLECT_SYSLOG_RATE_MAX;
	o->idle_ms = o->idle_ms != 0 ? o->idle_ms : COLLECT_SYSLOG_IDLE_MS;
	collect->stream = stream;
	collect->sources = map_create(COLLECT_SYSLOG_SOURCES_MAX, options->seed);
	collect->turn = arena_create(0);
	collect->datagrams = collect_syslog_datagrams_create();
	buf_init(&collect->fields, FIELDS_MAX);
	(void)uv_timer_init(o->loop, &collect->sweep);
	collect->sweep.data = collect;
	collect->handles = 1;
	int error = start_all(collect);
	if (error < 0) {
		give_up(collect);
		return error;
	}
	*ret_collect = collect;
	return 0;
}

struct collect_syslog *collect_syslog_destroy(struct collect_syslog *collect)
{
	if (collect == NULL) {
		return NULL;
	}
	collect_syslog_tcp_close_all(collect);
	for (size_t i = 0; i < collect->options.udp_count; i++) {
		uv_close((uv_handle_t *)&collect->udp[i].poll, on_intake_closed);
	}
	for (size_t i = 0; i < collect->options.tcp_count; i++) {
		uv_close((uv_handle_t *)&collect->tcp[i].poll, on_intake_closed);
	}
	uv_close((uv_handle_t *)&collect->sweep, on_sweep_closed);
	return NULL;
}

const struct collect_syslog_counters *collect_syslog_counters(
	const struct collect_syslog *collect)
{
	return &collect->counters;
}

int collect_syslog_next_source(const struct collect_syslog *collect, size_t *cursor,
	struct collect_syslog_source *ret_source)
{
	struct slice key = { 0 };
	void *value = NULL;
	if (!map_next(collect->sources, cursor, &key, &value)) {
		return 0;
	}
	const struct source *source = value;
	*ret_source =
		(struct collect_syslog_source) { slice_str(source->address), source->messages,
			source->octets, source->malformed, source->refused, source->last_ms };
	return 1;
}
