/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/bulk.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/findings.h"
#include "desk/notices.h"
#include "desk/words.h"
#include "model/scale.h"
#include "records/sql.h"

enum { ROWS_MAX = 200, REPORT_OCTETS_MAX = 256 * 1024, NAMES_MAX = 20, TITLE_MAX = 120 };

/* What came of one row. */
struct outcome {
	int64_t id;
	struct slice label;
	struct slice unit;
	int64_t unit_id;
	int64_t findings; /* drafts: how many go into it */
	const char *grade;
	int64_t made; /* drafts: the draft's id */
	bool ok;
	const char *code;
	struct slice text; /* drafts: the requirement, its places filled in */
};

struct bulk {
	struct desk *desk;
	int64_t ids[ROWS_MAX];
	size_t count;
	struct outcome rows[ROWS_MAX];
	size_t done;
	bool dry_run;
};

static int ids_read(struct bulk *b, const char *member)
{
	const struct json *list = json_get(b->desk->call->body, member);
	if (json_count(list) > ROWS_MAX) {
		return desk_refuse(b->desk, E_INPUT, "input.too_long", member);
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		if (!json_int(item, &b->ids[b->count])) {
			return desk_refuse(b->desk, E_INPUT, "input.unknown", member);
		}
		b->count++;
	}
	b->dry_run = json_get_bool(b->desk->call->body, "dry_run", false);
	return b->count > 0 ? 0 : desk_refuse(b->desk, E_INPUT, "input.required", member);
}

/* Refusals are a row's own; what the store says ends all of it. */
static bool is_refusal(int error)
{
	return error == E_INPUT || error == E_STATE || error == E_DENIED || error == E_ABSENT ||
	       error == E_CONFLICT || error == E_EXISTS;
}

/* One call as if it had come alone; desk_refuse of it fills the row. */
static int one_run(struct bulk *b, const struct desk_call *call, int (*act)(struct desk *),
	struct outcome *row)
{
	struct desk *one = arena_take(b->desk->arena, sizeof(*one));
	*one = *b->desk;
	one->call = call;
	one->dry_run = b->dry_run;
	one->code[0] = '\0';
	int error = act(one);
	row->ok = error == 0;
	row->made = error == 0 && !b->dry_run ? one->answer_id : 0;
	row->text = one->answer_text;
	row->code = error == 0 ? "" : error == E_ABSENT ? "bulk.absent" : one->code;
	return error < 0 && !is_refusal(error) ? error : 0;
}

/* ---- what is answered */

static int names_put(struct desk *desk, struct jw *jw, int64_t unit_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT p.name, g.role FROM role_grant g JOIN person p ON p.id = g.person_id"
		" WHERE g.unit_id = $1 AND g.valid_to_ms IS NULL AND p.mail IS NOT NULL"
		" AND g.role IN ('specialist', 'officer', 'unit_head') ORDER BY g.id LIMIT $2",
		&q, SQL_INT(unit_id), SQL_INT(NAMES_MAX));
	jw_key(jw, "people");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "name", db_col_text(q, 0));
		jw_kv_str(jw, "role", db_col_text(q, 1));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int row_put(struct bulk *b, struct jw *jw, const struct outcome *row)
{
	int error = 0;
	jw_object(jw);
	jw_kv_int(jw, "id", row->id);
	jw_kv_str(jw, "label", row->label);
	jw_kv_opt(jw, "unit", row->unit);
	jw_kv_bool(jw, "ok", row->ok);
	jw_kv_str(jw, "code", slice_str(row->code));
	if (row->findings > 0) {
		jw_kv_int(jw, "findings", row->findings);
		jw_kv_str(jw, "grade", slice_str(row->grade));
		jw_kv_int(jw, "made", row->made);
		jw_kv_opt(jw, "text", row->text);
		error = names_put(b->desk, jw, row->unit_id);
	}
	jw_end(jw);
	return error;
}

static void counts_put(const struct bulk *b, struct jw *jw)
{
	int64_t ok = 0;
	for (size_t i = 0; i < b->done; i++) {
		ok += b->rows[i].ok;
	}
	jw_kv_bool(jw, "dry_run", b->dry_run);
	jw_kv_int(jw, "rows", (int64_t)b->done);
	jw_kv_int(jw, "added", 0);
	jw_kv_int(jw, "changed", ok);
	jw_kv_int(jw, "same", 0);
	jw_kv_int(jw, "refused", (int64_t)b->done - ok);
	jw_key(jw, "errors");
	jw_array(jw);
	jw_end(jw);
}

