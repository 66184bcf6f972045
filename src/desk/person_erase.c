/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/login.h"
#include "desk/people.h"
#include "desk/salt.h"
#include "desk/second_factor_keep.h"
#include "desk/words.h"
#include "records/search.h"
#include "records/sql.h"

enum { ORDER_MAX_CHARS = 60, REASON_MAX_CHARS = 500 };

/* Whose data goes, and on what ground. */
struct wanted {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice title;
	bool erased; /* before */
	int64_t account_id;
	struct slice order;
	struct slice reason;
};

static int person_load(struct desk *desk, struct wanted *w)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT p.version, p.name, p.title, p.erased_at_ms, a.id, a.disabled,"
		" (SELECT count(*) FROM role_grant g WHERE g.person_id = p.id AND g.valid_to_ms IS NULL)"
		" FROM person p LEFT JOIN account a ON a.person_id = p.id WHERE p.id = $1",
		&q, SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*w = (struct wanted) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.name = arena_dup(desk->arena, db_col_text(q, 1)),
		.title = arena_dup(desk->arena, db_col_text(q, 2)),
		.erased = !db_col_is_null(q, 3),
		.account_id = db_col_int64(q, 4) };
	if (db_col_int64(q, 6) > 0) {
		return desk_refuse(desk, E_STATE, "person.has_roles", NULL);
	}
	return w->account_id != 0 && db_col_int64(q, 5) == 0
		       ? desk_refuse(desk, E_STATE, "person.has_account", NULL)
		       : 0;
}

static int wanted_take(struct desk *desk, struct wanted *w)
{
	int error = person_load(desk, w);
	error = error < 0 ? error : desk_version_same(desk, w->version);
	error = error < 0
			? error
			: words_text(desk, "order", WORDS_REQUIRED, ORDER_MAX_CHARS, &w->order);
	return error < 0 ? error
			 : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX_CHARS,
				   &w->reason);
}

int person_erase_check(struct desk *desk)
{
	struct wanted wanted = { 0 };
	return wanted_take(desk, &wanted);
}

static int row_clear(struct desk *desk, const struct wanted *w)
{
	int64_t done = sql_run(desk->db,
		"UPDATE person SET version = version + 1, phone = NULL, phone2 = NULL, mail = NULL, staff_no = NULL,"
		" salt = $2, erased_at_ms = COALESCE(erased_at_ms, $3) WHERE id = $1",
		SQL_INT(w->id), SQL_BLOB(salt_draw(desk->arena)), SQL_INT(desk->now_ms));
	done = done < 0 ? done
			: search_put(desk->txn, "person", w->id,
				  arena_printf(desk->arena, "%.*s %.*s", SLICE_FMT(w->name),
					  SLICE_FMT(w->title)));
	return done < 0 ? (int)done : trail_row(desk->txn, "person", w->id);
}

/* Mark what a question finds of a table as touched; $1 is the person or account. */
static int rows_mark(struct desk *desk, const char *table, const char *sql, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db, sql, &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	while (row == 1) {
		int error = trail_row(desk->txn, table, db_col_int64(q, 0));
		row = error < 0 ? error : db_step(q);
	}
	return row;
}

