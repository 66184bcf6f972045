/* SPDX-License-Identifier: Apache-2.0 */
/* Who answered for a unit at a moment, and what hangs on it now. */
#include "base/arena.h"
#include "base/err.h"
#include "records/unit_tie.h"
#include "view/filings.h"
#include "view/page.h"
#include "view/view.h"

enum { HOLDERS_MAX = 100 };

static int holder_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "role", db_col_text(q, 0));
	page_text_col(view, "post", q, 1);
	page_ref_col(view, "person", q, 2);
	jw_kv_int(jw, "from", db_col_int64(q, 4));
	page_int_col(view, "to", q, 5);
	jw_kv_bool(jw, "interim", db_col_int64(q, 6) != 0);
	page_ref_col(view, "for_person", q, 7);
	page_text_col(view, "filing", q, 9);
	jw_end(jw);
	return 0;
}

static int unit_put(struct view *view, int64_t id, int64_t at_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT u.id, u.name, COALESCE((SELECT h.name FROM unit_past h WHERE h.unit_id = u.id"
		" AND h.until_ms > $2 ORDER BY h.id LIMIT 1), u.name) FROM unit u WHERE u.id = $1",
		&q, SQL_INT(id), SQL_INT(at_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	page_ref_col(view, "unit", q, 0);
	jw_kv_str(&view->jw, "name_then", db_col_text(q, 2));
	jw_kv_int(&view->jw, "at", at_ms);
	return 0;
}

int view_units_officers(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int64_t at_ms = view_param_int(view, "at", view->now_ms);
	int error = view_unit_reached(view, id);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	error = unit_put(view, id, at_ms);
	if (error < 0) {
		return error;
	}
	int opened = sql_query(view->db,
		"SELECT x.role, x.post, p.id, p.name, x.from_ms, x.to_ms, x.interim, o.id, o.name,"
		" f.number FROM (SELECT g.role AS role, g.post AS post, g.person_id AS person_id,"
		" g.valid_from_ms AS from_ms, g.valid_to_ms AS to_ms, 0 AS interim,"
		" g.for_id AS for_id, g.id AS id FROM role_grant g WHERE g.unit_id = $1"
		" AND g.role IN ('officer', 'specialist', 'unit_head') UNION ALL"
		" SELECT 'unit_head', NULL, i.person_id, i.from_ms, i.to_ms, 1, NULL, i.id"
		" FROM interim i WHERE i.unit_id = $1) AS x JOIN person p ON p.id = x.person_id"
		" LEFT JOIN person o ON o.id = x.for_id LEFT JOIN filing f ON f.grant_id = x.id"
		" AND f.state IN ('effective', 'superseded') WHERE x.from_ms <= $2"
		" AND (x.to_ms IS NULL OR x.to_ms > $2) ORDER BY x.role, x.id LIMIT $3",
		&q, SQL_INT(id), SQL_INT(at_ms), SQL_INT(HOLDERS_MAX));
	error = page_list(view, "items", opened, q, holder_put);
	jw_end(&view->jw);
	return error;
}

/* ---- before a unit ends */

struct moves {
	const char *what;
	int64_t count;
};

static int ties_count(struct view *view, struct moves *moves, size_t kinds)
{
	for (size_t i = 0; i < unit_tie_count; i++) {
		const struct unit_tie *tie = &unit_ties[i];
		int64_t count = 0;
		struct slice sql =
			arena_printf(view->arena, "SELECT count(*) FROM %s WHERE %s = $1%s",
				tie->table, tie->column, tie->where);
		int row =
			sql_int(view->db, (const char *)sql.p, &count, SQL_INT(view->call->id));
		if (row < 0) {
			return row;
		}
		for (size_t k = 0; k < kinds; k++) {
			moves[k].count +=
				slice_is(slice_str(tie->what), moves[k].what) ? count : 0;
		}
	}
	return 0;
}

int view_units_moves(struct view *view)
{
	struct moves moves[] = { { "notices", 0 }, { "findings", 0 }, { "assets", 0 },
		{ "people", 0 }, { "children", 0 }, { "others", 0 } };
	enum { KINDS = sizeof(moves) / sizeof(moves[0]) };
	int64_t known = 0;
	int64_t grants = 0;
	int row = sql_int(
		view->db, "SELECT 1 FROM unit WHERE id = $1", &known, SQL_INT(view->call->id));
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = ties_count(view, moves, KINDS);
	row = error < 0 ? error
			: sql_int(view->db,
				  "SELECT count(*) FROM role_grant WHERE unit_id = $1"
				  " AND valid_to_ms IS NULL",
				  &grants, SQL_INT(view->call->id));
	jw_object(&view->jw);
	for (size_t i = 0; i < KINDS; i++) {
		jw_kv_int(&view->jw, moves[i].what, moves[i].count);
	}
	jw_kv_int(&view->jw, "grants", grants);
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}
