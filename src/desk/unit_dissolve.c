/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/doubts.h"
#include "desk/filing_row.h"
#include "desk/id_list.h"
#include "desk/selfchecks.h"
#include "desk/unit_row.h"
#include "desk/units.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/unit_tie.h"

enum { REASON_MAX_CHARS = 500, MOVED_AT_ONCE = 8000, GRANTS_MAX = 20, HEADS_MAX = 3 };

struct ending {
	struct unit_row row;
	struct unit_row next; /* id 0 = nobody takes over */
	struct slice reason;
};

/* ---- what hangs on it */

static int tie_ids(
	struct desk *desk, const struct unit_tie *tie, int64_t unit_id, int64_t *ids, int max)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	/* Names of our schema, never the request's. */
	struct slice sql = arena_printf(desk->arena,
		"SELECT id FROM %s WHERE %s = $1%s ORDER BY id LIMIT $2", tie->table,
		tie->column, tie->where);
	int row = sql_query(desk->db, (const char *)sql.p, &q, SQL_INT(unit_id), SQL_INT(max));
	while (row >= 0 && count < max && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

static int moved_note(
	struct desk *desk, const struct unit_tie *tie, int64_t id, const struct ending *e)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 2048);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "from", e->row.name);
	jw_kv_str(&jw, "to", e->next.name);
	jw_end(&jw);
	return words_timeline(desk, tie->timeline, id, "unit_moved",
		arena_dup(desk->arena, buf_slice(&text)));
}

static int tie_move(struct desk *desk, const struct unit_tie *tie, const struct ending *e)
{
	int64_t *ids = arena_take(desk->arena, MOVED_AT_ONCE * sizeof(*ids));
	int count = tie_ids(desk, tie, e->row.id, ids, MOVED_AT_ONCE);
	if (count == MOVED_AT_ONCE) {
		return desk_refuse(desk, E_LIMIT, "unit.too_much", NULL);
	}
	struct slice sql = arena_printf(desk->arena,
		"UPDATE %s SET version = version + 1, %s = $2 WHERE id = $1", tie->table,
		tie->column);
	int error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		int64_t done = sql_run(
			desk->db, (const char *)sql.p, SQL_INT(ids[i]), SQL_INT(e->next.id));
		error = done < 0 ? (int)done : trail_row(desk->txn, tie->table, ids[i]);
		if (error == 0 && tie->timeline != NULL) {
			error = moved_note(desk, tie, ids[i], e);
			error = error < 0 ? error
					  : txn_change(desk->txn, tie->timeline, ids[i], 0);
		}
	}
	return error;
}

static int ties_settle(struct desk *desk, const struct ending *e)
{
	int error = 0;
	for (size_t i = 0; i < unit_tie_count && error == 0; i++) {
		const struct unit_tie *tie = &unit_ties[i];
		int64_t one = 0;
		if (e->next.id != 0) {
			error = tie_move(desk, tie, e);
		} else if (tie->refusal != NULL) {
			int count = tie_ids(desk, tie, e->row.id, &one, 1);
			error = count <= 0 ? count
					   : desk_refuse(desk, E_STATE, tie->refusal, NULL);
		}
	}
	return error;
}

/* ---- who answers for it */

struct held {
	int64_t id;
	int64_t person_id;
	int role;
};

/* A post the successor has nobody in goes along; one that is taken ends. */
static int grant_settle(struct desk *desk, const struct ending *e, const struct held *held)
{
	const char *code = NULL;
	int64_t taken = 0;
	int64_t grant_id = 0;
	int error = account_revoke(desk->txn, held->person_id, held->id, &code);
	if (error < 0 || e->next.id == 0 || held->role < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT 1 FROM role_grant WHERE unit_id = $1 AND role = $2 AND valid_to_ms IS NULL"
		" LIMIT 1",
		&taken, SQL_INT(e->next.id),
		SQL_STR(name_id(&role_names, (unsigned)held->role)));
	if (found != 0) {
		return found < 0 ? found : 0;
	}
	error = account_grant(desk->txn, held->person_id, (enum role)held->role, e->next.id,
		&grant_id, &code);
	return code != NULL ? 0 : error;
}

static int grants_settle(struct desk *desk, const struct ending *e)
{
	struct held held[GRANTS_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT id, person_id, role FROM role_grant WHERE unit_id = $1"
		" AND valid_to_ms IS NULL ORDER BY id",
		&q, SQL_INT(e->row.id));
	while (row >= 0 && count < GRANTS_MAX && (row = db_step(q)) == 1) {
		held[count++] = (struct held) { db_col_int64(q, 0), db_col_int64(q, 1),
			name_parse(&role_names, db_col_text(q, 2)) };
	}
	int error = row < 0 ? row : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = grant_settle(desk, e, &held[i]);
	}
	return error < 0 ? error : interim_end(desk->txn, e->row.id);
}

