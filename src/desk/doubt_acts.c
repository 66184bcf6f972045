/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/doubts.h"
#include "desk/sheet.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"

enum { TEXT_MAX_CHARS = 500, GRANTS_MAX = 8, MISSING_MAX = 500 };

/* ---- settled */

struct doubt_row {
	int64_t id;
	int64_t version;
	int64_t person_id;
	int64_t unit_id;
	bool open;
};

static int row_load(struct desk *desk, struct doubt_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, person_id, unit_id, state FROM suspicion WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct doubt_row) { desk->call->id, db_col_int64(q, 0), db_col_int64(q, 1),
		db_col_int64(q, 2), slice_is(db_col_text(q, 3), "open") };
	int error = desk_unit_reached(desk, row->unit_id);
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static int settled_put(
	struct txn *txn, int64_t id, const char *state, int64_t by_id, struct slice reason)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE suspicion SET version = version + 1, state = $2, settled_by = $3,"
		" settled_at_ms = $4, settled_reason = $5 WHERE id = $1",
		SQL_INT(id), SQL_STR(state), SQL_INT_OR_NULL(by_id), SQL_INT(txn_now_ms(txn)),
		SQL_TEXT_OR_NULL(reason));
	int error = done < 0 ? (int)done : trail_row(txn, "suspicion", id);
	int64_t gone = error < 0 ? error : timer_cancel(txn, "doubt", id, NULL);
	return gone < 0 ? (int)gone : txn_change(txn, "doubt", id, 0);
}

int doubt_end(struct txn *txn, int64_t person_id, int64_t unit_id, const char *state,
	struct slice reason)
{
	int64_t id = 0;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM suspicion WHERE person_id = $1 AND unit_id = $2 AND state = 'open'",
		&id, SQL_INT(person_id), SQL_INT(unit_id));
	return found <= 0 ? found : settled_put(txn, id, state, 0, reason);
}

/* He has left: what he was in this unit ends; the head goes on until another is filed. */
static int grants_end(struct desk *desk, const struct doubt_row *row)
{
	int64_t grants[GRANTS_MAX];
	int count = 0;
	const char *code = NULL;
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id FROM role_grant WHERE person_id = $1 AND unit_id = $2"
		" AND valid_to_ms IS NULL ORDER BY id",
		&q, SQL_INT(row->person_id), SQL_INT(row->unit_id));
	while (found >= 0 && count < GRANTS_MAX && (found = db_step(q)) == 1) {
		grants[count++] = db_col_int64(q, 0);
	}
	int error = found < 0 ? found : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = account_revoke(desk->txn, row->person_id, grants[i], &code);
	}
	return error;
}

/* Nobody else of the unit is doubted: then nobody need stand in. */
static int interim_check(struct desk *desk, const struct doubt_row *row)
{
	int64_t others = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM suspicion WHERE unit_id = $1 AND state = 'open'", &others,
		SQL_INT(row->unit_id));
	return found < 0 || others > 0 ? (found < 0 ? found : 0)
				       : interim_end(desk->txn, row->unit_id);
}

/* Cleared: whoever it is is there, and signs from before count no more. */
static int reached_put(struct desk *desk, int64_t person_id, struct slice evidence)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO suspicion_fact (id, version, person_id, signal, evidence, at_ms, by_id)"
		" VALUES ($1, 1, $2, 'reached', $3, $4, $5)",
		SQL_INT(id), SQL_INT(person_id), SQL_TEXT(evidence), SQL_INT(desk->now_ms),
		SQL_INT(desk->caller.person_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "suspicion_fact", id);
}

