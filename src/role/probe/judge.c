/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/judge.h"

#include <stdlib.h>
#include <uv.h>

#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "probe/prober.h"
#include "probe/reach.h"
#include "probe/scheduler.h"
#include "role/probe/probe.h"
#include "role/probe/table.h"
#include "role/runtime.h"
#include "role/signal_queue.h"
#include "sys/clock.h"
#include "sys/rand.h"

/* A dead core's thousands of children leave room for those at fault. */
enum { TURN_EVERY_MS = 500, QUEUED_MAX = SIGNAL_QUEUE_MAX / 2 };

struct judge {
	struct probe *probe;
	struct reach *reach;
	uv_timer_t timer;
	bool started;
};

static void hurry(void *user, int64_t id)
{
	const struct judge *judge = user;
	prober_wake(judge->probe->prober, id);
	/* Gone with the last table; nothing hangs on it any more. */
	(void)!scheduler_hurry(judge->probe->scheduler, id);
}

struct judge *judge_create(struct probe *probe)
{
	struct judge *judge = calloc(1, sizeof(*judge));
	struct reach_config config = {
		.checks_max = SCHEDULER_CHECKS_MAX, .hurry = hurry, .user = judge
	};
	rand_octets(config.seed, sizeof(config.seed));
	if (judge == NULL || (judge->reach = reach_create(&config)) == NULL) {
		abort();
	}
	judge->probe = probe;
	return judge;
}

struct judge *judge_destroy(struct judge *judge)
{
	if (judge != NULL) {
		(void)reach_destroy(judge->reach);
		free(judge);
	}
	return NULL;
}

static void on_timer(uv_timer_t *timer)
{
	judge_tell(timer->data);
}

int judge_start(struct judge *judge)
{
	(void)uv_timer_init(&judge->probe->rt->loop, &judge->timer);
	judge->timer.data = judge;
	judge->started = true;
	return uv_timer_start(&judge->timer, on_timer, TURN_EVERY_MS, TURN_EVERY_MS);
}

void judge_stop(struct judge *judge)
{
	if (judge->started) {
		uv_close((uv_handle_t *)&judge->timer, NULL);
		judge->started = false;
	}
}

int judge_put(struct judge *judge, const struct watch *watch)
{
	struct scheduler_look look = { 0 };
	int error = scheduler_look(judge->probe->scheduler, watch->spec->id, &look);
	/* What the scheduler has forgotten is forgotten here. */
	error = error < 0 ? error
			  : reach_put(judge->reach, watch->spec->id, watch->spec->kind,
				    look.shown == CHECK_UNKNOWN);
	return error < 0 ? error : 0;
}

void judge_remove(struct judge *judge, int64_t id)
{
	(void)!reach_remove(judge->reach, id);
}

void judge_link(struct judge *judge, const struct watch *watch)
{
	int error =
		reach_link(judge->reach, watch->spec->id, watch->parents, watch->parent_count);
	if (error < 0) {
		log_event(LOG_WARNING, "check.parents", F_INT("check", watch->spec->id),
			F_STR("why", error == E_INPUT ? "they hang on it" : err_text(error)));
	}
}

void judge_settle(struct judge *judge, uint32_t settle_s)
{
	reach_settle(judge->reach, (int64_t)settle_s * 1000);
}

void judge_result(struct judge *judge, const struct check_result *result)
{
	struct scheduler_look look = { 0 };
	if (scheduler_look(judge->probe->scheduler, result->check_id, &look) < 0) {
		return;
	}
	struct reach_seen seen = { .result = result,
		.shown = look.shown,
		.started_ms = look.started_ms,
		.now_ms = clock_mono_ms(),
		.regular = look.regular,
		.need = look.need };
	reach_result(judge->reach, &seen);
	judge_tell(judge);
}

void judge_tell(struct judge *judge)
{
	struct reach_told told;
	(void)reach_turn(judge->reach, clock_mono_ms());
	while (signal_queue_count(judge->probe->signals) < QUEUED_MAX &&
		reach_take(judge->reach, &told)) {
		const struct watch *watch = table_get(judge->probe->table, told.id);
		if (watch != NULL) {
			say_told(judge->probe, watch, &told);
		}
	}
}

void judge_status(const struct judge *judge, struct jw *jw)
{
	struct reach_stats s = reach_stats(judge->reach);
	jw_kv_int(jw, "verdicts_held", s.holding);
	jw_kv_int(jw, "verdicts_alone", (int64_t)s.alone);
	jw_kv_int(jw, "unreachable", (int64_t)s.unreachable);
	jw_kv_int(jw, "settled", (int64_t)s.settled);
	jw_kv_int(jw, "flaps", (int64_t)s.flaps);
	jw_kv_int(jw, "hurried", (int64_t)s.hurried);
}
