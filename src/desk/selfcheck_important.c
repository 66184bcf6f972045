/* SPDX-License-Identifier: Apache-2.0 */
/* 重保: periods in which more is asked of every unit. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/selfchecks.h"
#include "desk/words.h"
#include "records/sql.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */
#define LENGTH_MAX_MS (INT64_C(92) * 24 * 3600 * 1000)

enum { NAME_MAX_CHARS = 60, STANDING_MAX = 20 };

struct period {
	struct slice name;
	int64_t from_ms;
	int64_t to_ms;
	bool daily;
	bool zero_report;
};

static int period_read(struct desk *desk, struct period *p)
{
	const struct json *body = desk->call->body;
	int error = words_text(desk, "name", WORDS_REQUIRED, NAME_MAX_CHARS, &p->name);
	error = error < 0 ? error
			  : words_int(desk, "from", 1, TIME_MAX, desk->now_ms, &p->from_ms);
	error = error < 0 ? error : words_int(desk, "to", 1, TIME_MAX, 0, &p->to_ms);
	if (error < 0) {
		return error;
	}
	p->daily = json_get_bool(body, "daily", false);
	p->zero_report = json_get_bool(body, "zero_report", false);
	if (p->to_ms <= p->from_ms || p->to_ms <= desk->now_ms ||
		p->to_ms - p->from_ms > LENGTH_MAX_MS) {
		return desk_refuse(desk, E_INPUT, "important.period", "to");
	}
	return p->daily || p->zero_report
		       ? 0
		       : desk_refuse(desk, E_INPUT, "important.nothing", "daily");
}

static int room_check(struct desk *desk)
{
	int64_t standing = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM important_period WHERE ended_at_ms IS NULL AND to_ms > $1",
		&standing, SQL_INT(desk->now_ms));
	return found < 0                  ? found
	       : standing >= STANDING_MAX ? desk_refuse(desk, E_LIMIT, "input.too_many", NULL)
					  : 0;
}

int desk_important_create(struct desk *desk)
{
	struct period p = { 0 };
	int error = period_read(desk, &p);
	error = error < 0 ? error : room_check(desk);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO important_period (id, version, name, from_ms, to_ms, daily,"
		" zero_report, made_by, made_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_TEXT(p.name), SQL_INT(p.from_ms), SQL_INT(p.to_ms),
		SQL_INT(p.daily), SQL_INT(p.zero_report), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "important_period", id);
	error = error < 0 ? error : txn_change(desk->txn, "important_period", id, 1);
	desk_audit(desk, "important.create", "important_period", id, 1, p.name);
	desk_answer(desk, id, 1);
	return error;
}

int desk_important_end(struct desk *desk)
{
	int64_t id = desk->call->id;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT version, ended_at_ms, to_ms FROM important_period WHERE id = $1", &q,
		SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int64_t version = db_col_int64(q, 0);
	bool over = !db_col_is_null(q, 1) || db_col_int64(q, 2) <= desk->now_ms;
	db_done(q);
	q = NULL;
	int error = desk_version_same(desk, version);
	if (error < 0 || over) {
		return error < 0 ? error : desk_refuse(desk, E_STATE, "important.over", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE important_period SET version = version + 1, ended_by = $2,"
		" ended_at_ms = $3 WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "important_period", id);
	error = error < 0 ? error : txn_change(desk->txn, "important_period", id, version + 1);
	desk_audit(desk, "important.end", "important_period", id, version + 1,
		(struct slice) { 0 });
	desk_answer(desk, id, version + 1);
	return error;
}
