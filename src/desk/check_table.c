/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/check_table.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/check_row.h"
#include "model/check_kind.h"
#include "model/setting.h"
#include "records/caller.h"
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
	struct slice page = db_col_text(q, 8);
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

/* What a check has several of, each asked in the order of the checks; at: is there a row, or an error. */
struct beside {
	struct stmt *parents;
	int parents_at;
	struct stmt *lines;
	int lines_at;
};

static int beside_open(struct db *db, struct beside *beside)
{
	int row = db_prepare(db,
		"SELECT watch_id, parent_id FROM watch_parent ORDER BY watch_id, parent_id",
		&beside->parents);
	row = row < 0 ? row
		      : db_prepare(db,
				"SELECT device_id, port, name FROM circuit WHERE egress = 1"
				" AND retired_at_ms IS NULL AND device_id IS NOT NULL"
				" ORDER BY device_id, id",
				&beside->lines);
	beside->parents_at = row < 0 ? row : db_step(beside->parents);
	beside->lines_at = row < 0 ? row : db_step(beside->lines);
	return row;
}

static void beside_close(struct beside *beside)
{
	db_done(beside->parents);
	db_done(beside->lines);
}

/* Rows of a check that is not in the table are passed over. */
static int come_to(struct stmt *q, int at, int64_t id)
{
	while (at == 1 && db_col_int64(q, 0) < id) {
		at = db_step(q);
	}
	return at;
}

static void parents_put(struct jw *jw, struct beside *beside, int64_t id)
{
	struct stmt *q = beside->parents;
	int at = come_to(q, beside->parents_at, id);
	bool any = false;
	for (; at == 1 && db_col_int64(q, 0) == id; at = db_step(q)) {
		if (!any) {
			jw_key(jw, "parents");
			jw_array(jw);
		}
		any = true;
		jw_int(jw, db_col_int64(q, 1));
	}
	if (any) {
		jw_end(jw);
	}
	beside->parents_at = at;
}

/* Which ports of a device carry egress lines. */
static void lines_put(struct jw *jw, struct beside *beside, int64_t id)
{
	struct stmt *q = beside->lines;
	int at = come_to(q, beside->lines_at, id);
	bool any = false;
	for (; at == 1 && db_col_int64(q, 0) == id; at = db_step(q)) {
		if (!any) {
			jw_key(jw, "lines");
			jw_array(jw);
		}
		any = true;
		jw_object(jw);
		jw_kv_str(jw, "port", db_col_text(q, 1));
		jw_kv_str(jw, "name", db_col_text(q, 2));
		jw_end(jw);
	}
	if (any) {
		jw_end(jw);
	}
	beside->lines_at = at;
}

int check_table_put(struct db *db, const struct secret_key *key, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct check_secrets from = { db, key, arena };
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT w.id, w.kind, w.name, w.target, w.params, w.interval_s, w.retries,"
		" CASE WHEN w.by_asset = 1 THEN coalesce(s.severity, w.severity) ELSE w.severity"
		" END, c.mark FROM watch w LEFT JOIN page_confirmed c ON c.id = w.id"
		" LEFT JOIN asset a ON a.id = w.asset_id"
		" LEFT JOIN importance_severity s ON s.importance = a.importance"
		" WHERE w.enabled = 1 AND a.retired_at_ms IS NULL ORDER BY w.id",
		&q);
	struct beside beside = { 0 };
	row = row < 0 ? row : beside_open(db, &beside);
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
		parents_put(&jw, &beside, db_col_int64(q, 0));
		lines_put(&jw, &beside, db_col_int64(q, 0));
		jw_end(&jw);
	}
	jw_end(&jw);
	row = row < 0 ? row : beside.parents_at < 0 ? beside.parents_at : beside.lines_at;
	beside_close(&beside);
	return row < 0 ? row : out->failed ? E_LIMIT : 0;
}

int check_settle_s(struct db *db, struct arena *arena, uint32_t *ret_settle_s)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error = setting_load(db, arena, "reach", &text);
	if (error < 0) {
		return error;
	}
	if (text.n == 0 || json_parse(arena, text, 0, &value, NULL) < 0) {
		value = NULL;
	}
	/* Nothing out of its range was let in. */
	*ret_settle_s = (uint32_t)json_get_int(value, "settle_s", SETTING_SETTLE_S);
	return 0;
}
