/* SPDX-License-Identifier: Apache-2.0 */
/* The filters a person has kept for a list: his own. */
#include "view/filters.h"

#include "records/caller.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"

enum { LIST_MAX = 200 };

int view_filters_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT id, version, list, name, query, is_first FROM"
				" saved_filter WHERE person_id = $1 AND ended_at_ms IS NULL"
				" AND ($2 = '' OR list = $2) ORDER BY id LIMIT $3",
				&q, SQL_INT(view->caller.person_id),
				SQL_TEXT(view_param(view, "list")), SQL_INT(LIST_MAX));
	int64_t count = 0;
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct jw *jw = &view->jw;
		jw_object(jw);
		jw_kv_int(jw, "id", db_col_int64(q, 0));
		jw_kv_int(jw, "version", db_col_int64(q, 1));
		jw_kv_str(jw, "list", db_col_text(q, 2));
		jw_kv_str(jw, "name", db_col_text(q, 3));
		jw_kv_str(jw, "query", db_col_text(q, 4));
		jw_kv_bool(jw, "is_first", db_col_int64(q, 5) != 0);
		jw_end(jw);
		count++;
	}
	if (row >= 0) {
		page_end(view, &page, count);
	}
	return row < 0 ? row : 0;
}
