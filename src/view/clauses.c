/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to the articles: interpretations for all, suggestions for their unit and the desk. */
#include "base/err.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/regulations.h"
#include "view/view.h"

static int put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "kind", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_int(jw, "article", db_col_int64(q, 4));
	jw_kv_str(jw, "question", db_col_text(q, 5));
	page_text_col(view, "answer", q, 6);
	page_text_col(view, "decided_by", q, 7);
	page_int_col(view, "decided_at", q, 8);
	page_ref_col(view, "unit", q, 9);
	page_ref_col(view, "person", q, 11);
	jw_kv_int(jw, "at", db_col_int64(q, 13));
	page_int_col(view, "settled_at", q, 14);
	jw_end(jw);
	return 0;
}

int view_clauses_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	int64_t unit_id = view_unit_filter(view);
	if (row == 0) {
		row = sql_query(view->db,
			"SELECT c.id, c.version, c.kind, c.state, c.article, c.question, c.answer,"
			" c.decided_by, c.decided_at_ms, c.unit_id, u.name, c.person_id, p.name,"
			" c.at_ms, c.settled_at_ms FROM clause_note c"
			" LEFT JOIN unit u ON u.id = c.unit_id"
			" LEFT JOIN person p ON p.id = c.person_id WHERE c.id < $1"
			" AND (c.kind = 'interpretation' OR $2 = 0 OR (c.kind = 'suggestion'"
			" AND c.unit_id = $2)) AND ($3 = '' OR c.kind = $3)"
			" AND ($4 = -1 OR c.article = $4) ORDER BY c.id DESC LIMIT $5",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(unit_id), SQL_TEXT(view_param(view, "kind")),
			SQL_INT(view_param_int(view, "article", -1)), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}
