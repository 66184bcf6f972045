/* SPDX-License-Identifier: Apache-2.0 */
/* 延期: more time, asked for before the notice is due, and granted as a step of its clock. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_pleas.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/extension.h"

enum { TEXT_MAX = 1000, RULE_TEXT_MAX = 32 };

struct asked {
	int64_t id;
	struct slice reason;
	struct slice control;
	struct slice opinion;
	int64_t until_ms;
	struct due_rule rule;
	int64_t by_id;
	struct extension_facts facts;
};

static int step(struct desk *desk, struct matter *m, struct asked *a, enum extension_act act)
{
	struct diag diag = { 0 };
	int error = extension_step(&a->facts, act, m->role, &a->facts.state, &diag);
	if (error < 0) {
		struct slice code = arena_printf(m->arena, "extension.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return 0;
}

/* How many were granted, and the one that waits. */
static int history_load(struct matter *m, struct asked *a)
{
	int64_t granted = 0;
	int row = sql_int(m->db,
		"SELECT count(*) FROM extension WHERE notice_id = $1 AND state = 'approved'",
		&granted, SQL_INT(m->row.id));
	AUTO_STMT struct stmt *q = NULL;
	row = row < 0 ? row
		      : sql_query(m->db,
				"SELECT id, by_id, rule, until_ms FROM extension"
				" WHERE notice_id = $1 AND state = 'asked' ORDER BY id LIMIT 1",
				&q, SQL_INT(m->row.id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		a->id = db_col_int64(q, 0);
		a->by_id = db_col_int64(q, 1);
		a->until_ms = db_col_int64(q, 3);
		if (due_rule_parse(db_col_text(q, 2), &a->rule) < 0) {
			row = E_STORE;
		}
	}
	a->facts.nth = (int32_t)granted + 1;
	a->facts.count_max = m->timing.policy->extension_count_max;
	a->facts.actor_in_unit = m->facts.actor_in_unit;
	a->facts.actor_is_asker = m->actor_id == a->by_id;
	a->facts.with_unit = notice_with_unit(m->row.state) && m->row.state != NOTICE_ISSUED;
	a->facts.before_due = m->row.due_at_ms != 0 && m->now_ms < m->row.due_at_ms;
	a->facts.another_open = a->id != 0;
	return row < 0 ? row : 0;
}

static int body_read(struct desk *desk, struct matter *m, struct asked *a)
{
	int error = words_text(desk, "reason", WORDS_REQUIRED, TEXT_MAX, &a->reason);
	error = error < 0 ? error
			  : words_text(desk, "control", WORDS_REQUIRED, TEXT_MAX, &a->control);
	error = error < 0 ? error : words_int(desk, "until", 0, INT64_MAX, 0, &a->until_ms);
	if (error < 0) {
		return error;
	}
	a->facts.reason_given = words_enough(a->reason, NOTICE_REASON_MIN);
	a->facts.control_given = a->control.n > 0;
	a->facts.length_fits = m->row.due_at_ms != 0 && notice_extension(&m->timing, &m->due,
								a->until_ms, &a->rule) == 0;
	return 0;
}

static int extension_put(struct matter *m, const struct asked *a)
{
	AUTO_BUF struct buf rule;
	buf_init(&rule, RULE_TEXT_MAX);
	due_rule_put(&rule, a->rule);
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO extension (id, version, notice_id, nth, state, reason, control,"
		" until_ms, rule, due_before_ms, by_id, at_ms)"
		" VALUES ($1, 1, $2, $3, 'asked', $4, $5, $6, $7, $8, $9, $10)",
		SQL_INT(id), SQL_INT(m->row.id), SQL_INT(a->facts.nth), SQL_TEXT(a->reason),
		SQL_TEXT(a->control), SQL_INT(a->until_ms), SQL_TEXT(buf_slice(&rule)),
		SQL_INT(m->row.due_at_ms), SQL_INT(m->actor_id), SQL_INT(m->now_ms));
	return done < 0 ? (int)done : trail_row(m->txn, "extension", id);
}

static int decider_tell(struct matter *m, const struct asked *a)
{
	struct slice subject =
		arena_printf(m->arena, "【延期待审批】%.*s", SLICE_FMT(m->row.number));
	struct slice text =
		arena_printf(m->arena, "%.*s（%.*s）申请第 %d 次延期至 %.*s，请审批。",
			SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name), (int)a->facts.nth,
			SLICE_FMT(matter_time(m, a->until_ms)));
	struct slice event =
		arena_printf(m->arena, "extension.%lld", (long long)m->row.version);
	return matter_tell_role(m, a->facts.nth <= 1 ? ROLE_DIRECTOR : ROLE_VICE_PRESIDENT, 0,
		(const char *)event.p, subject, text);
}

