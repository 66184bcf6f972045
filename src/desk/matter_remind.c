/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reminders before a deadline, to who answers for the unit and to his deputy.
 * Only the next one has a timer; when it has fired the one after it is set, so
 * that what a stopped machine has missed becomes one reminder and not several.
 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/timer.h"
#include "workflow/notice_remind.h"

#define HOUR_MS (INT64_C(3600) * 1000)

enum { DAY_HOURS = 24 };

static int set(struct matter *m, int64_t at_ms)
{
	struct timer timer = { .kind = SLICE("notice.remind"),
		.record_kind = SLICE("notice"),
		.record_id = m->row.id,
		.seq = txn_id(m->txn),
		.fire_at_ms = at_ms,
		.trace = txn_trace(m->txn) };
	return timer_set(m->txn, &timer);
}

/* When the unit last heard of it, from the machine or from a person. */
static int last_told(struct matter *m, int64_t *ret_at_ms)
{
	int row = sql_int(m->db,
		"SELECT max(at_ms) FROM timeline WHERE kind = 'notice' AND record_id = $1"
		" AND code IN ('due_reminded', 'reminded')",
		ret_at_ms, SQL_INT(m->row.id));
	return row < 0 ? row : 0;
}

int matter_remind_end(struct matter *m)
{
	int64_t done = timer_cancel(m->txn, "notice", m->row.id, "notice.remind");
	return done < 0 ? (int)done : 0;
}

int matter_remind_next(struct matter *m)
{
	int64_t last_ms = 0;
	int64_t at_ms = 0;
	int error = matter_remind_end(m);
	error = error < 0 ? error : last_told(m, &last_ms);
	if (error < 0 || due_paused(&m->due) || m->row.due_at_ms <= m->now_ms) {
		return error;
	}
	int found = notice_remind_next(&m->timing, &m->due, last_ms, &at_ms);
	return found == 1 ? set(m, at_ms) : found;
}

/* "2 天 5 小时", "3 小时", "不到 1 小时" */
static struct slice left(const struct matter *m)
{
	long long hours = (m->row.due_at_ms - m->now_ms) / HOUR_MS;
	if (hours < 1) {
		return SLICE("不到 1 小时");
	}
	return hours < DAY_HOURS ? arena_printf(m->arena, "%lld 小时", hours)
				 : arena_printf(m->arena, "%lld 天 %lld 小时",
					   hours / DAY_HOURS, hours % DAY_HOURS);
}

int matter_remind(struct matter *m, int64_t seq)
{
	int64_t last_ms = 0;
	int64_t loud_ms = notice_loud(&m->timing, m->now_ms);
	int64_t gap_ms = m->timing.policy->reminders.gap_hours * HOUR_MS;
	int error = last_told(m, &last_ms);
	if (error < 0) {
		return error;
	}
	if (loud_ms > m->now_ms) {
		return loud_ms < m->row.due_at_ms ? set(m, loud_ms) : 0;
	}
	if (last_ms != 0 && m->now_ms < last_ms + gap_ms) {
		return matter_remind_next(m);
	}
	struct slice event = arena_printf(m->arena, "remind.%lld", (long long)seq);
	struct slice subject =
		arena_printf(m->arena, "【整改提醒】%.*s", SLICE_FMT(m->row.number));
	struct slice text =
		arena_printf(m->arena, "%.*s（%.*s）距整改期限还有 %.*s，尚未提交整改报告。",
			SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name), SLICE_FMT(left(m)));
	error = matter_tell_officers(m, (const char *)event.p, subject, text);
	error = error < 0 ? error : matter_say(m, "due_reminded", SLICE("{}"));
	return error < 0 ? error : matter_remind_next(m);
}
