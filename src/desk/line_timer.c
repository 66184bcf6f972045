/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deadlines of a notice.  How overdue it is, is an attribute, never a state;
 * each rung of the ladder is told once, and each tells all below it as well.
 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/line.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { SIGN_REMINDERS_MAX = 5 };

static void act_of_time(struct matter *m, const char *act, const struct timer *timer)
{
	struct trail_act entry = { .act = slice_str(act),
		.kind = SLICE("notice"),
		.id = m->row.id,
		.version = m->row.version,
		.reason = timer->late_by_ms > 0 ? arena_printf(m->arena, "late_by_ms=%lld",
							  (long long)timer->late_by_ms)
						: (struct slice) { 0 } };
	trail_act(m->txn, &entry);
	m->act = NOTICE_ACT_COUNT; /* no act of a person: messages name the rung */
}

static int timeline(struct matter *m, const char *code, struct slice args)
{
	int64_t done = sql_run(m->db,
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
		" VALUES ($1, 'notice', $2, $3, $4, $5, 'system')",
		SQL_INT(txn_id(m->txn)), SQL_INT(m->row.id), SQL_INT(m->now_ms), SQL_STR(code),
		SQL_TEXT(args));
	return done < 0 ? (int)done : 0;
}

/* ---- not signed for */

static int sign_next(struct matter *m, const struct timer *timer)
{
	int64_t at_ms = 0;
	bool provisional = false;
	if (timer->seq >= SIGN_REMINDERS_MAX) {
		return 0;
	}
	int error = calendar_add(m->timing.calendar, m->now_ms,
		policy_rule(m->timing.policy, POLICY_SIGN_FOR, m->row.grade), &at_ms,
		&provisional);
	struct timer next = *timer;
	next.seq++;
	next.fire_at_ms = at_ms;
	return error < 0 ? error : timer_set(m->txn, &next);
}

static int sign_due(struct matter *m, const struct timer *timer)
{
	if (m->row.state != NOTICE_ISSUED) {
		return 0;
	}
	act_of_time(m, "notice.sign_due", timer);
	struct slice event = arena_printf(m->arena, "sign_due.%lld", (long long)timer->seq);
	struct slice subject =
		arena_printf(m->arena, "【签收已超时】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s（%.*s）应于 %.*s 前签收，尚未签收。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name),
		SLICE_FMT(matter_time(m, m->row.sign_due_at_ms)));
	int error = matter_tell_unit(m, (const char *)event.p, subject, text);
	error = error < 0 ? error
			  : matter_tell_role(m, ROLE_UNIT_HEAD, m->row.unit_id,
				    (const char *)event.p, subject, text);
	error = error < 0 ? error : timeline(m, "sign_overdue", SLICE("{}"));
	return error < 0 ? error : sign_next(m, timer);
}

/* ---- not put right in time */

static bool with_unit(enum notice_state state)
{
	return state == NOTICE_ISSUED || state == NOTICE_RECEIVED ||
	       state == NOTICE_RECTIFYING || state == NOTICE_RETURNED || state == NOTICE_FAILED;
}

static int rung_tell(struct matter *m, int64_t level, int64_t seq)
{
	static const struct {
		enum role role;
		bool own;
	} rungs[POLICY_LADDER_RUNGS] = {
		{ ROLE_UNIT_HEAD, true },
		{ ROLE_DIRECTOR, false },
		{ ROLE_VICE_PRESIDENT, false },
		{ ROLE_LEADING_GROUP, false },
	};
	struct slice event =
		arena_printf(m->arena, "overdue.%lld.%lld", (long long)level, (long long)seq);
	struct slice subject = arena_printf(m->arena, "【逾期】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s（%.*s）整改已逾期，逾期级别 %lld。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name), (long long)level);
	int error = matter_tell_unit(m, (const char *)event.p, subject, text);
	for (int64_t i = 0; i < level && i < POLICY_LADDER_RUNGS && error == 0; i++) {
		error = matter_tell_role(m, rungs[i].role, rungs[i].own ? m->row.unit_id : 0,
			(const char *)event.p, subject, text);
	}
	return error;
}

static int overdue(struct matter *m, const struct timer *timer)
{
	if (!with_unit(m->row.state) || m->now_ms < m->row.due_at_ms) {
		return 0;
	}
	act_of_time(m, "notice.overdue", timer);
	int64_t level = notice_overdue_level(&m->timing, &m->due);
	bool first = slice_is(timer->kind, "notice.due");
	int error = 0;
	if (level > m->row.overdue_level) {
		m->row.overdue_level = level;
		error = notice_row_save(m->txn, &m->row);
	} else if (!first) {
		return 0;
	}
	error = error < 0 ? error : rung_tell(m, level, timer->seq);
	error = error < 0
			? error
			: timeline(m, "overdue",
				  arena_printf(m->arena, "{\"level\":%lld}", (long long)level));
	return error < 0 ? error : matter_ladder_next(m);
}

/* ---- 先办后审 nobody has confirmed */

static int unconfirmed(struct matter *m, const struct timer *timer)
{
	if (!m->facts.confirm_pending) {
		return 0;
	}
	act_of_time(m, "notice.unconfirmed", timer);
	struct slice subject =
		arena_printf(m->arena, "【先办后审待确认】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena,
		"%.*s 由起草人先行签发，已过确认期限，仍未确认。", SLICE_FMT(m->row.number));
	int error = matter_tell_role(m, ROLE_DIRECTOR, 0, "unconfirmed", subject, text);
	error = error < 0 ? error
			  : matter_tell_role(
				    m, ROLE_VICE_PRESIDENT, 0, "unconfirmed", subject, text);
	return error < 0 ? error : timeline(m, "unconfirmed", SLICE("{}"));
}

int line_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	static const struct {
		const char *kind;
		int (*fire)(struct matter *m, const struct timer *timer);
	} kinds[] = {
		{ "notice.sign_due", sign_due },
		{ "notice.due", overdue },
		{ "notice.ladder", overdue },
		{ "notice.confirm", unconfirmed },
	};
	struct matter m;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!slice_is(timer->kind, kinds[i].kind)) {
			continue;
		}
		int error = matter_open_system(txn, env, timer->record_id, &m);
		return error < 0 ? error : kinds[i].fire(&m, timer);
	}
	return 0;
}
