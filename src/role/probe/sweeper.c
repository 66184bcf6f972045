/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/sweeper.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "probe/ask.h"
#include "probe/prober.h"
#include "probe/snmp/greet.h"
#include "role/probe/devices.h"
#include "role/probe/namer.h"
#include "role/probe/probe.h"
#include "role/probe/sweep_plan.h"
#include "role/probe/sweep_report.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum {
	PENDING_MAX = 512,
	GREETS_MAX = 64,
	ECHO_TIMEOUT_MS = 2000,
	STEP_MAX_MS = 60 * 1000, /* the clock may have been set meanwhile */
	BUSY_MS = 50,
	TABLE_OCTETS_MAX = 1024 * 1024,
};

/* An address that was asked and has not answered yet. */
struct pending {
	bool used;
	struct network address;
};

struct sweeper {
	struct probe *probe;
	struct sweep_plan *plan;
	struct ask_set *asks;
	uv_timer_t step;
	struct pending pending[PENDING_MAX];
	size_t pending_count;
	struct network held; /* given by the sweep, not sent for want of room */
	bool is_held;
	bool frozen;
	struct sweep_report *report;
	struct namer *namer;
	uint64_t answered; /* in this round */
	uint64_t round;    /* position when that was last looked at */
	uint64_t asked;
	uint64_t greeted;
	uint64_t greets_answered;
	uint64_t refused; /* by sweep_may, right before sending */
	uint64_t broken;
};

/* ---- asking */

static bool may(void *user, const struct network *address)
{
	struct sweeper *s = user;
	bool yes = s->plan != NULL &&
		   sweep_may(sweep_plan_sweep(s->plan), address, clock_unix_ms());
	s->refused += !yes;
	return yes;
}

static struct network pending_take(struct sweeper *s, uint64_t tag)
{
	struct network address = s->pending[tag].address;
	s->pending[tag] = (struct pending) { 0 };
	s->pending_count--;
	return address;
}

static void on_greeted(void *user, uint64_t tag, const struct check_result *result)
{
	struct sweeper *s = user;
	struct network address = pending_take(s, tag);
	if (result->state == CHECK_UP || result->state == CHECK_DEGRADED) {
		s->greets_answered++;
		sweep_report_seen(s->report, "snmp", &address, result);
	}
}

/* A free place for the address, or PENDING_MAX. */
static uint64_t pending_put(struct sweeper *s, const struct network *address)
{
	uint64_t at = 0;
	while (at < PENDING_MAX && s->pending[at].used) {
		at++;
	}
	if (at < PENDING_MAX) {
		s->pending[at] = (struct pending) { true, *address };
		s->pending_count++;
	}
	return at;
}

static void greet(struct sweeper *s, const struct network *address)
{
	struct probe_addr addr = probe_addr_of_network(address);
	struct slice community = { 0 };
	if (s->plan != NULL) {
		community = sweep_plan_community(s->plan, address);
	}
	if (community.n == 0 || !may(s, address)) {
		return;
	}
	uint64_t at = pending_put(s, address);
	if (at == PENDING_MAX) {
		return; /* it is asked in the next round */
	}
	int error = greet_start(s->asks, devices_profiles(s->probe->devices), &addr, community,
		(struct check_sink) { on_greeted, s, at });
	s->greeted += error >= 0;
	if (error < 0) {
		(void)pending_take(s, at);
	}
}

static void on_echo(void *user, uint64_t tag, const struct check_result *result)
{
	struct sweeper *s = user;
	struct network address = pending_take(s, tag);
	if (result->state == CHECK_UP || result->state == CHECK_DEGRADED) {
		s->answered++;
		sweep_report_seen(s->report, "sweep", &address, NULL);
		greet(s, &address);
		namer_put(s->namer, &address);
	}
}

/* Returns false when there is no room now. */
static bool ask(struct sweeper *s, const struct network *address)
{
	struct check_spec spec = { .kind = CHECK_ICMP,
		.addr = probe_addr_of_network(address),
		.timeout_ms = ECHO_TIMEOUT_MS };
	if (!may(s, address)) {
		return true;
	}
	uint64_t at = pending_put(s, address);
	if (at == PENDING_MAX) {
		return false;
	}
	int error =
		prober_start(s->probe->prober, &spec, (struct check_sink) { on_echo, s, at });
	s->asked += error >= 0;
	if (error < 0) {
		(void)pending_take(s, at);
	}
	return error != E_BUSY;
}

static void on_step(uv_timer_t *timer);

static void step_in(struct sweeper *s, int64_t wait_ms)
{
	(void)uv_timer_start(&s->step, on_step,
		(uint64_t)(wait_ms < STEP_MAX_MS ? wait_ms : STEP_MAX_MS), 0);
}

