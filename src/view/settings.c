/* SPDX-License-Identifier: Apache-2.0 */
#include "view/settings.h"

#include "base/err.h"
#include "model/setting.h"
#include "records/secret.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"

static int setting_put(struct view *view, const char *key)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT value, version FROM setting WHERE key = $1", &q,
		SQL_STR(key));
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	jw_object(jw);
	jw_kv_str(jw, "key", slice_str(key));
	jw_key(jw, "value");
	jw_raw(jw, row == 1 ? db_col_text(q, 0) : SLICE("{}"));
	jw_kv_int(jw, "version", row == 1 ? db_col_int64(q, 1) : 0);
	jw_key(jw, "changed_at");
	jw_null(jw);
	jw_end(jw);
	return 0;
}

static int secret_put_state(struct view *view, const char *name)
{
	struct jw *jw = &view->jw;
	int64_t changed_at_ms = 0;
	int there = secret_find(view->db, name, &changed_at_ms);
	if (there < 0) {
		return there;
	}
	jw_object(jw);
	jw_kv_str(jw, "key", slice_str(name));
	jw_key(jw, "value");
	jw_object(jw);
	jw_kv_bool(jw, "set", there == 1);
	jw_end(jw);
	jw_kv_int(jw, "version", 0);
	jw_key(jw, "changed_at");
	if (there == 1) {
		jw_int(jw, changed_at_ms);
	} else {
		jw_null(jw);
	}
	jw_end(jw);
	return 0;
}

int view_settings_list(struct view *view)
{
	struct page page;
	int error = page_begin(view, &page);
	for (size_t i = 0; error >= 0 && setting_keys[i] != NULL; i++) {
		error = setting_put(view, setting_keys[i]);
	}
	error = error < 0 ? error : secret_put_state(view, "mail_password");
	if (error >= 0) {
		page_end(view, &page, -1);
	}
	return error;
}

int view_backups_list(struct view *view)
{
	struct page page;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT id, at_ms, path, octets, ok, error FROM backup_run"
		" WHERE ($1 = 0 OR at_ms < $2 OR (at_ms = $2 AND id < $3)) ORDER BY at_ms DESC, id DESC LIMIT $4",
		&q, SQL_INT(page.has_cursor), SQL_INT(page.after), SQL_INT(page.after_id),
		SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 &&
		page_take(&page, db_col_int64(q, 1), db_col_int64(q, 0))) {
		struct jw *jw = &view->jw;
		jw_object(jw);
		jw_kv_int(jw, "id", db_col_int64(q, 0));
		jw_kv_int(jw, "at", db_col_int64(q, 1));
		jw_kv_str(jw, "path", db_col_text(q, 2));
		jw_kv_int(jw, "octets", db_col_int64(q, 3));
		jw_kv_bool(jw, "ok", db_col_int64(q, 4) == 1);
		page_text_col(view, "error", q, 5);
		jw_end(jw);
	}
	if (row < 0) {
		return row;
	}
	page_end(view, &page, -1);
	return 0;
}
