/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of a notice, stored with their derivation, and the timers that watch them. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/calendars.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/policies.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/txn.h"

enum {
	REMEDY_SETS = NOTICE_CLOCK_REMEDY_START | NOTICE_CLOCK_REMEDY_REACHED |
		      NOTICE_CLOCK_REMEDY_RESUME | NOTICE_CLOCK_REMEDY_AGAIN |
		      NOTICE_CLOCK_REMEDY_BACK,
	REMEDY_STOPS = NOTICE_CLOCK_REMEDY_PAUSE | NOTICE_CLOCK_REMEDY_STOP,
	STEP_STOPS = NOTICE_CLOCK_REVIEW_STOP | NOTICE_CLOCK_VERIFY_STOP |
		     NOTICE_CLOCK_BRIEF_STOP | NOTICE_CLOCK_DECIDE_STOP,
};

static int timer_at(struct matter *m, const char *kind, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("notice"),
		.record_id = m->row.id,
		.seq = seq,
		.fire_at_ms = at_ms,
		.trace = txn_trace(m->txn) };
	return timer_set(m->txn, &timer);
}

static int timer_end(struct matter *m, const char *kind)
{
	int64_t done = timer_cancel(m->txn, "notice", m->row.id, kind);
	return done < 0 ? (int)done : 0;
}

static void due_keep(struct matter *m)
{
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	due_put_json(&jw, &m->due);
	m->row.due_json = arena_dup(m->arena, buf_slice(&text));
	m->row.due_at_ms = m->due.due_ms;
	m->row.due_provisional = m->due.provisional;
}

static int watch(struct matter *m)
{
	int error = timer_end(m, "notice.due");
	error = error < 0 ? error : timer_end(m, "notice.ladder");
	int64_t at_ms = m->row.due_at_ms > m->now_ms ? m->row.due_at_ms : m->now_ms;
	error = error < 0 ? error : timer_at(m, "notice.due", txn_id(m->txn), at_ms);
	return error < 0 ? error : matter_remind_next(m);
}

int matter_due_moved(struct matter *m)
{
	due_keep(m);
	int64_t level = notice_overdue_level(&m->timing, &m->due);
	m->row.overdue_level = level < m->row.overdue_level ? level : m->row.overdue_level;
	return watch(m);
}

/* Timers are numbered by id: a due instant that moves has a timer of its own. */
static int remedy(struct matter *m, uint32_t clocks)
{
	/* While an objection is decided nobody is told; if it stands the ladder goes on. */
	if ((clocks & (REMEDY_SETS | REMEDY_STOPS)) == 0) {
		return (clocks & NOTICE_CLOCK_DECIDE_STOP) != 0 ? watch(m) : 0;
	}
	m->timing.objected_ms = m->objection.at_ms;
	for (size_t i = 0; i < m->finding_count; i++) {
		m->timing.recurring = m->timing.recurring || m->findings[i].recurrence > 0;
	}
	int error = notice_remedy(&m->timing, clocks, &m->due);
	if (error < 0) {
		return error;
	}
	if ((clocks & NOTICE_CLOCK_REMEDY_REACHED) != 0) {
		m->row.reached_at_ms = m->now_ms;
	}
	due_keep(m);
	error = timer_end(m, "notice.due");
	error = error < 0 ? error : timer_end(m, "notice.ladder");
	if (error == 0 && (clocks & REMEDY_SETS) != 0) {
		error = timer_at(m, "notice.due", txn_id(m->txn), m->row.due_at_ms);
	}
	return error < 0                     ? error
	       : (clocks & REMEDY_SETS) != 0 ? matter_remind_next(m)
					     : matter_remind_end(m);
}

static int sign(struct matter *m, uint32_t clocks)
{
	struct due due = { 0 };
	if ((clocks & NOTICE_CLOCK_SIGN_STOP) != 0) {
		return timer_end(m, "notice.sign_due");
	}
	if ((clocks & NOTICE_CLOCK_SIGN_START) == 0) {
		return 0;
	}
	int64_t remind_ms = 0;
	int error = notice_clock_start(&m->timing, clocks, POLICY_SIGN_FOR, &due);
	m->row.sign_due_at_ms = due.due_ms;
	error = error < 0
			? error
			: notice_remind_at(&m->timing, POLICY_SIGN_FOR, m->now_ms, &remind_ms);
	return error < 0 ? error : timer_at(m, "notice.sign_due", 1, remind_ms);
}

