/* SPDX-License-Identifier: Apache-2.0 */
/* What the responsible unit does: sign for, plan, hand in. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/finding_ends.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_rounds.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/finding.h"

enum { NAME_MAX_CHARS = 100, PLAN_MAX = 4000, ITEM_MAX = 2000, LESSON_MAX = 2000 };

int desk_notice_sign(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_SIGN);
	if (error < 0) {
		return error;
	}
	m.row.signed_at_ms = m.now_ms;
	m.row.signed_by = m.actor_id;
	error = matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.sign", "signed",
				   matter_args(&m, (struct slice) { 0 }));
}

/* ---- plan */

struct plan {
	struct slice responsible;
	struct slice text;
	int64_t at_ms;
};

static int plan_read(struct desk *desk, const struct matter *m, struct plan *p)
{
	int error = words_text(
		desk, "responsible", WORDS_REQUIRED, NAME_MAX_CHARS, &p->responsible);
	error = error < 0 ? error
			  : words_text(desk, "plan", WORDS_REQUIRED, PLAN_MAX, &p->text);
	return error < 0 ? error
			 : words_int(desk, "planned_at", 0, INT64_MAX, m->row.due_at_ms,
				   &p->at_ms);
}

static int plan_save(struct matter *m, const struct plan *p)
{
	int error = 0;
	if (m->round.state == RECTIFICATION_PLANNED) {
		error = matter_round_step(m, RECTIFICATION_ACT_START);
	} else if (m->round.state == RECTIFICATION_RETURNED) {
		error = matter_round_step(m, RECTIFICATION_ACT_RESUME);
	}
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(m->db,
		"UPDATE rectification SET responsible = $2, plan = $3, planned_at_ms = $4"
		" WHERE id = $1",
		SQL_INT(m->round.id), SQL_TEXT(p->responsible), SQL_TEXT(p->text),
		SQL_INT(p->at_ms));
	return done < 0 ? (int)done : matter_round_save(m);
}

int desk_notice_plan(struct desk *desk)
{
	struct matter m;
	struct plan plan = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : plan_read(desk, &m, &plan);
	bool overdue = m.row.due_at_ms != 0 && m.now_ms > m.row.due_at_ms;
	m.facts.plan_complete = plan.text.n > 0 && (plan.at_ms <= m.row.due_at_ms || overdue);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_PLAN);
	if (error < 0) {
		return error;
	}
	m.note = plan.text;
	error = plan_save(&m, &plan);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.plan", "planned",
				   matter_args(&m, (struct slice) { 0 }));
}

/* ---- hand in */

struct answer {
	struct slice cause;
	struct slice measure;
	struct slice residual;
	int64_t done_at_ms;
	struct slice again; /* why it came back */
	struct slice again_note;
};

static int finding_place(const struct matter *m, const struct json *item)
{
	int64_t id = json_get_int(item, "finding_id", 0);
	for (size_t i = 0; i < m->finding_count; i++) {
		if (m->findings[i].id == id) {
			return (int)i;
		}
	}
	return E_ABSENT;
}

static bool text_fits(struct slice text)
{
	return !words_enough(text, ITEM_MAX + 1);
}

/* A finding of another notice is as unknown as one that does not exist. */
static int answers_read(struct desk *desk, struct matter *m, struct answer *answers)
{
	const struct json *list = json_get(desk->call->body, "items");
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int place = finding_place(m, item);
		if (place < 0) {
			return desk_refuse(desk, E_INPUT, "input.unknown", "items");
		}
		struct answer *a = &answers[place];
		a->cause = slice_trim(json_get_str(item, "cause"));
		a->measure = slice_trim(json_get_str(item, "measure"));
		a->residual = slice_trim(json_get_str(item, "residual"));
		a->done_at_ms = json_get_int(item, "done_at", m->now_ms);
		a->again = json_get_str(item, "again_cause");
		a->again_note = slice_trim(json_get_str(item, "again_note"));
		if (!text_fits(a->cause) || !text_fits(a->measure) || !text_fits(a->residual) ||
			!text_fits(a->again_note)) {
			return desk_refuse(desk, E_INPUT, "input.too_long", "items");
		}
	}
	m->facts.report_complete = true;
	for (size_t i = 0; i < m->finding_count; i++) {
		bool answered = answers[i].cause.n > 0 && answers[i].measure.n > 0;
		m->facts.report_complete = m->facts.report_complete &&
					   (answered || !finding_open(m->findings[i].state));
	}
	return 0;
}

/* What has come back is not put right again before somebody says why it did. */
static int again_check(struct desk *desk, const struct matter *m, const struct answer *answers)
{
	for (size_t i = 0; i < m->finding_count; i++) {
		const struct answer *a = &answers[i];
		bool known = a->again.n > 0 && finding_again_cause(a->again);
		bool asked = m->findings[i].again_asked && finding_open(m->findings[i].state);
		if (a->again.n > 0 && !known) {
			return desk_refuse(desk, E_INPUT, "input.word", "again_cause");
		}
		if (asked && !known) {
			return desk_refuse(desk, E_INPUT, "notice.again_cause", "again_cause");
		}
	}
	return 0;
}

