/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/ask.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "probe/verdict.h"
#include "sys/clock.h"

struct ask_set {
	uv_loop_t *loop;
	struct ask *first;
	uint32_t count;
	uint32_t open_max;
	bool closing;
	uint8_t octets[ASK_REPLY_MAX];
};

struct ask {
	struct ask_set *set;
	struct ask *next;
	struct ask *prev;
	struct check_sink sink;
	struct check_spec *spec;
	struct check_result result;
	const struct ask_codes *codes;
	bool (*take)(const void *matter, const struct check_spec *spec, struct slice datagram,
		int64_t at_us, struct check_result *result);
	uv_udp_t udp;
	uv_timer_t deadline;
	uint64_t began_ns;
	uint32_t ignored;
	unsigned handles;
	int failure; /* of the start */
	bool over;
	_Alignas(max_align_t) uint8_t matter[ASK_CASE_MAX];
};

struct ask_set *ask_set_create(uv_loop_t *loop, uint32_t open_max)
{
	struct ask_set *set = calloc(1, sizeof(*set));
	if (set != NULL) {
		set->loop = loop;
		set->open_max = open_max < ASK_SET_LIMIT ? open_max : ASK_SET_LIMIT;
	}
	return set;
}

uint32_t ask_set_count(const struct ask_set *set)
{
	return set->count;
}

static void on_closed(uv_handle_t *handle)
{
	struct ask *ask = handle->data;
	struct ask_set *set = ask->set;
	if (--ask->handles > 0) {
		return;
	}
	if (ask->prev != NULL) {
		ask->prev->next = ask->next;
	} else {
		set->first = ask->next;
	}
	if (ask->next != NULL) {
		ask->next->prev = ask->prev;
	}
	set->count--;
	explicit_bzero(ask->matter, sizeof(ask->matter));
	free(ask->spec);
	free(ask);
	if (set->closing && set->count == 0) {
		free(set);
	}
}

static void end(struct ask *ask)
{
	if (ask->over) {
		return;
	}
	ask->over = true;
	uv_close((uv_handle_t *)&ask->udp, on_closed);
	uv_close((uv_handle_t *)&ask->deadline, on_closed);
}

void ask_set_close(struct ask_set *set)
{
	set->closing = true;
	struct ask *next = NULL;
	for (struct ask *ask = set->first; ask != NULL; ask = next) {
		next = ask->next;
		end(ask);
	}
	if (set->count == 0) {
		free(set);
	}
}

static void finish(struct ask *ask)
{
	struct check_sink sink = ask->sink;
	struct check_result result = ask->result;
	if (ask->ignored > 0) {
		check_result_arg_int(&result, "ignored", ask->ignored);
	}
	end(ask);
	sink.done(sink.user, sink.tag, &result);
}

static void finish_as(struct ask *ask, enum check_state state, const char *code)
{
	check_result_set(&ask->result, state, code);
	finish(ask);
}

static void fail(struct ask *ask, int error)
{
	const struct ask_codes *codes = ask->codes;
	if (error == UV_ECONNREFUSED) {
		finish_as(ask, CHECK_DOWN, codes->refused);
	} else if (error == UV_ENETUNREACH) {
		finish_as(ask, CHECK_UNREACHABLE, codes->no_route);
	} else if (error == UV_EHOSTUNREACH) {
		finish_as(ask, CHECK_DOWN, codes->host_unreachable);
	} else {
		check_result_arg_int(&ask->result, "errno", -error);
		finish_as(ask, CHECK_UNKNOWN, codes->failed);
	}
}

int64_t ask_now_us(void)
{
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void take(struct ask *ask, struct slice datagram)
{
	const struct check_spec *spec = ask->spec;
	struct check_result *result = &ask->result;
	int64_t took_us = (int64_t)((uv_hrtime() - ask->began_ns) / 1000);
	if (!ask->take(ask->matter, spec, datagram, ask_now_us(), result)) {
		ask->ignored++;
		return;
	}
	result->latency_us = took_us;
	check_result_perf(result, "time", (double)took_us, "us");
	bool slow =
		spec->warn_latency_ms != 0 && took_us > (int64_t)spec->warn_latency_ms * 1000;
	if (slow && result->state == CHECK_UP) {
		check_result_set(result, CHECK_DEGRADED, ask->codes->slow);
	}
	finish(ask);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
	struct ask *ask = handle->data;
	(void)suggested;
	*ret_buf = uv_buf_init((char *)ask->set->octets, ASK_REPLY_MAX);
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *in,
	const struct sockaddr *from, unsigned flags)
{
	struct ask *ask = udp->data;
	if (ask->over || (n == 0 && from == NULL)) {
		return;
	}
	if (n < 0) {
		fail(ask, (int)n);
	} else if ((flags & UV_UDP_PARTIAL) != 0) {
		ask->ignored++;
	} else {
		take(ask, slice_of(in->base, (size_t)n));
	}
}

static void on_deadline(uv_timer_t *timer)
{
	struct ask *ask = timer->data;
	if (ask->failure < 0) {
		fail(ask, ask->failure);
	} else {
		finish_as(ask, CHECK_DOWN,
			ask->ignored > 0 ? ask->codes->ignored : ask->codes->timeout);
	}
}

static int send_query(struct ask *ask, struct slice octets)
{
	union probe_sockaddr to;
	(void)probe_addr_to_sockaddr(&ask->spec->addr, ask->spec->port, &to);
	/* Connected: the kernel draws a random port and drops what comes from elsewhere. */
	int rc = uv_udp_connect(&ask->udp, &to.sa);
	if (rc == 0) {
		rc = uv_udp_recv_start(&ask->udp, on_alloc, on_datagram);
	}
	if (rc == 0) {
		char copy[ASK_QUERY_MAX];
		memcpy(copy, octets.p, octets.n);
		uv_buf_t out = uv_buf_init(copy, (unsigned)octets.n);
		rc = uv_udp_try_send(&ask->udp, &out, 1, NULL);
	}
	return rc < 0 ? rc : 0;
}

int ask_start(struct ask_set *set, const struct ask_query *query, struct check_sink sink)
{
	if (set->closing || set->count >= set->open_max) {
		return E_BUSY;
	}
	if (query->octets.n > ASK_QUERY_MAX || query->matter_octets > ASK_CASE_MAX) {
		return E_LIMIT;
	}
	struct ask *ask = calloc(1, sizeof(*ask));
	struct check_spec *copy = check_spec_dup(query->spec);
	if (ask == NULL || copy == NULL) {
		free(ask);
		free(copy);
		return -ENOMEM;
	}
	*ask = (struct ask) { .set = set,
		.next = set->first,
		.sink = sink,
		.spec = copy,
		.codes = query->codes,
		.take = query->take,
		.handles = 2 };
	memcpy(ask->matter, query->matter, query->matter_octets);
	check_result_init(&ask->result, copy, clock_unix_ms());
	(void)uv_udp_init(set->loop, &ask->udp);
	(void)uv_timer_init(set->loop, &ask->deadline);
	ask->udp.data = ask;
	ask->deadline.data = ask;
	if (set->first != NULL) {
		set->first->prev = ask;
	}
	set->first = ask;
	set->count++;
	ask->began_ns = uv_hrtime();
	ask->failure = send_query(ask, query->octets);
	/* A question that could not be sent is still answered from the loop. */
	(void)uv_timer_start(&ask->deadline, on_deadline,
		ask->failure < 0 ? 0 : verdict_timeout_ms(copy), 0);
	return 0;
}
