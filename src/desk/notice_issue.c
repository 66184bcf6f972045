/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_copy.h"
#include "desk/notices.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { REASON_MAX = 500 };

/* ---- issue */

static int others_tell(struct matter *m)
{
	int copied = notice_copies_tell(m);
	if (copied < 0 || !m->outcome.deferred) {
		return copied;
	}
	struct slice subject =
		arena_printf(m->arena, "【先办后审】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s 由起草人先行签发，请在 %.*s 前确认。",
		SLICE_FMT(m->row.number), SLICE_FMT(matter_time(m, m->row.deferred_due_at_ms)));
	int error = matter_tell_role(m, ROLE_DIRECTOR, 0, "deferred", subject, text);
	return error < 0
		       ? error
		       : matter_tell_role(m, ROLE_VICE_PRESIDENT, 0, "deferred", subject, text);
}

int desk_notice_issue(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0
			? error
			: words_text(desk, "defer_reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	m.facts.reason_given = words_enough(reason, NOTICE_REASON_MIN);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_ISSUE);
	if (error < 0 || desk->dry_run) {
		return error;
	}
	m.row.issuer_id = m.actor_id;
	m.row.issued_at_ms = m.now_ms;
	m.row.policy = slice_str(m.env->policy->version);
	m.row.policy_id = m.env->policy_id;
	m.timing.issued_ms = m.now_ms;
	if (m.outcome.deferred) {
		m.row.deferred_reason = reason;
	}
	error = matter_recipients(&m);
	error = error < 0 ? error : notice_copies_put(&m);
	error = error < 0 ? error : matter_round_begin(&m);
	error = error < 0 ? error : matter_write(&m);
	error = error < 0 ? error : notice_row_search(m.txn, &m.row);
	error = error < 0 ? error : others_tell(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.issue",
				   m.outcome.deferred ? "deferred" : "issued",
				   matter_args(&m, m.row.deferred_reason));
}

int desk_notice_confirm(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_CONFIRM);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.confirm", "deferred_confirmed",
				   matter_args(&m, reason));
}

/* A draft that is given up leaves its findings to the next one. */
static int findings_free(struct matter *m)
{
	int error = 0;
	for (size_t i = 0; i < m->finding_count && error == 0; i++) {
		int64_t done = sql_run(m->db,
			"UPDATE finding SET version = version + 1, notice_id = NULL"
			" WHERE id = $1",
			SQL_INT(m->findings[i].id));
		error = done < 0 ? (int)done : trail_row(m->txn, "finding", m->findings[i].id);
		error = error < 0 ? error : txn_change(m->txn, "finding", m->findings[i].id, 0);
	}
	return error;
}

int desk_notice_withdraw(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	m.facts.reason_given = words_enough(reason, NOTICE_REASON_MIN);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_WITHDRAW);
	if (error < 0) {
		return error;
	}
	m.row.withdrawn_reason = reason;
	m.note = reason;
	error = matter_write(&m);
	int64_t ended = error < 0 ? error : timer_cancel(m.txn, "notice", m.row.id, NULL);
	if (ended >= 0 && m.row.issued_at_ms == 0) {
		ended = findings_free(&m);
	}
	return ended < 0 ? (int)ended
			 : matter_close(desk, &m, "notice.withdraw", "withdrawn",
				   matter_args(&m, reason));
}

/* ---- 催办 */

int desk_notice_remind(struct desk *desk)
{
	struct matter m;
	struct slice more = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : words_text(desk, "text", WORDS_OPTIONAL, REASON_MAX, &more);
	if (error < 0) {
		return error;
	}
	if (!notice_with_unit(m.row.state)) {
		return desk_refuse(desk, E_STATE, "notice.not_with_unit", NULL);
	}
	if (desk->dry_run) {
		return 0;
	}
	m.row.reminders++;
	int nth = (int)m.row.reminders;
	struct slice event = arena_printf(m.arena, "reminded.%d", nth);
	struct slice subject =
		arena_printf(m.arena, "【第 %d 次催办】%.*s", nth, SLICE_FMT(m.row.number));
	struct slice text =
		arena_printf(m.arena, "%.*s（%.*s）尚未办结，当前状态：%s。请抓紧办理。%s%.*s",
			SLICE_FMT(m.row.number), SLICE_FMT(m.unit_name),
			name_text(&notice_state_names, m.row.state, LANG_ZH),
			more.n > 0 ? "\n" : "", SLICE_FMT(more));
	m.act = NOTICE_ACT_COUNT;
	error = notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : matter_paper(&m, NOTICE_DOCUMENT_REMINDER);
	error = error < 0 ? error : matter_tell_unit(&m, (const char *)event.p, subject, text);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.remind", "reminded",
				   arena_printf(m.arena, "{\"times\":%d}", nth));
}
