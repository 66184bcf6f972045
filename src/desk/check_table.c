/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/check_table.h"

#include "base/err.h"
#include "base/jw.h"
#include "records/sql.h"

int check_table_put(struct db *db, struct buf *out)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT w.id, w.kind, w.name, w.target, w.params, w.interval_s, w.retries,"
		" CASE WHEN w.by_asset = 1 THEN coalesce(s.severity, w.severity) ELSE w.severity"
		" END, w.parents FROM watch w LEFT JOIN asset a ON a.id = w.asset_id"
		" LEFT JOIN importance_severity s ON s.importance = a.importance"
		" WHERE w.enabled = 1 AND a.retired_at_ms IS NULL ORDER BY w.id",
		&q);
	struct jw jw;
	jw_init(&jw, out);
	jw_array(&jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&jw);
		jw_kv_int(&jw, "id", db_col_int64(q, 0));
		jw_kv_str(&jw, "kind", db_col_text(q, 1));
		jw_kv_str(&jw, "name", db_col_text(q, 2));
		jw_kv_str(&jw, "target", db_col_text(q, 3));
		jw_key(&jw, "params");
		jw_raw(&jw, db_col_text(q, 4));
		jw_kv_int(&jw, "interval_s", db_col_int64(q, 5));
		jw_kv_int(&jw, "retries", db_col_int64(q, 6));
		jw_kv_str(&jw, "severity", db_col_text(q, 7));
		if (db_col_text(q, 8).n > 0) {
			jw_key(&jw, "parents");
			jw_raw(&jw, db_col_text(q, 8));
		}
		jw_end(&jw);
	}
	jw_end(&jw);
	return row < 0 ? row : out->failed ? E_LIMIT : 0;
}