static int report(struct bulk *b, const char *act, const char *kind)
{
	struct desk *desk = b->desk;
	AUTO_BUF struct buf text;
	int error = 0;
	buf_init(&text, REPORT_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	counts_put(b, &jw);
	jw_key(&jw, "preview");
	jw_array(&jw);
	for (size_t i = 0; i < b->done && error == 0; i++) {
		error = row_put(b, &jw, &b->rows[i]);
	}
	jw_end(&jw);
	jw_end(&jw);
	desk->answer_report = arena_dup(desk->arena, buf_slice(&text));
	if (!b->dry_run) {
		desk_audit(
			desk, act, kind, 0, 0, arena_printf(desk->arena, "rows=%zu", b->done));
	}
	return error < 0 ? error : text.failed ? E_LIMIT : 0;
}

/* ---- reminders, confirmations: one row a record */

static int label_load(struct bulk *b, const char *sql, struct outcome *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(b->desk->db, sql, &q, SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		row->label = arena_dup(b->desk->arena, db_col_text(q, 0));
		row->unit = arena_dup(b->desk->arena, db_col_text(q, 1));
	}
	return found < 0 ? found : 0;
}

static int reminded_load(struct bulk *b, struct outcome *row)
{
	return label_load(b,
		"SELECT COALESCE(n.number, n.title), u.name FROM notice n"
		" JOIN unit u ON u.id = n.unit_id WHERE n.id = $1",
		row);
}

static int finding_load(struct bulk *b, struct outcome *row)
{
	return label_load(b,
		"SELECT f.title, u.name FROM finding f LEFT JOIN unit u"
		" ON u.id = f.unit_id WHERE f.id = $1",
		row);
}

static int each(
	struct bulk *b, int (*load)(struct bulk *, struct outcome *), int (*act)(struct desk *))
{
	int error = 0;
	for (size_t i = 0; i < b->count && error == 0; i++) {
		struct outcome *row = &b->rows[b->done++];
		struct desk_call *call = arena_take(b->desk->arena, sizeof(*call));
		*call = *b->desk->call;
		call->id = b->ids[i];
		call->if_match = -1;
		*row = (struct outcome) { .id = b->ids[i], .grade = "" };
		error = load(b, row);
		error = error < 0 ? error : one_run(b, call, act, row);
	}
	return error;
}

static struct bulk *bulk_begin(struct desk *desk)
{
	struct bulk *b = arena_take(desk->arena, sizeof(*b));
	*b = (struct bulk) { .desk = desk };
	return b;
}

int desk_notices_remind(struct desk *desk)
{
	struct bulk *b = bulk_begin(desk);
	int error = ids_read(b, "ids");
	error = error < 0 ? error : each(b, reminded_load, desk_notice_remind);
	return error < 0 ? error : report(b, "notice.remind_many", "notice");
}

int desk_findings_confirm(struct desk *desk)
{
	struct bulk *b = bulk_begin(desk);
	int error = ids_read(b, "ids");
	error = error < 0 ? error : each(b, finding_load, desk_finding_confirm);
	return error < 0 ? error : report(b, "finding.confirm_many", "finding");
}

/* ---- up for review, issued: one row a notice, with its findings and whom it would reach */

static int notice_load(struct bulk *b, struct outcome *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(b->desk->db,
		"SELECT n.title, u.name, n.unit_id, n.grade,"
		" (SELECT count(*) FROM finding f WHERE f.notice_id = n.id) FROM notice n"
		" JOIN unit u ON u.id = n.unit_id WHERE n.id = $1",
		&q, SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found != 1) {
		return found;
	}
	int grade = name_parse(&grade_names, db_col_text(q, 3));
	row->label = arena_dup(b->desk->arena, db_col_text(q, 0));
	row->unit = arena_dup(b->desk->arena, db_col_text(q, 1));
	row->unit_id = db_col_int64(q, 2);
	row->grade = grade < 0 ? "" : name_id(&grade_names, (unsigned)grade);
	row->findings = db_col_int64(q, 4);
	return 0;
}

int desk_notices_review(struct desk *desk)
{
	struct bulk *b = bulk_begin(desk);
	int error = ids_read(b, "ids");
	error = error < 0 ? error : each(b, notice_load, desk_notice_review);
	return error < 0 ? error : report(b, "notice.review_many", "notice");
}

int desk_notices_issue(struct desk *desk)
{
	struct bulk *b = bulk_begin(desk);
	int error = ids_read(b, "ids");
	error = error < 0 ? error : each(b, notice_load, desk_notice_issue);
	return error < 0 ? error : report(b, "notice.issue_many", "notice");
}

/* ---- drafts: one row a unit */

static struct outcome *unit_row(struct bulk *b, int64_t unit_id)
{
	for (size_t i = 0; i < b->done; i++) {
		if (b->rows[i].unit_id == unit_id) {
			return &b->rows[i];
		}
	}
	struct outcome *row = &b->rows[b->done++];
	*row = (struct outcome) {
		.id = unit_id, .unit_id = unit_id, .grade = name_id(&grade_names, GRADE_LOW)
	};
	return row;
}

struct filed_finding {
	int64_t id;
	int64_t unit_id;
};

/* Which unit each belongs to; one out of reach or without unit makes a row of its own that is refused. */
static int finding_file(struct bulk *b, int64_t id, struct filed_finding *filed)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(b->desk->db,
		"SELECT COALESCE(f.unit_id, 0), u.name, f.grade, f.title FROM finding f"
		" LEFT JOIN unit u ON u.id = f.unit_id WHERE f.id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	*filed = (struct filed_finding) { id, found == 1 ? db_col_int64(q, 0) : 0 };
	struct outcome *row = unit_row(b, filed->unit_id);
	int grade = found == 1 ? name_parse(&grade_names, db_col_text(q, 2)) : -1;
	row->findings++;
	if (grade >= 0 && grade < name_parse(&grade_names, slice_str(row->grade))) {
		row->grade = name_id(&grade_names, (unsigned)grade);
	}
	if (found == 1) {
		row->unit = arena_dup(b->desk->arena, db_col_text(q, 1));
		row->label = row->findings == 1 ? arena_dup(b->desk->arena, db_col_text(q, 3))
						: row->label;
	}
	return 0;
}

static struct slice draft_body(struct bulk *b, const struct filed_finding *filed,
	const struct outcome *row, struct buf *text)
{
	const struct json *body = b->desk->call->body;
	struct jw jw;
	jw_init(&jw, text);
	jw_object(&jw);
	jw_kv_str(&jw, "title", row->label);
	jw_kv_str(&jw, "grade", slice_str(row->grade));
	jw_kv_opt(&jw, "requirement", json_get_str(body, "requirement"));
	jw_kv_opt(&jw, "contact", json_get_str(body, "contact"));
	jw_key(&jw, "finding_ids");
	jw_array(&jw);
	for (size_t i = 0; i < b->count; i++) {
		if (filed[i].unit_id == row->unit_id) {
			jw_int(&jw, filed[i].id);
		}
	}
	jw_end(&jw);
	jw_end(&jw);
	return arena_dup(b->desk->arena, buf_slice(text));
}

/* Room for what follows it, and no character cut in two. */
static struct slice short_title(struct slice title)
{
	struct slice head = slice_head(title, 2 * TITLE_MAX);
	return slice_head(head, utf8_span(head));
}

static int draft_run(struct bulk *b, const struct filed_finding *filed, struct outcome *row)
{
	AUTO_BUF struct buf text;
	buf_init(&text, REPORT_OCTETS_MAX);
	struct desk_call *call = arena_take(b->desk->arena, sizeof(*call));
	row->label =
		row->findings > 1
			? arena_printf(b->desk->arena, "%.*s等 %lld 项隐患的整改通报",
				  SLICE_FMT(short_title(row->label)), (long long)row->findings)
			: row->label;
	*call = *b->desk->call;
	call->if_match = -1;
	int error = json_parse(
		b->desk->arena, draft_body(b, filed, row, &text), 0, &call->body, NULL);
	return error < 0 ? E_INPUT : one_run(b, call, desk_notice_create, row);
}

int desk_notices_draft(struct desk *desk)
{
	struct bulk *b = bulk_begin(desk);
	struct filed_finding *filed = arena_take(desk->arena, ROWS_MAX * sizeof(*filed));
	int error = ids_read(b, "finding_ids");
	for (size_t i = 0; i < b->count && error == 0; i++) {
		error = finding_file(b, b->ids[i], &filed[i]);
	}
	for (size_t i = 0; i < b->done && error == 0; i++) {
		error = draft_run(b, filed, &b->rows[i]);
	}
	return error < 0 ? error : report(b, "notice.draft_many", "notice");
}
