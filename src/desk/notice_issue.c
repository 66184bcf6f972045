/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notices.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { REASON_MAX = 500, RECIPIENTS_MAX = 50 };

/* ---- to whom it goes */

struct filed {
	int64_t person_id;
	enum role role;
};

static int filed_load(struct matter *m, struct filed *filed, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(m->db,
		"SELECT g.person_id, g.role FROM role_grant g JOIN person p"
		" ON p.id = g.person_id WHERE g.unit_id = $1 AND g.valid_to_ms IS NULL"
		" AND p.mail IS NOT NULL AND g.role IN ('specialist', 'officer',"
		" 'unit_head') ORDER BY g.id LIMIT $2",
		&q, SQL_INT(m->row.unit_id), SQL_INT(RECIPIENTS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int role = name_parse(&role_names, db_col_text(q, 1));
		filed[count++] =
			(struct filed) { db_col_int64(q, 0), (enum role)(role < 0 ? 0 : role) };
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

static int recipient_put(struct matter *m, const struct filed *f, bool is_to)
{
	int64_t id = txn_id(m->txn);
	/* A person filed in two roles is told once, in the first. */
	int64_t done = sql_run(m->db,
		"INSERT INTO notice_recipient (id, version, notice_id, person_id, role, kind)"
		" VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT (notice_id, person_id) DO NOTHING",
		SQL_INT(id), SQL_INT(m->row.id), SQL_INT(f->person_id),
		SQL_STR(name_id(&role_names, f->role)), SQL_STR(is_to ? "to" : "cc"));
	return done <= 0 ? (int)done : trail_row(m->txn, "notice_recipient", id);
}

static int recipients_put(struct matter *m)
{
	struct filed filed[RECIPIENTS_MAX];
	struct notice_people people = { 0 };
	struct notice_recipients chosen = { 0 };
	size_t count = 0;
	int error = filed_load(m, filed, &count);
	for (size_t i = 0; i < count; i++) {
		people.specialist = people.specialist || filed[i].role == ROLE_SPECIALIST;
		people.officer = people.officer || filed[i].role == ROLE_OFFICER;
		people.unit_head = people.unit_head || filed[i].role == ROLE_UNIT_HEAD;
	}
	error = error < 0 ? error : notice_recipients(&people, m->row.grade, &chosen);
	for (size_t i = 0; i < count && error == 0; i++) {
		error = filed[i].role == chosen.to ? recipient_put(m, &filed[i], true) : 0;
	}
	for (size_t i = 0; i < count && error == 0; i++) {
		error = (chosen.cc & ROLE_BIT(filed[i].role)) != 0
				? recipient_put(m, &filed[i], false)
				: 0;
	}
	return error;
}

/* ---- issue */

static int deferred_tell(struct matter *m)
{
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
	if (error < 0) {
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
	error = recipients_put(&m);
	error = error < 0 ? error : matter_round_begin(&m);
	error = error < 0 ? error : matter_write(&m);
	error = error < 0 ? error : notice_row_search(m.txn, &m.row);
	if (error == 0 && m.outcome.deferred) {
		error = deferred_tell(&m);
	}
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
	return ended < 0 ? (int)ended
			 : matter_close(desk, &m, "notice.withdraw", "withdrawn",
				   matter_args(&m, reason));
}

/* ---- 催办 */

static bool with_unit(enum notice_state state)
{
	return state == NOTICE_ISSUED || state == NOTICE_RECEIVED ||
	       state == NOTICE_RECTIFYING || state == NOTICE_RETURNED || state == NOTICE_FAILED;
}

int desk_notice_remind(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	if (error < 0) {
		return error;
	}
	if (!with_unit(m.row.state)) {
		return desk_refuse(desk, E_STATE, "notice.not_with_unit", NULL);
	}
	m.row.reminders++;
	int nth = (int)m.row.reminders;
	struct slice event = arena_printf(m.arena, "reminded.%d", nth);
	struct slice subject =
		arena_printf(m.arena, "【第 %d 次催办】%.*s", nth, SLICE_FMT(m.row.number));
	struct slice text = arena_printf(m.arena,
		"%.*s（%.*s）尚未办结，当前状态：%s。请抓紧办理。", SLICE_FMT(m.row.number),
		SLICE_FMT(m.unit_name), name_text(&notice_state_names, m.row.state, LANG_ZH));
	m.act = NOTICE_ACT_COUNT;
	error = notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : matter_reminder(&m);
	error = error < 0 ? error : matter_tell_unit(&m, (const char *)event.p, subject, text);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.remind", "reminded",
				   arena_printf(m.arena, "{\"times\":%d}", nth));
}
