/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/incoming_link.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_places.h"
#include "desk/notices.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum { TITLE_MAX = 120, REQUIREMENT_MAX = 4000, CONTACT_MAX = 200, REASON_MAX = 500 };

struct draft {
	struct desk *desk;
	struct notice_row *row;
	int64_t ids[MATTER_FINDINGS_MAX];
	size_t count;
	int64_t unit_id; /* of the findings */
	int worst;       /* enum grade; lower is graver */
};

/* A finding may go into a notice when it is confirmed and in no other draft. */
static int finding_check(struct draft *d, int64_t id)
{
	struct desk *desk = d->desk;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT f.state, f.grade, f.unit_id, f.notice_id, n.state FROM finding f"
		" LEFT JOIN notice n ON n.id = f.notice_id WHERE f.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row
			       : desk_refuse(desk, E_INPUT, "input.unknown", "finding_ids");
	}
	bool drafted =
		slice_is(db_col_text(q, 4), "draft") || slice_is(db_col_text(q, 4), "review");
	int64_t unit_id = db_col_int64(q, 2);
	int grade = name_parse(&grade_names, db_col_text(q, 1));
	if (drafted && db_col_int64(q, 3) != d->row->id) {
		return desk_refuse(desk, E_STATE, "notice.finding_taken", "finding_ids");
	}
	if (!slice_is(db_col_text(q, 0), "confirmed")) {
		return desk_refuse(
			desk, E_STATE, "notice.finding_not_confirmed", "finding_ids");
	}
	if (d->unit_id != 0 && d->unit_id != unit_id) {
		return desk_refuse(desk, E_INPUT, "notice.units", "finding_ids");
	}
	d->unit_id = unit_id;
	d->worst = grade >= 0 && grade < d->worst ? grade : d->worst;
	return 0;
}

static int findings_read(struct draft *d)
{
	const struct json *list = json_get(d->desk->call->body, "finding_ids");
	if (json_count(list) > MATTER_FINDINGS_MAX) {
		return desk_refuse(d->desk, E_INPUT, "input.too_long", "finding_ids");
	}
	d->worst = GRADE_LOW;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t id = 0;
		if (!json_int(item, &id)) {
			return desk_refuse(d->desk, E_INPUT, "input.unknown", "finding_ids");
		}
		int error = finding_check(d, id);
		if (error < 0) {
			return error;
		}
		d->ids[d->count++] = id;
	}
	return d->count > 0 ? 0
			    : desk_refuse(d->desk, E_INPUT, "notice.findings", "finding_ids");
}

static int finding_attach(struct draft *d, int64_t finding_id, int64_t notice_id)
{
	struct desk *desk = d->desk;
	int64_t done = sql_run(desk->db,
		"UPDATE finding SET version = version + 1, notice_id = $2 WHERE id = $1",
		SQL_INT(finding_id), SQL_INT_OR_NULL(notice_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "finding", finding_id);
	return error < 0 ? error : txn_change(desk->txn, "finding", finding_id, 0);
}

static bool holds(const int64_t *ids, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id) {
			return true;
		}
	}
	return false;
}

static int findings_write(struct draft *d, const struct matter *before)
{
	int error = 0;
	size_t had = before != NULL ? before->finding_count : 0;
	for (size_t i = 0; i < had && error == 0; i++) {
		if (!holds(d->ids, d->count, before->findings[i].id)) {
			error = finding_attach(d, before->findings[i].id, 0);
		}
	}
	for (size_t i = 0; i < d->count && error == 0; i++) {
		bool there = false;
		for (size_t k = 0; k < had; k++) {
			there = there || before->findings[k].id == d->ids[i];
		}
		error = there ? 0 : finding_attach(d, d->ids[i], d->row->id);
	}
	return error;
}

/* A member that is absent keeps what the row has. */
static int text_read(struct desk *desk, const char *field, enum words_need need, size_t max,
	struct slice *text)
{
	struct slice read = *text;
	enum json_type type = json_type(json_get(desk->call->body, field));
	if (type == JSON_ABSENT && (need == WORDS_OPTIONAL || text->n > 0)) {
		return 0;
	}
	int error = words_text(desk, field, need, max, &read);
	if (error == 0) {
		*text = read;
	}
	return error;
}

static int word_read(struct desk *desk, const char *field, const struct name_table *names,
	const char *const words[], unsigned *value)
{
	struct slice word = { 0 };
	int error = words_choice(desk, field, words, name_id(names, *value), &word);
	int parsed = error < 0 ? error : name_parse(names, word);
	if (parsed >= 0) {
		*value = (unsigned)parsed;
	}
	return parsed < 0 ? parsed : 0;
}