int desk_doubt_settle(struct desk *desk)
{
	struct doubt_row row = { 0 };
	struct slice reason = { 0 };
	bool left = false;
	int error = row_load(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, TEXT_MAX_CHARS, &reason);
	if (error < 0) {
		return error;
	}
	if (!json_bool(json_get(desk->call->body, "left"), &left)) {
		return desk_refuse(desk, E_INPUT, "input.required", "left");
	}
	if (!row.open) {
		return desk_refuse(desk, E_STATE, "doubt.settled", NULL);
	}
	if (row.person_id == desk->caller.person_id) {
		return desk_refuse(desk, E_DENIED, "doubt.self", NULL);
	}
	error = settled_put(desk->txn, row.id, left ? "confirmed" : "cleared",
		desk->caller.person_id, reason);
	error = error < 0 ? error
		: left    ? grants_end(desk, &row)
			  : reached_put(desk, row.person_id, reason);
	error = error < 0 || left ? error : interim_check(desk, &row);
	error = error < 0 ? error : txn_change(desk->txn, "unit", row.unit_id, 0);
	desk_audit(desk, left ? "doubt.confirm" : "doubt.clear", "doubt", row.id,
		row.version + 1, reason);
	desk_answer(desk, row.id, row.version + 1);
	return error;
}

/* ---- said by somebody */

int desk_doubt_raise(struct desk *desk)
{
	struct doubt_sign sign = { .signal = TENURE_REPORTED, .by_id = desk->caller.person_id };
	int error = words_id(desk, "person_id", WORDS_REQUIRED, "person", &sign.person_id);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_REQUIRED, "unit", &sign.unit_id);
	error = error < 0 ? error
			  : words_text(desk, "evidence", WORDS_REQUIRED, TEXT_MAX_CHARS,
				    &sign.evidence);
	error = error < 0 ? error : desk_unit_reached(desk, sign.unit_id);
	if (error < 0) {
		return error;
	}
	if (sign.person_id == desk->caller.person_id) {
		return desk_refuse(desk, E_DENIED, "doubt.self", NULL);
	}
	int fresh = doubt_sign(desk->txn, desk->env, &sign);
	if (fresh <= 0) {
		return fresh < 0 ? fresh
				 : desk_refuse(desk, E_STATE, "doubt.not_in_post", "person_id");
	}
	desk_audit(desk, "doubt.raise", "person", sign.person_id, 0, sign.evidence);
	desk_answer(desk, sign.person_id, 0);
	return 0;
}

int desk_person_called(struct desk *desk)
{
	static const char *const numbers[] = { "phone", "phone2", NULL };
	struct slice number = { 0 };
	struct slice note = { 0 };
	bool reached = false;
	int64_t known = 0;
	int error = words_choice(desk, "number", numbers, NULL, &number);
	error = error < 0 ? error
			  : words_text(desk, "note", WORDS_OPTIONAL, TEXT_MAX_CHARS, &note);
	int found = error < 0 ? error
			      : sql_int(desk->db, "SELECT 1 FROM person WHERE id = $1", &known,
					SQL_INT(desk->call->id));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	if (!json_bool(json_get(desk->call->body, "reached"), &reached)) {
		return desk_refuse(desk, E_INPUT, "input.required", "reached");
	}
	struct slice said = arena_printf(desk->arena, "%.*s%s%.*s", SLICE_FMT(number),
		note.n > 0 ? ": " : "", SLICE_FMT(note));
	struct doubt_sign sign = { .person_id = desk->call->id,
		.signal = TENURE_PHONE_DEAD,
		.evidence = said,
		.by_id = desk->caller.person_id };
	int fresh = reached ? reached_put(desk, desk->call->id, said)
			    : doubt_sign(desk->txn, desk->env, &sign);
	desk_audit(desk, reached ? "people.reached" : "people.not_reached", "person",
		desk->call->id, 0, said);
	desk_answer(desk, desk->call->id, 0);
	desk->answer_state = fresh > 0 ? SLICE("doubted") : (struct slice) { 0 };
	return fresh < 0 ? fresh : 0;
}

/* ---- the staff list */

enum staff_field { STAFF_NAME, STAFF_NO, STAFF_FIELDS };

#define NAMES(...)                                                                             \
	(const char *const[])                                                                  \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

static const struct sheet_field staff_fields[STAFF_FIELDS] = {
	[STAFF_NAME] = { "name", NAMES("姓名", "职工姓名", "教工姓名", "name"), 60, true },
	[STAFF_NO] = { "staff_no", NAMES("工号", "职工号", "教工号", "人员编号", "staff_no"),
		32, false },
};

