/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/sweep_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "probe/check.h"
#include "role/probe/probe.h"
#include "role/probe/sweep_plan.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum {
	TELL_EVERY_MS = 2000,
	SEEN_OCTETS_MAX = 512 * 1024,
	ITEM_OCTETS_MAX = 4096,
	FRAME_BODY_MAX = 57000,
	STATE_OCTETS_MAX = 512
};

struct sweep_report {
	struct probe *probe;
	uv_timer_t tell;
	struct buf seen;  /* items, parted by commas */
	struct buf state; /* as it is told next; empty = as it was */
	uint64_t plan;    /* what was told last */
	uint64_t next;
	uint64_t unsaid;
};

void sweep_report_seen(struct sweep_report *r, const char *source,
	const struct network *address, const struct check_result *said)
{
	AUTO_BUF struct buf item;
	struct jw jw;
	char text[NETWORK_TEXT_MAX];
	network_text(address, text);
	buf_init(&item, ITEM_OCTETS_MAX);
	jw_init(&jw, &item);
	jw_object(&jw);
	jw_kv_str(&jw, "source", slice_str(source));
	jw_kv_str(&jw, "address", slice_str(text));
	jw_kv_int(&jw, "at", clock_unix_ms());
	for (size_t i = 0; said != NULL && i < said->arg_count; i++) {
		if (!said->args[i].is_number) {
			jw_kv_str(&jw, said->args[i].name, slice_str(said->args[i].text));
		}
	}
	jw_end(&jw);
	if (item.failed || r->seen.n + item.n + 1 > SEEN_OCTETS_MAX) {
		r->unsaid++;
		return;
	}
	buf_put_str(&r->seen, r->seen.n > 0 ? "," : "");
	buf_put(&r->seen, buf_slice(&item));
}

void sweep_report_state(
	struct sweep_report *r, const struct sweep_plan *plan, uint64_t answered)
{
	if (plan == NULL) {
		return;
	}
	struct sweep_position at = sweep_position(sweep_plan_sweep(plan));
	struct sweep_stats stats = sweep_stats(sweep_plan_sweep(plan));
	if (at.plan == r->plan && at.next == r->next) {
		return;
	}
	struct jw jw;
	char number[24];
	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)at.plan);
	buf_clear(&r->state);
	jw_init(&jw, &r->state);
	jw_object(&jw);
	jw_kv_str(&jw, "plan", slice_str(number)); /* past what a JSON number keeps */
	jw_kv_int(&jw, "next", (int64_t)at.next);
	jw_kv_int(&jw, "round_began_ms", at.round_began_ms);
	jw_kv_int(&jw, "total", (int64_t)stats.addresses);
	jw_kv_int(&jw, "too_wide", (int64_t)stats.too_wide);
	jw_kv_int(&jw, "answered", (int64_t)answered);
	jw_end(&jw);
	r->plan = at.plan;
	r->next = at.next;
}

static void put(const struct sweep_report *r, struct buf *text)
{
	struct jw jw;
	jw_init(&jw, text);
	jw_object(&jw);
	if (r->state.n > 0) {
		jw_key(&jw, "state");
		jw_raw(&jw, buf_slice(&r->state));
	}
	jw_key(&jw, "seen");
	jw_array(&jw);
	if (r->seen.n > 0) {
		jw_raw(&jw, buf_slice(&r->seen));
	}
	jw_end(&jw);
	jw_end(&jw);
}

static void on_tell(uv_timer_t *timer)
{
	struct sweep_report *r = timer->data;
	AUTO_BUF struct buf text;
	struct msg_sightings msg = { 0 };
	int fd = -1;
	if (r->seen.n == 0 && r->state.n == 0) {
		return;
	}
	buf_init(&text, SEEN_OCTETS_MAX + 2 * STATE_OCTETS_MAX);
	put(r, &text);
	int error = text.failed ? E_LIMIT : 0;
	if (error == 0 && text.n > FRAME_BODY_MAX) {
		error = memfd_of(buf_slice(&text), &fd);
	} else {
		msg.json = buf_slice(&text);
	}
	error = error < 0 ? error
			  : RUNTIME_SEND(r->probe->rt, IPC_CORE, sightings, MSG_SIGHTINGS, 0, 0,
				    &msg, fd);
	if (error >= 0) {
		buf_clear(&r->seen);
		buf_clear(&r->state);
	}
}

struct sweep_report *sweep_report_create(struct probe *probe)
{
	struct sweep_report *r = calloc(1, sizeof(*r));
	if (r == NULL) {
		abort();
	}
	r->probe = probe;
	buf_init(&r->seen, SEEN_OCTETS_MAX);
	buf_init(&r->state, STATE_OCTETS_MAX);
	(void)uv_timer_init(&probe->rt->loop, &r->tell);
	r->tell.data = r;
	(void)uv_timer_start(&r->tell, on_tell, TELL_EVERY_MS, TELL_EVERY_MS);
	return r;
}

void sweep_report_stop(struct sweep_report *r)
{
	uv_close((uv_handle_t *)&r->tell, NULL);
}

struct sweep_report *sweep_report_destroy(struct sweep_report *r)
{
	if (r != NULL) {
		buf_fini(&r->seen);
		buf_fini(&r->state);
		free(r);
	}
	return NULL;
}

uint64_t sweep_report_unsaid(const struct sweep_report *r)
{
	return r->unsaid;
}
