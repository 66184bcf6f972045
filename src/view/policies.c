/* SPDX-License-Identifier: Apache-2.0 */
/* The rules records are judged by: each text as it was kept. */
#include "base/err.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/settings.h"
#include "view/view.h"

#define FROM                                                                                   \
	"SELECT v.id, v.kind, v.subject, v.name, v.edition, v.sm3, v.adopted_at_ms,"           \
	" v.adopted_by, p.name, v.previous_id, (SELECT max(o.edition) FROM policy_version o"   \
	" WHERE o.subject = v.subject), v.text FROM policy_version v"                          \
	" LEFT JOIN person p ON p.id = v.adopted_by"

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	jw_kv_str(jw, "subject", db_col_text(q, 2));
	jw_kv_str(jw, "name", db_col_text(q, 3));
	jw_kv_int(jw, "edition", db_col_int64(q, 4));
	jw_kv_str(jw, "sm3", db_col_text(q, 5));
	jw_kv_int(jw, "adopted_at", db_col_int64(q, 6));
	page_ref_col(view, "adopted_by", q, 7);
	page_int_col(view, "previous_id", q, 9);
	jw_kv_bool(jw, "in_force", db_col_int64(q, 10) == db_col_int64(q, 4));
}

int view_policies_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db, FROM " WHERE v.id < $1 ORDER BY v.id DESC LIMIT $2",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		members_put(view, q);
		jw_end(&view->jw);
	}
	if (row < 0) {
		return row;
	}
	page_end(view, &page, -1);
	return 0;
}

int view_policies_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, FROM " WHERE v.id = $1", &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	jw_object(&view->jw);
	members_put(view, q);
	jw_kv_str(&view->jw, "text", db_col_text(q, 11));
	jw_end(&view->jw);
	return 0;
}