static int words_read(struct draft *d)
{
	static const char *const grades[] = { "urgent", "high", "medium", "low", NULL };
	static const char *const sources[] = { "monitor", "superior", "unit", "public", NULL };
	struct notice_row *row = d->row;
	unsigned grade = row->grade;
	unsigned source = row->source;
	int error = text_read(d->desk, "title", WORDS_REQUIRED, TITLE_MAX, &row->title);
	error = error < 0 ? error
			  : text_read(d->desk, "requirement", WORDS_REQUIRED, REQUIREMENT_MAX,
				    &row->requirement);
	error = error < 0 ? error
			  : text_read(d->desk, "contact", WORDS_OPTIONAL, CONTACT_MAX,
				    &row->contact);
	error = error < 0 ? error : word_read(d->desk, "grade", &grade_names, grades, &grade);
	error = error < 0 ? error
			  : word_read(d->desk, "source", &source_names, sources, &source);
	row->grade = (enum grade)grade;
	row->source = (enum source)source;
	return error;
}

static int unit_check(struct draft *d)
{
	int64_t unit_id = 0;
	int error = words_id(d->desk, "unit_id", WORDS_OPTIONAL, "unit", &unit_id);
	if (error < 0) {
		return error;
	}
	if (d->unit_id == 0) {
		return desk_refuse(d->desk, E_INPUT, "notice.unit_unknown", "finding_ids");
	}
	if (unit_id != 0 && unit_id != d->unit_id) {
		return desk_refuse(d->desk, E_INPUT, "notice.units", "unit_id");
	}
	d->row->unit_id = d->unit_id;
	return 0;
}

int desk_notice_create(struct desk *desk)
{
	struct notice_row row = { .version = 1,
		.state = NOTICE_DRAFT,
		.grade = GRADE_LOW,
		.source = SOURCE_MONITOR,
		.author_id = desk->caller.person_id,
		.created_at_ms = desk->now_ms,
		.round = 1,
		.upreport = UPREPORT_UNDECIDED,
		.policy = slice_str(desk->env->policy->version),
		.policy_id = desk->env->policy_id };
	struct draft draft = { .desk = desk, .row = &row };
	int error = findings_read(&draft);
	row.grade = grade_of_notice((enum grade)draft.worst);
	int64_t paper_id = 0;
	error = error < 0 ? error : unit_check(&draft);
	error = error < 0 ? error : words_read(&draft);
	error = error < 0 ? error : notice_places_fill(desk, &row, draft.ids, draft.count);
	desk->answer_text = row.requirement;
	error = error < 0 ? error : incoming_link_read(desk, &paper_id);
	if (error < 0 || desk->dry_run) {
		return error;
	}
	row.id = txn_id(desk->txn);
	int64_t centre = 0;
	int found = sql_int(desk->db, "SELECT is_centre FROM unit WHERE id = $1", &centre,
		SQL_INT(row.unit_id));
	row.centre_self = found == 1 && centre != 0;
	error = found < 0 ? found : notice_row_insert(desk->txn, &row);
	error = error < 0 ? error : findings_write(&draft, NULL);
	error = error < 0 ? error : incoming_link_notice(desk, row.id, paper_id);
	error = error < 0 ? error : notice_row_search(desk->txn, &row);
	error = error < 0 ? error
			  : words_timeline(
				    desk, "notice", row.id, "created", (struct slice) { 0 });
	desk_audit(desk, "notice.create", "notice", row.id, 1, (struct slice) { 0 });
	desk_answer(desk, row.id, 1);
	desk->answer_state = SLICE("draft");
	return error;
}

int desk_notice_update(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	if (error < 0) {
		return error;
	}
	if (m.row.state != NOTICE_DRAFT) {
		return desk_refuse(desk, E_STATE, "notice.no_such_step", NULL);
	}
	struct draft draft = { .desk = desk, .row = &m.row, .unit_id = 0 };
	bool findings = json_type(json_get(desk->call->body, "finding_ids")) != JSON_ABSENT;
	if (findings) {
		error = findings_read(&draft);
	} else {
		draft.unit_id = m.row.unit_id;
		for (size_t i = 0; i < m.finding_count; i++) {
			draft.ids[draft.count++] = m.findings[i].id;
		}
	}
	error = error < 0 ? error : unit_check(&draft);
	error = error < 0 ? error : words_read(&draft);
	error = error < 0 ? error : notice_places_fill(desk, &m.row, draft.ids, draft.count);
	if (error == 0 && findings) {
		error = findings_write(&draft, &m);
	}
	error = error < 0 ? error : notice_row_save(desk->txn, &m.row);
	error = error < 0 ? error : notice_row_search(desk->txn, &m.row);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.update", "updated",
				   matter_args(&m, (struct slice) { 0 }));
}

int desk_notice_review(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_REVIEW);
	if (error < 0 || desk->dry_run) {
		return error;
	}
	m.row.review_at_ms = m.now_ms;
	m.row.reject_reason = (struct slice) { 0 };
	error = matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.review", "review",
				   matter_args(&m, (struct slice) { 0 }));
}

int desk_notice_reject(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	m.facts.reason_given = words_enough(reason, NOTICE_REASON_MIN);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_REJECT);
	if (error < 0) {
		return error;
	}
	m.row.reject_reason = reason;
	error = matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.reject", "rejected",
				   matter_args(&m, reason));
}