static void frozen_say(struct sweeper *s, bool frozen)
{
	if (frozen != s->frozen) {
		log_event(LOG_NOTICE, frozen ? "sweep.frozen" : "sweep.goes_on",
			F_INT("asked", (int64_t)s->asked));
	}
	s->frozen = frozen;
}

static void on_step(uv_timer_t *timer)
{
	struct sweeper *s = timer->data;
	int64_t wait_ms = STEP_MAX_MS;
	enum sweep_answer answer = SWEEP_ASK;
	if (s->is_held) {
		s->is_held = !ask(s, &s->held);
	}
	while (!s->is_held && answer == SWEEP_ASK && s->plan != NULL) {
		answer = sweep_next(
			sweep_plan_sweep(s->plan), clock_unix_ms(), &s->held, &wait_ms);
		frozen_say(s, answer == SWEEP_FROZEN);
		uint64_t next = sweep_position(sweep_plan_sweep(s->plan)).next;
		s->answered = next < s->round ? 0 : s->answered;
		s->round = next;
		s->is_held = answer == SWEEP_ASK && !ask(s, &s->held);
	}
	sweep_report_state(s->report, s->plan, s->answered);
	step_in(s, s->is_held ? BUSY_MS : wait_ms);
}

/* ---- from core and collect */

void sweeper_take(struct sweeper *s, struct ipc_frame *frame)
{
	struct msg_ranges msg = { 0 };
	struct memfd_map map = { 0 };
	struct sweep_plan *plan = NULL;
	struct sweep_position now = { 0 };
	bool stands = s->plan != NULL;
	if (stands) {
		now = sweep_position(sweep_plan_sweep(s->plan));
	}
	int error = msg_ranges_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, TABLE_OCTETS_MAX, &map);
		msg.json = map.octets;
	}
	error = error < 0 ? error : sweep_plan_read(msg.json, stands ? &now : NULL, &plan);
	memfd_unmap(&map);
	/* One that cannot be read leaves nothing to go by: nothing is asked until the next. */
	s->broken += error < 0;
	if (error < 0) {
		log_event(LOG_ERROR, "ranges.unreadable", F_STR("why", err_text(error)));
	}
	s->plan = sweep_plan_destroy(s->plan);
	s->plan = plan;
	namer_switch(s->namer, plan != NULL && sweep_plan_names(plan));
	s->is_held = false;
	if (plan != NULL && sweep_position(sweep_plan_sweep(plan)).plan != now.plan) {
		s->answered = stands ? 0 : sweep_plan_answered(plan);
		s->round = sweep_position(sweep_plan_sweep(plan)).next;
	}
	step_in(s, 0);
}

void sweeper_heard(struct sweeper *s, const struct ipc_frame *frame)
{
	struct msg_heard msg = { 0 };
	struct network address = { 0 };
	/* What speaks from our own loopback is ourselves. */
	if (msg_heard_decode(frame->payload, &msg) == 0 &&
		network_parse(msg.source, &address) == 0 && address.prefix == 128 &&
		!network_contains_text(SLICE("127.0.0.0/8"), msg.source) &&
		!network_contains_text(SLICE("::1"), msg.source)) {
		sweep_report_seen(s->report, "log", &address, NULL);
	}
}

/* ---- life */

struct sweeper *sweeper_create(struct probe *probe)
{
	struct sweeper *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		abort();
	}
	s->probe = probe;
	s->report = sweep_report_create(probe);
	s->namer = namer_create(&(struct namer_config) { probe, s->report, may, s });
	s->asks = ask_set_create(&probe->rt->loop, GREETS_MAX);
	(void)uv_timer_init(&probe->rt->loop, &s->step);
	s->step.data = s;
	return s;
}

void sweeper_stop(struct sweeper *s)
{
	uv_close((uv_handle_t *)&s->step, NULL);
	sweep_report_stop(s->report);
	namer_stop(s->namer);
	ask_set_close(s->asks);
	s->asks = NULL;
}

struct sweeper *sweeper_destroy(struct sweeper *s)
{
	if (s != NULL) {
		s->plan = sweep_plan_destroy(s->plan);
		s->namer = namer_destroy(s->namer);
		s->report = sweep_report_destroy(s->report);
		free(s);
	}
	return NULL;
}

void sweeper_status(const struct sweeper *s, struct jw *jw)
{
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
		{ "sweep_asked", s->asked },
		{ "sweep_pending", s->pending_count },
		{ "sweep_greeted", s->greeted },
		{ "sweep_greets_answered", s->greets_answered },
		{ "sweep_refused", s->refused },
		{ "sweep_unsaid", sweep_report_unsaid(s->report) },
		{ "sweep_frozen", s->frozen },
		{ "ranges_broken", s->broken },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		jw_kv_int(jw, members[i].name, (int64_t)members[i].value);
	}
	namer_status(s->namer, jw);
}