struct answerable {
	int64_t person_id;
	struct slice name;
	struct slice staff_no;
	bool found;
};

static int answerable_load(struct desk *desk, struct answerable *all, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(desk->db,
		"SELECT DISTINCT p.id, p.name, p.staff_no FROM role_grant g"
		" JOIN person p ON p.id = g.person_id WHERE g.valid_to_ms IS NULL"
		" AND g.role IN ('officer', 'specialist', 'unit_head') ORDER BY p.id LIMIT $1",
		&q, SQL_INT(MISSING_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		all[count++] = (struct answerable) { db_col_int64(q, 0),
			arena_dup(desk->arena, db_col_text(q, 1)),
			arena_dup(desk->arena, db_col_text(q, 2)), false };
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

/* By number where both sides have one; two people may be called alike. */
static void staff_match(
	const struct sheet *sheet, size_t row, struct answerable *all, size_t count)
{
	struct slice name = sheet_cell(sheet, row, STAFF_NAME);
	struct slice number = sheet_cell(sheet, row, STAFF_NO);
	for (size_t i = 0; i < count; i++) {
		bool numbers = number.n > 0 && all[i].staff_no.n > 0;
		all[i].found = all[i].found || (numbers ? slice_eq(number, all[i].staff_no)
							: slice_eq(name, all[i].name));
	}
}

static void missing_say(struct sheet *sheet, struct slice name)
{
	jw_object(&sheet->errors_jw);
	jw_kv_int(&sheet->errors_jw, "row", 0);
	jw_kv_str(&sheet->errors_jw, "column", SLICE("name"));
	jw_kv_str(&sheet->errors_jw, "code", SLICE("staff.missing"));
	jw_kv_str(&sheet->errors_jw, "value", name);
	jw_end(&sheet->errors_jw);
}

static int missing_doubt(
	struct desk *desk, struct sheet *sheet, const struct answerable *all, size_t count)
{
	struct slice evidence = arena_printf(
		desk->arena, "staff list of %lld rows", (long long)sheet->row_count);
	for (size_t i = 0; i < count; i++) {
		struct doubt_sign sign = { .person_id = all[i].person_id,
			.signal = TENURE_HR_ABSENT,
			.evidence = evidence,
			.by_id = desk->caller.person_id };
		if (all[i].found) {
			sheet->same++;
			continue;
		}
		/* Who is missing is no row of the sheet: he stands among what is said of it. */
		sheet->changed++;
		missing_say(sheet, all[i].name);
		int fresh = sheet->dry_run ? 0 : doubt_sign(desk->txn, desk->env, &sign);
		if (fresh < 0) {
			return fresh;
		}
	}
	return 0;
}

int desk_staff_check(struct desk *desk)
{
	struct sheet sheet = { 0 };
	struct answerable *all = arena_take(desk->arena, MISSING_MAX * sizeof(*all));
	size_t count = 0;
	size_t found = 0;
	int error = import_sheet_open(desk, staff_fields, STAFF_FIELDS, &sheet);
	if (error == 0) {
		sheet_check(&sheet);
		error = sheet_admit(desk, &sheet);
	}
	error = error < 0 ? error : answerable_load(desk, all, &count);
	for (size_t i = 0; i < sheet.row_count && error == 0; i++) {
		staff_match(&sheet, i, all, count);
	}
	for (size_t i = 0; i < count; i++) {
		found += all[i].found;
	}
	/* Half of them gone in a month is the wrong sheet, not a wave of leaving. */
	if (error == 0 && count > 0 && found * 2 < count) {
		error = desk_refuse(desk, E_INPUT, "staff.wrong_sheet", "text");
	}
	error = error < 0 ? error : missing_doubt(desk, &sheet, all, count);
	error = error < 0 ? error : sheet_answer(desk, &sheet, "staff.check", "doubt");
	import_sheet_close(&sheet);
	return error;
}
