/* SPDX-License-Identifier: Apache-2.0 */
/* What time brings: timers, signed heads of the audit log. */
#include "base/log.h"
#include "desk/clock.h"
#include "desk/timers.h"
#include "records/outbox.h"
#include "records/timer.h"
#include "role/core/core.h"
#include "sys/clock.h"

enum { SIGN_EVERY_MS = 3600 * 1000 };
/* Nobody leaves it off longer than a summer; then the clock is more likely wrong than the calendar. */
#define CLOCK_ABSENCE_MS (INT64_C(100) * 24 * 3600 * 1000)

/* ---- timers */

static int timer_run(struct txn *txn, void *arg)
{
	return timer_fire(txn, arg);
}

static void timer_finish(struct job *job)
{
	job->core->timers_busy = false;
	job->core->policy_dirty = true;
	job_drop(job);
}

/*
 * What was due before this store was restored, the machine before has told;
 * its effect on the records is wanted, its mails are not.
 */
static int withhold(struct txn *txn, int64_t after_id)
{
	int64_t kept = outbox_withhold(txn, after_id);
	if (kept > 0) {
		kept = sql_run(txn_db(txn),
			"UPDATE delivery SET state = 'unknown' WHERE id > $1",
			SQL_INT(after_id));
	}
	return kept < 0 ? (int)kept : 0;
}

static int fire(struct txn *txn, const struct timer *timer, void *arg)
{
	const struct core *core = arg;
	int64_t before = txn_id(txn);
	int error = desk_timer(txn, &core->env, timer);
	return error < 0 || timer->fire_at_ms >= core->restored_at_ms ? error
								      : withhold(txn, before);
}

static void timers_turn(struct core *core, int64_t now_ms)
{
	int64_t due_ms = 0;
	if (core->timers_busy || timer_next(core->peek, &due_ms) != 1 || due_ms > now_ms) {
		return;
	}
	core->timers_busy = true;
	core->timer_handler = (struct timer_handler) { .fire = fire, .arg = core };
	job_submit(job_create(core, 0), timer_run, &core->timer_handler, timer_finish);
}

/* ---- the log is signed as it stands */

static int sign_run(struct txn *txn, void *arg)
{
	int64_t size = trail_sign(txn, arg);
	return size < 0 ? (int)size : clock_see(txn);
}

static void sign_turn(struct core *core, int64_t now_ms)
{
	if (core->audit_key == NULL || now_ms < core->sign_at_ms) {
		return;
	}
	core->sign_at_ms = now_ms + SIGN_EVERY_MS;
	job_submit_sure(job_create(core, 0), sign_run, core->audit_key, job_drop);
}

/* ---- is the wall clock to be believed? */

static void hold(struct core *core, const char *why, int64_t by_ms)
{
	if (!core->clock_held) {
		core->clock_held = true;
		log_event(LOG_ERROR, "clock.held", F_STR("why", why), F_INT("by_ms", by_ms));
	}
}

static bool clock_believed(struct core *core, int64_t now_ms)
{
	int64_t by_ms = clock_watch_jump(&core->clock_watch, now_ms, clock_mono_ms());
	if (by_ms != 0) {
		hold(core, "it jumped", by_ms);
	}
	return !core->clock_held;
}

void clockwork_begin(struct core *core)
{
	int64_t seen_ms = 0;
	int64_t now_ms = clock_unix_ms();
	clock_watch_begin(&core->clock_watch, now_ms, clock_mono_ms());
	if (clock_is_held(core->peek) == 1) {
		hold(core, "nobody has confirmed it since it jumped", 0);
		core->clock_hold_kept = true;
	}
	if (clock_seen(core->peek, &seen_ms) != 1) {
		return;
	}
	if (now_ms < seen_ms - CLOCK_JUMP_MS) {
		hold(core, "it stands before what this store has seen", now_ms - seen_ms);
	} else if (now_ms > seen_ms + CLOCK_ABSENCE_MS) {
		hold(core, "it stands long after what this store has seen", now_ms - seen_ms);
	}
}

void clockwork_confirm(struct core *core)
{
	clock_watch_begin(&core->clock_watch, clock_unix_ms(), clock_mono_ms());
	core->clock_held = false;
	core->clock_hold_kept = false;
	log_event(LOG_NOTICE, "clock.confirmed", F_INT("base_ms", core->clock_watch.base_ms));
}

static int hold_run(struct txn *txn, void *arg)
{
	(void)arg;
	return clock_hold(txn);
}

void clockwork_turn(struct core *core)
{
	int64_t now_ms = clock_unix_ms();
	if (!clock_believed(core, now_ms)) {
		if (!core->clock_hold_kept) {
			core->clock_hold_kept = true;
			job_submit(job_create(core, 0), hold_run, NULL, job_drop);
		}
		return;
	}
	timers_turn(core, now_ms);
	sign_turn(core, now_ms);
}
