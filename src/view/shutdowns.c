/* SPDX-License-Identifier: Apache-2.0 */
/* What is shut over a holiday, as the units have answered; a unit sees its own systems. */
#include "base/arena.h"
#include "base/err.h"
#include "model/check.h"
#include "records/caller.h"
#include "records/sql.h"
#include "rows/query.h"
#include "view/filters.h"
#include "view/page.h"
#include "view/view.h"

enum { ITEMS_MAX = 400, CHECKS_MAX = 1000 };

/* What answers so soon after it was shut was asked before. */
#define GRACE_MS (INT64_C(5) * 60 * 1000)
#define LOOK_BACK_MS (INT64_C(3600) * 1000)

/* $1 the unit of whoever asks, 0 = any. */
#define FROM                                                                                   \
	"SELECT d.id, d.version, d.name, d.from_ms, d.to_ms, d.answer_by_ms, d.note,"          \
	" d.made_by, p.name, d.made_at_ms, d.ended_at_ms, c.systems, c.asked, c.shut, c.kept," \
	" c.restored FROM shutdown d JOIN person p ON p.id = d.made_by JOIN (SELECT"           \
	" shutdown_id, count(*) AS systems,"                                                   \
	" sum(CASE WHEN state = 'asked' THEN 1 ELSE 0 END) AS asked,"                          \
	" sum(CASE WHEN state = 'shut' THEN 1 ELSE 0 END) AS shut,"                            \
	" sum(CASE WHEN state = 'kept' THEN 1 ELSE 0 END) AS kept,"                            \
	" sum(CASE WHEN state = 'restored' THEN 1 ELSE 0 END) AS restored"                     \
	" FROM shutdown_item WHERE $1 = 0 OR unit_id = $1 GROUP BY shutdown_id) c"             \
	" ON c.shutdown_id = d.id"

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	jw_kv_int(jw, "from", db_col_int64(q, 3));
	jw_kv_int(jw, "to", db_col_int64(q, 4));
	jw_kv_int(jw, "answer_by", db_col_int64(q, 5));
	page_text_col(view, "note", q, 6);
	page_ref_col(view, "made_by", q, 7);
	jw_kv_int(jw, "made_at", db_col_int64(q, 9));
	page_int_col(view, "ended_at", q, 10);
	jw_kv_int(jw, "systems", db_col_int64(q, 11));
	jw_kv_int(jw, "asked", db_col_int64(q, 12));
	jw_kv_int(jw, "shut", db_col_int64(q, 13));
	jw_kv_int(jw, "kept", db_col_int64(q, 14));
	jw_kv_int(jw, "restored", db_col_int64(q, 15));
}

int view_shutdowns_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db, FROM " WHERE d.id < $2 ORDER BY d.id DESC LIMIT $3",
				&q, SQL_INT(view_unit_filter(view)),
				SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
				SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		members_put(view, q);
		/* Only a single one shows its systems. */
		jw_key(&view->jw, "items");
		jw_array(&view->jw);
		jw_end(&view->jw);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

/* ---- what is said to be shut and answers */

struct checks {
	struct query_latest latest[CHECKS_MAX];
	int64_t item_id[CHECKS_MAX];
	int64_t shut_ms[CHECKS_MAX];
	size_t count;
};

static int checks_load(struct view *view, int64_t id, struct checks *checks)
{
	AUTO_STMT struct stmt *q = NULL;
	struct query_coverage coverage;
	int row = sql_query(view->db,
		"SELECT w.id, i.id, i.shut_at_ms FROM shutdown_item i JOIN watch w"
		" ON w.asset_id = i.asset_id AND w.enabled = 1 WHERE i.shutdown_id = $1"
		" AND i.state = 'shut' ORDER BY w.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(CHECKS_MAX));
	while (row >= 0 && checks->count < CHECKS_MAX && (row = db_step(q)) == 1) {
		size_t at = checks->count++;
		checks->latest[at] = (struct query_latest) { .series_id = db_col_int64(q, 0) };
		checks->item_id[at] = db_col_int64(q, 1);
		checks->shut_ms[at] = db_col_int64(q, 2);
	}
	if (row >= 0 && view->env->rows != NULL && checks->count > 0) {
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - LOOK_BACK_MS,
			checks->latest, checks->count, &coverage);
	}
	return row < 0 ? row : 0;
}

static bool answers(const struct checks *checks, int64_t item_id)
{
	for (size_t i = 0; i < checks->count; i++) {
		const struct query_latest *latest = &checks->latest[i];
		if (checks->item_id[i] == item_id && latest->found &&
			(latest->row.state == CHECK_UP ||
				latest->row.state == CHECK_DEGRADED) &&
			latest->row.ts_ms > checks->shut_ms[i] + GRACE_MS) {
			return true;
		}
	}
	return false;
}

static int items_put(struct view *view, int64_t id, int64_t own)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	struct checks *checks = arena_take(view->arena, sizeof(*checks));
	checks->count = 0;
	int row = checks_load(view, id, checks);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT i.id, i.version, i.asset_id, a.name, i.unit_id, u.name,"
				" i.state, i.reason, i.keeper, i.shut_at_ms, i.shut_by, s.name,"
				" i.restored_at_ms, i.restored_by, r.name, i.answered_at_ms,"
				" i.answered_by, w.name, i.maintenance_id"
				" FROM shutdown_item i JOIN asset a ON a.id = i.asset_id"
				" JOIN unit u ON u.id = i.unit_id"
				" LEFT JOIN person s ON s.id = i.shut_by"
				" LEFT JOIN person r ON r.id = i.restored_by"
				" LEFT JOIN person w ON w.id = i.answered_by"
				" WHERE i.shutdown_id = $1 AND ($2 = 0 OR i.unit_id = $2)"
				" ORDER BY u.name, a.name, i.id LIMIT $3",
				&q, SQL_INT(id), SQL_INT(own), SQL_INT(ITEMS_MAX));
	jw_key(jw, "items");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_int(jw, "id", db_col_int64(q, 0));
		jw_kv_int(jw, "version", db_col_int64(q, 1));
		page_ref_col(view, "asset", q, 2);
		page_ref_col(view, "unit", q, 4);
		jw_kv_str(jw, "state", db_col_text(q, 6));
		page_text_col(view, "reason", q, 7);
		page_text_col(view, "keeper", q, 8);
		page_int_col(view, "shut_at", q, 9);
		page_ref_col(view, "shut_by", q, 10);
		page_int_col(view, "restored_at", q, 12);
		page_ref_col(view, "restored_by", q, 13);
		page_int_col(view, "answered_at", q, 15);
		page_ref_col(view, "answered_by", q, 16);
		page_int_col(view, "maintenance_id", q, 18);
		jw_kv_bool(jw, "answering", answers(checks, db_col_int64(q, 0)));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

int view_shutdowns_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t own = view_unit_filter(view);
	int row = sql_query(
		view->db, FROM " WHERE d.id = $2", &q, SQL_INT(own), SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	int error = items_put(view, view->call->id, own);
	jw_end(&view->jw);
	return error;
}
