/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/homepages.h"

#include "base/err.h"
#include "base/json.h"
#include "desk/check_row.h"
#include "desk/desk.h"
#include "records/sql.h"

int homepage_take(struct txn *txn, const struct homepage_sight *s)
{
	int64_t version = 0;
	int found = sql_int(txn_db(txn), "SELECT version FROM watch WHERE id = $1", &version,
		SQL_INT(s->check_id));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO page_seen (id, at_ms, title, text, hosts, mark)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET"
		" at_ms = excluded.at_ms, title = excluded.title, text = excluded.text,"
		" hosts = excluded.hosts, mark = excluded.mark",
		SQL_INT(s->check_id), SQL_INT(s->at_ms), SQL_TEXT(s->title), SQL_TEXT(s->text),
		SQL_TEXT(s->hosts), SQL_TEXT(s->mark));
	return done < 0 ? (int)done : txn_change(txn, "check", s->check_id, version);
}

static int mark_same(struct desk *desk, int64_t check_id)
{
	struct slice wanted = json_get_str(desk->call->body, "mark");
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		desk->db, "SELECT mark FROM page_seen WHERE id = $1", &q, SQL_INT(check_id));
	row = row < 0 ? row : db_step(q);
	if (row == 0) {
		return desk_refuse(desk, E_STATE, "page.unseen", NULL);
	}
	if (row == 1 && !slice_eq(db_col_text(q, 0), wanted)) {
		return desk_refuse(desk, E_CONFLICT, "page.changed_meanwhile", "mark");
	}
	return row < 0 ? row : 0;
}

int desk_homepage_confirm(struct desk *desk)
{
	int64_t id = desk->call->id;
	int64_t version = 0;
	int64_t unit_id = 0;
	int error = check_row_unit(desk, id, &version, &unit_id);
	error = error < 0 ? error : desk_unit_reached(desk, unit_id);
	error = error < 0 ? error : mark_same(desk, id);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(desk->db,
		"INSERT INTO page_confirmed (id, version, at_ms, by_id, title, text, hosts, mark)"
		" SELECT id, 1, $2, $3, title, text, hosts, mark FROM page_seen WHERE id = $1"
		" ON CONFLICT (id) DO UPDATE SET version = page_confirmed.version + 1,"
		" at_ms = excluded.at_ms, by_id = excluded.by_id, title = excluded.title,"
		" text = excluded.text, hosts = excluded.hosts, mark = excluded.mark",
		SQL_INT(id), SQL_INT(desk->now_ms), SQL_INT(desk->caller.person_id));
	error = done < 0 ? (int)done : trail_row(desk->txn, "page_confirmed", id);
	error = error < 0 ? error : txn_change(desk->txn, "check", id, version);
	desk_audit(desk, "check.page_confirm", "check", id, version, (struct slice) { 0 });
	desk_answer(desk, id, version);
	return error;
}

int homepage_forget(struct desk *desk, int64_t check_id)
{
	int64_t done =
		sql_run(desk->db, "DELETE FROM page_seen WHERE id = $1", SQL_INT(check_id));
	done = done < 0 ? done
			: sql_run(desk->db, "DELETE FROM page_confirmed WHERE id = $1",
				  SQL_INT(check_id));
	return done <= 0 ? (int)done : trail_row(desk->txn, "page_confirmed", check_id);
}
