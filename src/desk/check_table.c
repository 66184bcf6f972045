/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/check_table.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/check_row.h"
#include "model/check_kind.h"
#include "records/secret.h"
#include "records/sql.h"

/* Where secrets are opened from. */
struct check_secrets {
	struct db *db;
	const struct secret_key *key;
	struct arena *arena;
};

/* A mark stands where a secret is sealed; one that cannot be opened is not there. */
static void secret_put_open(struct jw *jw, const struct check_secrets *from,
	const struct check_param *param, int64_t id)
{
	struct buf clear;
	buf_init(&clear, SECRET_MAX_OCTETS);
	int error = from->key == NULL
			    ? E_ABSENT
			    : secret_open(from->db, from->key,
				      check_secret_name(from->arena, id, param->name), &clear);
	if (error == 0) {
		jw_kv_str(jw, param->name, buf_slice(&clear));
	}
	secret_wipe(&clear);
}

static void params_put(
	struct jw *jw, const struct check_secrets *from, int64_t id, struct stmt *q)
{
	int kind = name_parse(&check_kind_names, db_col_text(q, 1));
	const struct json *params = NULL;
	struct slice page = db_col_text(q, 9);
	bool marked = page.n > 0 || slice_find(db_col_text(q, 4), SLICE("true")) != SIZE_MAX;
	jw_key(jw, "params");
	if (kind < 0 || !marked ||
		json_parse(from->arena, db_col_text(q, 4), 0, &params, NULL) < 0) {
		jw_raw(jw, db_col_text(q, 4));
		return;
	}
	jw_object(jw);
	for (const struct json *value = json_first(params); value != NULL;
		value = json_next(value)) {
		const struct check_param *param =
			check_param_find((enum check_kind)kind, json_name(value));
		if (param != NULL && param->type == CHECK_PARAM_SECRET) {
			secret_put_open(jw, from, param, id);
		} else {
			jw_key_slice(jw, json_name(value));
			jw_value(jw, value);
		}
	}
	if (page.n > 0 && kind == CHECK_HTTP) {
		jw_kv_str(jw, "baseline", page);
	}
	jw_end(jw);
}

/* Which ports of a device carry egress lines; both questions are in the order of the checks. */
static int lines_put(struct jw *jw, struct stmt *lines, int64_t id, int row)
{
	bool open = false;
	while (row == 1 && db_col_int64(lines, 0) <= id) {
		if (db_col_int64(lines, 0) == id) {
			if (!open) {
				jw_key(jw, "lines");
				jw_array(jw);
				open = true;
			}
			jw_object(jw);
			jw_kv_str(jw, "port", db_col_text(lines, 1));
			jw_kv_str(jw, "name", db_col_text(lines, 2));
			jw_end(jw);
		}
		row = db_step(lines);
	}
	if (open) {
		jw_end(jw);
	}
	return row;
}

int check_table_put(struct db *db, const struct secret_key *key, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct check_secrets from = { db, key, arena };
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT w.id, w.kind, w.name, w.target, w.params, w.interval_s, w.retries,"
		" CASE WHEN w.by_asset = 1 THEN coalesce(s.severity, w.severity) ELSE w.severity"
		" END, w.parents, c.mark FROM watch w LEFT JOIN page_confirmed c ON c.id = w.id"
		" LEFT JOIN asset a ON a.id = w.asset_id"
		" LEFT JOIN importance_severity s ON s.importance = a.importance"
		" WHERE w.enabled = 1 AND a.retired_at_ms IS NULL ORDER BY w.id",
		&q);
	AUTO_STMT struct stmt *lines = NULL;
	int line =
		row < 0 ? row
			: db_prepare(db,
				  "SELECT device_id, port, name FROM circuit WHERE egress = 1"
				  " AND retired_at_ms IS NULL AND device_id IS NOT NULL"
				  " ORDER BY device_id, id",
				  &lines);
	line = line < 0 ? line : db_step(lines);
	row = line < 0 ? line : row;
	struct jw jw;
	jw_init(&jw, out);
	jw_array(&jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&jw);
		jw_kv_int(&jw, "id", db_col_int64(q, 0));
		jw_kv_str(&jw, "kind", db_col_text(q, 1));
		jw_kv_str(&jw, "name", db_col_text(q, 2));
		jw_kv_str(&jw, "target", db_col_text(q, 3));
		params_put(&jw, &from, db_col_int64(q, 0), q);
		arena_reset(arena);
		jw_kv_int(&jw, "interval_s", db_col_int64(q, 5));
		jw_kv_int(&jw, "retries", db_col_int64(q, 6));
		jw_kv_str(&jw, "severity", db_col_text(q, 7));
		if (db_col_text(q, 8).n > 0) {
			jw_key(&jw, "parents");
			jw_raw(&jw, db_col_text(q, 8));
		}
		line = lines_put(&jw, lines, db_col_int64(q, 0), line);
		jw_end(&jw);
	}
	jw_end(&jw);
	return row < 0 ? row : out->failed ? E_LIMIT : 0;
}