/* Who was to take a post of a unit that is no more. */
static int filings_withdraw(struct desk *desk, const struct ending *e)
{
	int64_t ids[GRANTS_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT id FROM filing WHERE unit_id = $1 AND state IN ('draft', 'submitted',"
		" 'verifying', 'approved', 'returned') ORDER BY id",
		&q, SQL_INT(e->row.id));
	while (row >= 0 && count < GRANTS_MAX && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	int error = row < 0 ? row : 0;
	for (int i = 0; i < count && error == 0; i++) {
		struct filing_row filing = { 0 };
		error = filing_load(desk->txn, ids[i], &filing);
		filing.state = FILING_WITHDRAWN;
		filing.ended_at_ms = desk->now_ms;
		error = error < 0 ? error : filing_save(desk->txn, &filing);
	}
	return error;
}

/* ---- the unit itself */

static int ending_take(struct desk *desk, struct ending *e)
{
	int64_t next_id = 0;
	int error = unit_row_load(desk, desk->call->id, &e->row);
	error = error < 0 ? error : desk_version_same(desk, e->row.version);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX_CHARS,
				    &e->reason);
	error = error < 0 ? error
			  : words_id(desk, "successor_id", WORDS_OPTIONAL, "unit", &next_id);
	error = error < 0 || next_id == 0 ? error : unit_row_load(desk, next_id, &e->next);
	if (error < 0) {
		return error;
	}
	if (e->row.valid_to_ms != 0) {
		return desk_refuse(desk, E_STATE, "unit.ended_already", NULL);
	}
	if (e->row.is_centre) {
		return desk_refuse(desk, E_STATE, "unit.is_centre", NULL);
	}
	bool bad = next_id != 0 && (next_id == e->row.id || e->next.valid_to_ms != 0 ||
					   e->next.parent_id == e->row.id);
	return bad ? desk_refuse(desk, E_INPUT, "unit.successor", "successor_id") : 0;
}

static int unit_end(struct desk *desk, struct ending *e)
{
	struct unit_row before = e->row;
	int64_t done = sql_run(desk->db,
		"UPDATE unit SET successor_id = $2, end_reason = $3 WHERE id = $1",
		SQL_INT(e->row.id), SQL_INT_OR_NULL(e->next.id), SQL_TEXT(e->reason));
	e->row.valid_to_ms = desk->now_ms;
	int error = done < 0 ? (int)done : unit_row_save(desk, &before, &e->row);
	/* By the name of the old one the new one is found. */
	if (error == 0 && e->next.id != 0) {
		error = unit_row_words(desk, &e->next);
		error = error < 0 ? error : txn_change(desk->txn, "unit", e->next.id, 0);
	}
	return error < 0 ? error : txn_change(desk->txn, "unit", e->row.id, e->row.version);
}

int desk_unit_dissolve(struct desk *desk)
{
	struct ending e = { 0 };
	int error = ending_take(desk, &e);
	error = error < 0 ? error : ties_settle(desk, &e);
	error = error < 0 ? error : filings_withdraw(desk, &e);
	error = error < 0 ? error : selfcheck_unit_end(desk, e.row.id);
	error = error < 0 ? error : grants_settle(desk, &e);
	error = error < 0 ? error : unit_end(desk, &e);
	desk_audit(desk, e.next.id != 0 ? "unit.merge" : "unit.dissolve", "unit", e.row.id,
		e.row.version, e.reason);
	desk_answer(desk, e.row.id, e.row.version);
	return error;
}

/* ---- whom to call first */

int desk_unit_heads(struct desk *desk)
{
	struct unit_row row = { 0 };
	struct id_list heads = { 0 };
	int error = unit_row_load(desk, desk->call->id, &row);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error
			  : id_list_read(desk, "person_ids", "person", HEADS_MAX, &heads);
	for (size_t i = 0; i < heads.count && error == 0; i++) {
		int64_t grant_id = 0;
		int found = sql_int(desk->db,
			"SELECT id FROM role_grant WHERE unit_id = $1 AND person_id = $2"
			" AND role = 'unit_head' AND valid_to_ms IS NULL",
			&grant_id, SQL_INT(row.id), SQL_INT(heads.id[i]));
		if (found <= 0) {
			return found < 0 ? found
					 : desk_refuse(
						   desk, E_INPUT, "unit.no_head", "person_ids");
		}
		int64_t done = sql_run(desk->db,
			"UPDATE role_grant SET version = version + 1, contact_order = $2"
			" WHERE id = $1",
			SQL_INT(grant_id), SQL_INT((int64_t)i + 1));
		error = done < 0 ? (int)done : trail_row(desk->txn, "role_grant", grant_id);
	}
	error = error < 0 ? error : txn_change(desk->txn, "unit", row.id, row.version);
	desk_audit(desk, "unit.heads", "unit", row.id, row.version, (struct slice) { 0 });
	desk_answer(desk, row.id, row.version);
	return error;
}
