/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/freezes.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

/* Ended and past ones do not count. */
static int room_check(struct desk *desk)
{
	int64_t standing = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM scan_freeze WHERE ended_at_ms IS NULL AND to_ms > $1",
		&standing, SQL_INT(desk->now_ms));
	return found < 0                 ? found
	       : standing >= FREEZES_MAX ? desk_refuse(desk, E_LIMIT, "input.too_many", NULL)
					 : 0;
}

int desk_freeze_create(struct desk *desk)
{
	struct slice reason = { 0 };
	struct slice approval = { 0 };
	int64_t from_ms = 0;
	int64_t to_ms = 0;
	int64_t id = 0;
	int error = words_text(desk, "reason", WORDS_REQUIRED, FREEZE_REASON_MAX, &reason);
	error = error < 0 ? error
			  : words_text(desk, "approval", WORDS_OPTIONAL, FREEZE_APPROVAL_MAX,
				    &approval);
	/* Without a beginning it begins now. */
	error = error < 0 ? error
			  : words_int(desk, "from", 0, TIME_MAX, desk->now_ms, &from_ms);
	error = error < 0 ? error : words_int(desk, "to", 0, TIME_MAX, 0, &to_ms);
	if (error < 0) {
		return error;
	}
	if (to_ms <= from_ms) {
		return desk_refuse(desk, E_INPUT, "maintenance.window", "to");
	}
	if (to_ms <= desk->now_ms) {
		return desk_refuse(desk, E_INPUT, "maintenance.past", "to");
	}
	error = room_check(desk);
	if (error < 0) {
		return error;
	}
	id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO scan_freeze (id, version, reason, approval, from_ms, to_ms, made_by,"
		" made_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(id), SQL_TEXT(reason), SQL_TEXT_OR_NULL(approval), SQL_INT(from_ms),
		SQL_INT(to_ms), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "scan_freeze", id);
	error = error < 0 ? error : txn_change(desk->txn, "freeze", id, 1);
	desk_audit(desk, "freeze.create", "freeze", id, 1, reason);
	desk_answer(desk, id, 1);
	return error;
}

int desk_freeze_end(struct desk *desk)
{
	int64_t id = desk->call->id;
	int64_t version = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT version, ended_at_ms, to_ms FROM scan_freeze WHERE id = $1", &q,
		SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	version = db_col_int64(q, 0);
	bool over = !db_col_is_null(q, 1) || db_col_int64(q, 2) <= desk->now_ms;
	db_done(q);
	q = NULL;
	int error = desk_version_same(desk, version);
	if (error < 0 || over) {
		return error < 0 ? error : desk_refuse(desk, E_STATE, "freeze.over", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE scan_freeze SET version = version + 1, ended_by = $2, ended_at_ms = $3"
		" WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "scan_freeze", id);
	error = error < 0 ? error : txn_change(desk->txn, "freeze", id, version + 1);
	desk_audit(desk, "freeze.end", "freeze", id, version + 1, (struct slice) { 0 });
	desk_answer(desk, id, version + 1);
	return error;
}