static int again_put(struct matter *m, size_t i, const struct answer *a)
{
	struct matter_finding *f = &m->findings[i];
	if (!f->again_asked || a->again.n == 0) {
		return 0;
	}
	f->version++;
	int64_t done = sql_run(m->db,
		"UPDATE finding SET version = $2, again_cause = $3, again_note = $4"
		" WHERE id = $1",
		SQL_INT(f->id), SQL_INT(f->version), SQL_TEXT(a->again),
		SQL_TEXT_OR_NULL(a->again_note));
	return done < 0 ? (int)done : trail_row(m->txn, "finding", f->id);
}

/* The scan must be one of this notice and of this round. */
static int scan_read(struct desk *desk, struct matter *m, int64_t *ret_id)
{
	int64_t id = json_get_int(desk->call->body, "attachment_id", 0);
	int64_t round = 0;
	int row = sql_int(desk->db,
		"SELECT round FROM attachment WHERE id = $1 AND about = 'notice'"
		" AND about_id = $2",
		&round, SQL_INT(id), SQL_INT(m->row.id));
	if (row < 0) {
		return row;
	}
	if (row == 0 && id != 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "attachment_id");
	}
	m->facts.scan_stored = row == 1 && round == m->row.round;
	*ret_id = id;
	return 0;
}

static int item_put(struct matter *m, size_t i, const struct answer *a)
{
	int64_t id = 0;
	int64_t finding_id = m->findings[i].id;
	int row = sql_int(m->db,
		"SELECT id FROM rectification_item WHERE rectification_id = $1"
		" AND finding_id = $2",
		&id, SQL_INT(m->round.id), SQL_INT(finding_id));
	if (row < 0) {
		return row;
	}
	int64_t done = 0;
	if (row == 1) {
		done = sql_run(m->db,
			"UPDATE rectification_item SET version = version + 1, cause = $2,"
			" measure = $3, done_at_ms = $4, residual = $5 WHERE id = $1",
			SQL_INT(id), SQL_TEXT(a->cause), SQL_TEXT(a->measure),
			SQL_INT(a->done_at_ms), SQL_TEXT_OR_NULL(a->residual));
	} else {
		id = txn_id(m->txn);
		done = sql_run(m->db,
			"INSERT INTO rectification_item (id, version, rectification_id,"
			" finding_id, cause, measure, done_at_ms, residual) VALUES ($1, 1, $2,"
			" $3, $4, $5, $6, $7)",
			SQL_INT(id), SQL_INT(m->round.id), SQL_INT(finding_id),
			SQL_TEXT(a->cause), SQL_TEXT(a->measure), SQL_INT(a->done_at_ms),
			SQL_TEXT_OR_NULL(a->residual));
	}
	return done < 0 ? (int)done : trail_row(m->txn, "rectification_item", id);
}

static int answers_put(struct matter *m, const struct answer *answers)
{
	int error = 0;
	for (size_t i = 0; i < m->finding_count && error == 0; i++) {
		error = answers[i].cause.n > 0 ? item_put(m, i, &answers[i]) : 0;
		error = error < 0 ? error : again_put(m, i, &answers[i]);
	}
	return error;
}

/* From where the round stands, through the machine's own steps, to the sealed report. */
static int round_advance(struct matter *m)
{
	static const enum rectification_act steps[] = { RECTIFICATION_ACT_FINISH,
		RECTIFICATION_ACT_REPORT, RECTIFICATION_ACT_UPLOAD };
	int error = 0;
	if (m->round.state == RECTIFICATION_PLANNED) {
		error = matter_round_step(m, RECTIFICATION_ACT_START);
	} else if (m->round.state == RECTIFICATION_RETURNED) {
		error = matter_round_step(m, RECTIFICATION_ACT_RESUME);
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && error == 0; i++) {
		error = matter_round_step(m, steps[i]);
	}
	return error;
}

static int round_hand_in(struct matter *m, int64_t attachment_id, struct slice lesson)
{
	int error = round_advance(m);
	if (error < 0) {
		return error;
	}
	m->round.submitted_by = m->actor_id;
	m->round.submitted_at_ms = m->now_ms;
	int64_t done = sql_run(m->db,
		"UPDATE rectification SET submitted_at_ms = $2, submitted_by = $3, lesson = $4,"
		" attachment_id = $5, returned_faults = NULL, returned_reason = NULL"
		" WHERE id = $1",
		SQL_INT(m->round.id), SQL_INT(m->now_ms), SQL_INT(m->actor_id),
		SQL_TEXT_OR_NULL(lesson), SQL_INT(attachment_id));
	return done < 0 ? (int)done : matter_round_save(m);
}

int desk_notice_submit(struct desk *desk)
{
	struct matter m;
	struct slice lesson = { 0 };
	int64_t attachment_id = 0;
	struct answer *answers =
		arena_take(desk->arena, MATTER_FINDINGS_MAX * sizeof(*answers));
	int error = matter_open(desk, &m);
	error = error < 0 ? error : answers_read(desk, &m, answers);
	error = error < 0 ? error : scan_read(desk, &m, &attachment_id);
	error = error < 0 ? error
			  : words_text(desk, "lesson", WORDS_OPTIONAL, LESSON_MAX, &lesson);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_SUBMIT);
	error = error < 0 ? error : again_check(desk, &m, answers);
	error = error < 0 ? error : answers_put(&m, answers);
	m.note = lesson;
	error = error < 0 ? error : round_hand_in(&m, attachment_id, lesson);
	error = error < 0 ? error : matter_check_begin(&m);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.submit", "submitted",
				   matter_args(&m, (struct slice) { 0 }));
}