static int confirm(struct matter *m, uint32_t clocks)
{
	struct due due = { 0 };
	if ((clocks & NOTICE_CLOCK_CONFIRM_STOP) != 0) {
		return timer_end(m, "notice.confirm");
	}
	if ((clocks & NOTICE_CLOCK_CONFIRM_START) == 0) {
		return 0;
	}
	int error = notice_clock_start(&m->timing, clocks, POLICY_CONFIRM, &due);
	m->row.deferred_due_at_ms = due.due_ms;
	return error < 0 ? error : timer_at(m, "notice.confirm", 1, due.due_ms);
}

/* Review, objection, verification and brief never run at the same time. */
static int step(struct matter *m, uint32_t clocks)
{
	static const struct {
		uint32_t clock;
		enum policy_rule rule;
	} starts[] = {
		{ NOTICE_CLOCK_REVIEW_START, POLICY_REVIEW },
		{ NOTICE_CLOCK_VERIFY_START, POLICY_VERIFICATION },
		{ NOTICE_CLOCK_BRIEF_START, POLICY_BRIEF },
		{ NOTICE_CLOCK_DECIDE_START, POLICY_DECISION },
		{ NOTICE_CLOCK_SETTLE_START, POLICY_SETTLE },
	};
	if ((clocks & STEP_STOPS) != 0) {
		m->row.step_due_at_ms = 0;
	}
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct due due = { 0 };
		if ((clocks & starts[i].clock) == 0) {
			continue;
		}
		int error = notice_clock_start(&m->timing, clocks, starts[i].rule, &due);
		if (error < 0) {
			return error;
		}
		m->row.step_due_at_ms = due.due_ms;
	}
	return 0;
}

/* Of the paper it answers, or that its findings came from: the one that ends first. */
static int superior_due(struct matter *m)
{
	int row = sql_int(m->db,
		"SELECT min(i.due_at_ms) FROM incoming i WHERE i.due_at_ms IS NOT NULL"
		" AND i.state NOT IN ('voided', 'archived') AND (i.id = (SELECT incoming_id"
		" FROM notice WHERE id = $1) OR i.id IN (SELECT incoming_id FROM finding"
		" WHERE notice_id = $1))",
		&m->timing.superior_due_ms, SQL_INT(m->row.id));
	return row < 0 ? row : 0;
}

/* Once issued a notice goes on by the rules it was issued under. */
int matter_timing(struct matter *m)
{
	bool issued = m->row.issued_at_ms != 0;
	m->timing = (struct notice_timing) { .grade = m->row.grade,
		.issued_ms = issued ? m->row.issued_at_ms : m->now_ms,
		.now_ms = m->now_ms };
	int error =
		policy_then(m->txn, m->env, issued ? m->row.policy_id : 0, &m->timing.policy);
	error = error < 0
			? error
			: calendar_of_unit(m->txn, m->env, m->row.unit_id, &m->timing.calendar);
	error = error < 0 ? error
			  : calendar_of_unit(m->txn, m->env, 0, &m->timing.desk_calendar);
	error = error < 0 ? error : superior_due(m);
	return error < 0 ? error
			 : calendar_then(m->txn, m->env, m->due.calendar_version,
				   &m->timing.due_calendar);
}

int matter_recount(struct matter *m)
{
	int error = due_recount(m->timing.calendar, &m->due);
	if (error < 0) {
		return error;
	}
	due_keep(m);
	m->row.overdue_level = notice_overdue_level(&m->timing, &m->due);
	error = timer_end(m, "notice.due");
	error = error < 0 ? error : timer_end(m, "notice.ladder");
	error = error < 0 ? error : matter_remind_next(m);
	if (error < 0 || due_paused(&m->due)) {
		return error;
	}
	return m->row.due_at_ms > m->now_ms
		       ? timer_at(m, "notice.due", txn_id(m->txn), m->row.due_at_ms)
		       : matter_ladder_next(m);
}

int matter_clocks(struct matter *m)
{
	uint32_t clocks = m->outcome.clocks;
	int error = step(m, clocks);
	error = error < 0 ? error : sign(m, clocks);
	error = error < 0 ? error : remedy(m, clocks);
	return error < 0 ? error : confirm(m, clocks);
}

int matter_ladder_next(struct matter *m)
{
	int64_t rung = m->row.overdue_level;
	int64_t at_ms = 0;
	bool provisional = false;
	if (rung >= POLICY_LADDER_RUNGS) {
		return 0;
	}
	int error = calendar_add(m->timing.calendar, m->row.due_at_ms,
		policy_rule(m->timing.policy, (enum policy_rule)(POLICY_LADDER_1 + rung),
			m->row.grade),
		&at_ms, &provisional);
	return error < 0 ? error : timer_at(m, "notice.ladder", txn_id(m->txn), at_ms);
}
