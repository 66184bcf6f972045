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

enum { SIGN_RUNGS = POLICY_LADDER_RUNGS };

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

/* ---- not signed for */

static int sign_next(struct matter *m, const struct timer *timer)
{
	struct timer next = *timer;
	next.seq++;
	if (timer->seq >= SIGN_RUNGS) {
		return 0;
	}
	int error = notice_remind_at(&m->timing, POLICY_SIGN_FOR, m->now_ms, &next.fire_at_ms);
	return error < 0 ? error : timer_set(m->txn, &next);
}

/* The head at once, then one higher each time. */
static int sign_tell(struct matter *m, int64_t rung, const char *event, struct slice subject,
	struct slice text)
{
	static const enum role roles[SIGN_RUNGS] = { ROLE_UNIT_HEAD, ROLE_DIRECTOR,
		ROLE_VICE_PRESIDENT, ROLE_LEADING_GROUP };
	int error = matter_tell_unit(m, event, subject, text);
	for (int64_t i = 0; i < rung && i < SIGN_RUNGS && error == 0; i++) {
		error = matter_tell_role(m, roles[i],
			roles[i] == ROLE_UNIT_HEAD ? m->row.unit_id : 0, event, subject, text);
	}
	return error;
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
	int error = sign_tell(m, timer->seq, (const char *)event.p, subject, text);
	error = error < 0 ? error : matter_say(m, "sign_overdue", SLICE("{}"));
	return error < 0 ? error : sign_next(m, timer);
}

/* ---- not put right in time */

static int overdue(struct matter *m, const struct timer *timer)
{
	if (!notice_with_unit(m->row.state) || m->now_ms < m->row.due_at_ms) {
		return 0;
	}
	act_of_time(m, "notice.overdue", timer);
	int64_t before = m->row.overdue_level;
	int64_t level = notice_overdue_level(&m->timing, &m->due);
	bool first = slice_is(timer->kind, "notice.due");
	if (level <= before && !first) {
		return 0;
	}
	/* Returned or failed it goes on where it was: that rung has been told. */
	level = level > before ? level : before;
	m->row.overdue_level = level;
	int error = matter_rungs(m, before, level, timer->seq);
	error = error < 0 ? error : notice_row_save(m->txn, &m->row);
	error = error < 0
			? error
			: matter_say(m, "overdue",
				  arena_printf(m->arena, "{\"level\":%lld}", (long long)level));
	return error < 0 ? error : matter_ladder_next(m);
}

/* ---- still to be put right in time */

static int before_due(struct matter *m, const struct timer *timer)
{
	if (!notice_with_unit(m->row.state) || due_paused(&m->due) ||
		m->now_ms >= m->row.due_at_ms) {
		return 0;
	}
	act_of_time(m, "notice.due_reminder", timer);
	return matter_remind(m, timer->seq);
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
	return error < 0 ? error : matter_say(m, "unconfirmed", SLICE("{}"));
}

int line_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	static const struct {
		const char *kind;
		int (*fire)(struct matter *m, const struct timer *timer);
	} kinds[] = {
		{ "notice.sign_due", sign_due },
		{ "notice.remind", before_due },
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
