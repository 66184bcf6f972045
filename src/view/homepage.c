/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "view/checks.h"
#include "view/view.h"

static void hosts_put(struct jw *jw, struct slice lines)
{
	struct slice line;
	jw_key(jw, "hosts");
	jw_array(jw);
	while (lines.n > 0) {
		(void)slice_cut(lines, '\n', &line, &lines);
		if (line.n > 0) {
			jw_str(jw, line);
		}
	}
	jw_end(jw);
}

/* Columns: at_ms, title, text, hosts, mark, who. */
static int page_put(struct view *view, const char *name, const char *sql)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, sql, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	jw_key(jw, name);
	if (row != 1) {
		jw_null(jw);
		return row;
	}
	jw_object(jw);
	jw_kv_int(jw, "at", db_col_int64(q, 0));
	jw_kv_str(jw, "title", db_col_text(q, 1));
	jw_kv_str(jw, "text", db_col_text(q, 2));
	hosts_put(jw, db_col_text(q, 3));
	jw_kv_str(jw, "mark", db_col_text(q, 4));
	jw_key(jw, "by");
	if (db_col_text(q, 5).n > 0) {
		jw_str(jw, db_col_text(q, 5));
	} else {
		jw_null(jw);
	}
	jw_end(jw);
	return 0;
}

int view_checks_page(struct view *view)
{
	int error = view_check_reached(view);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "check_id", view->call->id);
	error = page_put(view, "confirmed",
		"SELECT c.at_ms, c.title, c.text, c.hosts, c.mark, p.name FROM page_confirmed c"
		" JOIN person p ON p.id = c.by_id WHERE c.id = $1");
	error = error < 0
			? error
			: page_put(view, "seen",
				  "SELECT at_ms, title, text, hosts, mark, '' FROM page_seen WHERE id = $1");
	jw_end(&view->jw);
	return error;
}