/* Sessions, and from where they came; tokens. */
static int access_end(struct desk *desk, const struct wanted *w)
{
	if (w->account_id == 0) {
		return 0;
	}
	int error = account_sessions_end(desk->txn, w->account_id, 0);
	int dropped = error < 0 ? error : second_factor_drop(desk->txn, w->account_id);
	error = dropped < 0
			? dropped
			: rows_mark(desk, "api_token",
				  "SELECT id FROM api_token WHERE account_id = $1 AND ended_at_ms IS NULL",
				  w->account_id);
	int64_t done = error < 0 ? error
				 : sql_run(desk->db,
					   "UPDATE session SET address = '', agent = ''"
					   " WHERE account_id = $1",
					   SQL_INT(w->account_id));
	done = done < 0 ? done
			: sql_run(desk->db,
				  "UPDATE api_token SET version = version + 1, ended_at_ms = $2"
				  " WHERE account_id = $1 AND ended_at_ms IS NULL",
				  SQL_INT(w->account_id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : 0;
}

#define MAILED " WHERE person_id = $1 AND address <> ''"

/* Where his mails went; those that still wait go nowhere.  A server's words may hold the address. */
static int deliveries_clear(struct desk *desk, const struct wanted *w)
{
	int error = rows_mark(desk, "delivery", "SELECT id FROM delivery" MAILED, w->id);
	int64_t done =
		error < 0
			? error
			: sql_run(desk->db,
				  "UPDATE outbox SET state = 'cancelled', ended_at_ms = $2,"
				  " lease_until_ms = NULL WHERE state IN ('waiting', 'leased')"
				  " AND id IN (SELECT id FROM delivery" MAILED ")",
				  SQL_INT(w->id), SQL_INT(desk->now_ms));
	done = done < 0 ? done
			: sql_run(desk->db,
				  "UPDATE outbox SET why = NULL WHERE why IS NOT NULL"
				  " AND id IN (SELECT id FROM delivery" MAILED ")",
				  SQL_INT(w->id));
	done = done < 0
		       ? done
		       : sql_run(desk->db,
				 "UPDATE delivery SET version = version + 1, address = '', salt = $2,"
				 " provider = NULL, live_error = NULL, live_next_at_ms = NULL,"
				 " state = CASE WHEN state = 'queued' THEN 'dead' ELSE state END" MAILED,
				 SQL_INT(w->id), SQL_BLOB(salt_draw(desk->arena)));
	return done < 0 ? (int)done : 0;
}

/* What an import would bring back of him; sheets that were sent in may name him anywhere. */
static int sheets_clear(struct desk *desk, const struct wanted *w)
{
	int64_t done = sql_run(desk->db,
		"DELETE FROM sheet_import_change WHERE kind = 'person' AND record_id = $1",
		SQL_INT(w->id));
	if (done >= 0) {
		done = sql_run(desk->db, "DELETE FROM sheet_import_page WHERE import_id > $1",
			SQL_INT(0));
	}
	return done < 0 ? (int)done : 0;
}

/* Is anything left to clear?  1, 0 or as db_step. */
static int is_left(struct desk *desk, const struct wanted *w)
{
	int64_t left = 0;
	int row = sql_int(desk->db,
		"SELECT (SELECT count(*) FROM audit_personal WHERE person_id = $1 AND erased_by IS NULL)"
		" + (SELECT count(*) FROM delivery" MAILED ")",
		&left, SQL_INT(w->id));
	return row < 0 ? row : !w->erased || left > 0;
}

int desk_person_erase(struct desk *desk)
{
	struct wanted w = { 0 };
	int error = wanted_take(desk, &w);
	error = error < 0 ? error : login_checked(desk, "password");
	int left = error < 0 ? error : is_left(desk, &w);
	if (left <= 0) {
		desk_answer(desk, w.id, w.version);
		return left;
	}
	desk_audit(desk, TRAIL_ACT_ERASE, "person", w.id, w.version + 1,
		arena_printf(
			desk->arena, "%.*s：%.*s", SLICE_FMT(w.order), SLICE_FMT(w.reason)));
	error = row_clear(desk, &w);
	error = error < 0 ? error : access_end(desk, &w);
	error = error < 0 ? error : deliveries_clear(desk, &w);
	error = error < 0 ? error : sheets_clear(desk, &w);
	int64_t erased = error < 0 ? error : trail_erase_person(desk->txn, w.id);
	desk_answer(desk, w.id, w.version + 1);
	return erased < 0 ? (int)erased : txn_change(desk->txn, "person", w.id, w.version + 1);
}
