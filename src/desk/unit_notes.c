/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/unit_notes.h"

#include "base/err.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"

enum { TEXT_MAX_CHARS = 2000, UNREAD_MAX = 50 };

int desk_unit_note_create(struct desk *desk)
{
	struct slice text = { 0 };
	int64_t unread = 0;
	int error = words_text(desk, "text", WORDS_REQUIRED, TEXT_MAX_CHARS, &text);
	int found = error < 0 ? error
			      : sql_int(desk->db,
					"SELECT count(*) FROM unit_note WHERE unit_id = $1"
					" AND read_at_ms IS NULL",
					&unread, SQL_INT(desk->caller.unit_id));
	if (found < 0 || unread >= UNREAD_MAX) {
		return found < 0 ? found
				 : desk_refuse(desk, E_LIMIT, "unit_note.too_many", NULL);
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO unit_note (id, version, unit_id, by_id, at_ms, text)"
		" VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(id), SQL_INT(desk->caller.unit_id), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms), SQL_TEXT(text));
	error = done < 0 ? (int)done : trail_row(desk->txn, "unit_note", id);
	error = error < 0 ? error : txn_change(desk->txn, "unit_note", id, 1);
	desk_audit(desk, "unit_note.create", "unit_note", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}

int desk_unit_note_read(struct desk *desk)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT version, unit_id, read_at_ms FROM unit_note WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int64_t version = db_col_int64(q, 0);
	bool before = !db_col_is_null(q, 2);
	int error = desk_unit_reached(desk, db_col_int64(q, 1));
	error = error < 0 ? error : desk_version_same(desk, version);
	if (error < 0) {
		return error;
	}
	if (before) {
		return desk_refuse(desk, E_STATE, "unit_note.read", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE unit_note SET version = version + 1, read_by = $2, read_at_ms = $3"
		" WHERE id = $1",
		SQL_INT(desk->call->id), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "unit_note", desk->call->id);
	error = error < 0 ? error
			  : txn_change(desk->txn, "unit_note", desk->call->id, version + 1);
	desk_audit(desk, "unit_note.read", "unit_note", desk->call->id, version + 1,
		(struct slice) { 0 });
	desk_answer(desk, desk->call->id, version + 1);
	return error;
}
