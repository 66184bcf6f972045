/* SPDX-License-Identifier: Apache-2.0 */
/* Maintenance windows: which stand, whom they cover, what they have kept quiet. */
#include "base/err.h"
#include "base/json.h"
#include "view/checks.h"
#include "view/page.h"
#include "view/view.h"

enum { WEEKDAYS = 7 };

#define STATE                                                                                  \
	"CASE WHEN m.ended_at_ms IS NOT NULL THEN 'ended' WHEN m.live_open = 1 THEN 'open'"    \
	" WHEN m.live_edge_ms IS NOT NULL THEN 'planned' ELSE 'over' END"
#define FROM                                                                                   \
	"SELECT m.id, m.version, m.reason, m.kind, m.from_ms, m.to_ms, m.weekdays,"            \
	" m.from_min, m.length_min, m.days,"                                                   \
	" CASE WHEN m.tag IS NULL THEN m.scope ELSE 'tag' END, " STATE                         \
	", m.live_edge_ms, m.made_by,"                                                         \
	" p.name, m.made_at_ms, m.ended_at_ms,"                                                \
	" (SELECT count(*) FROM watch w WHERE w.live_maintenance_id = m.id),"                  \
	" (SELECT count(*) FROM alert a WHERE a.live_muted_by = m.id AND a.state = 'firing')," \
	" coalesce(m.season, 'any'), m.tag"                                                    \
	" FROM maintenance m LEFT JOIN person p ON p.id = m.made_by"

static void weekdays_put(struct jw *jw, int64_t mask)
{
	jw_key(jw, "weekdays");
	jw_array(jw);
	for (int64_t day = 0; day < WEEKDAYS; day++) {
		if ((mask >> day & 1) != 0) {
			jw_int(jw, day + 1);
		}
	}
	jw_end(jw);
}

static int target_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_end(&view->jw);
	return 0;
}

static int targets_put(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT s.target_id, coalesce(w.name, a.name, u.name) FROM maintenance_scope s"
		" LEFT JOIN watch w ON s.kind = 'check' AND w.id = s.target_id"
		" LEFT JOIN asset a ON s.kind = 'asset' AND a.id = s.target_id"
		" LEFT JOIN unit u ON s.kind = 'unit' AND u.id = s.target_id"
		" WHERE s.maintenance_id = $1 ORDER BY s.target_id",
		&q, SQL_INT(id));
	return page_list(view, "targets", opened, q, target_put);
}

static int members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "reason", db_col_text(q, 2));
	jw_kv_str(jw, "kind", db_col_text(q, 3));
	page_int_col(view, "from", q, 4);
	page_int_col(view, "to", q, 5);
	weekdays_put(jw, db_col_int64(q, 6));
	jw_kv_int(jw, "from_min", db_col_int64(q, 7));
	jw_kv_int(jw, "length_min", db_col_int64(q, 8));
	jw_kv_str(jw, "days", db_col_text(q, 9));
	jw_kv_str(jw, "season", db_col_text(q, 19));
	jw_kv_str(jw, "scope", db_col_text(q, 10));
	jw_kv_opt(jw, "tag", db_col_text(q, 20));
	jw_kv_str(jw, "state", db_col_text(q, 11));
	page_int_col(view, "next_at", q, 12);
	page_ref_col(view, "made_by", q, 13);
	jw_kv_int(jw, "made_at", db_col_int64(q, 15));
	page_int_col(view, "ended_at", q, 16);
	jw_kv_int(jw, "covered", db_col_int64(q, 17));
	jw_kv_int(jw, "muted", db_col_int64(q, 18));
	return targets_put(view, db_col_int64(q, 0));
}

int view_maintenance_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM " WHERE m.id < $1 AND ($2 = '' OR " STATE " = $2)"
			     " ORDER BY m.id DESC LIMIT $3",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_TEXT(view_param(view, "state")), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		row = members_put(view, q);
		/* Only a single one shows its timeline. */
		jw_key(&view->jw, "timeline");
		jw_array(&view->jw);
		jw_end(&view->jw);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_maintenance_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, FROM " WHERE m.id = $1", &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	int error = members_put(view, q);
	error = error < 0 ? error : page_timeline(view, "maintenance", view->call->id);
	jw_end(&view->jw);
	return error;
}