int desk_notice_ask_extension(struct desk *desk)
{
	struct matter m;
	struct asked a = { 0 };
	int error = matter_open(desk, &m);
	m.act = NOTICE_ACT_COUNT;
	error = error < 0 ? error : history_load(&m, &a);
	error = error < 0 ? error : body_read(desk, &m, &a);
	error = error < 0 ? error : step(desk, &m, &a, EXTENSION_ACT_ASK);
	error = error < 0 ? error : extension_put(&m, &a);
	error = error < 0 ? error : notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : decider_tell(&m, &a);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.ask_extension", "extension_asked",
				   matter_args(&m, a.reason));
}

/* ---- decided */

static int settle(struct matter *m, const struct asked *a)
{
	bool granted = a->facts.state == EXTENSION_APPROVED;
	int64_t done = sql_run(m->db,
		"UPDATE extension SET version = version + 1, state = $2, opinion = $3,"
		" decided_by = $4, decided_at_ms = $5, due_after_ms = $6 WHERE id = $1",
		SQL_INT(a->id), SQL_STR(name_id(&extension_state_names, a->facts.state)),
		SQL_TEXT_OR_NULL(a->opinion), SQL_INT(m->actor_id), SQL_INT(m->now_ms),
		SQL_INT_OR_NULL(granted ? m->row.due_at_ms : 0));
	return done < 0 ? (int)done : trail_row(m->txn, "extension", a->id);
}

static int grant(struct matter *m, const struct asked *a)
{
	const struct calendar *calendar =
		m->timing.due_calendar != NULL ? m->timing.due_calendar : m->timing.calendar;
	int error = due_adjust(calendar, &m->due, DUE_EXTEND, m->now_ms, a->rule);
	error = error < 0 ? error : matter_due_moved(m);
	m->note = a->opinion;
	return error < 0 ? error : matter_paper(m, NOTICE_DOCUMENT_EXTENSION);
}

static int unit_tell(struct matter *m, const struct asked *a)
{
	bool granted = a->facts.state == EXTENSION_APPROVED;
	struct slice subject = arena_printf(m->arena, "【%s】%.*s",
		granted ? "延期已批准" : "延期未批准", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s 的第 %d 次延期申请%s。",
		SLICE_FMT(m->row.number), (int)a->facts.nth, granted ? "已批准" : "未获批准");
	struct slice event =
		arena_printf(m->arena, "extension_settled.%lld", (long long)m->row.version);
	int error = matter_tell_unit(m, (const char *)event.p, subject, text);
	return error < 0 ? error
			 : matter_tell_person(
				   m, m->row.author_id, (const char *)event.p, subject, text);
}

static int decision_read(struct desk *desk, struct asked *a, bool *ret_granted)
{
	static const char *const words[] = { "approved", "refused", NULL };
	struct slice word = { 0 };
	int error = words_choice(desk, "decision", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "opinion", WORDS_OPTIONAL, TEXT_MAX, &a->opinion);
	a->facts.state = a->id != 0 ? EXTENSION_ASKED : EXTENSION_NONE;
	a->facts.reason_given = words_enough(a->opinion, NOTICE_REASON_MIN);
	*ret_granted = slice_is(word, "approved");
	return error;
}

int desk_notice_decide_extension(struct desk *desk)
{
	struct matter m;
	struct asked a = { 0 };
	bool granted = false;
	int error = matter_open(desk, &m);
	m.act = NOTICE_ACT_COUNT;
	error = error < 0 ? error : history_load(&m, &a);
	error = error < 0 ? error : decision_read(desk, &a, &granted);
	error = error < 0 ? error
			  : step(desk, &m, &a,
				    granted ? EXTENSION_ACT_APPROVE : EXTENSION_ACT_REFUSE);
	error = error < 0 || !granted ? error : grant(&m, &a);
	error = error < 0 ? error : settle(&m, &a);
	error = error < 0 ? error : notice_row_save(m.txn, &m.row);
	error = error < 0 ? error : unit_tell(&m, &a);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.decide_extension",
				   granted ? "extension_approved" : "extension_refused",
				   matter_args(&m, a.opinion));
}
