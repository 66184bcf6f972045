/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/json.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/platform.h"
#include "view/settings.h"
#include "view/view.h"

static int seq_load(struct view *view, int64_t *ret_seq)
{
	int row = sql_int(view->db, "SELECT value FROM counter WHERE series = $1 AND year = 0",
		ret_seq, SQL_STR("commit"));
	return row < 0 ? row : 0;
}

static int outbox_load(struct view *view, int64_t *ret_waiting, int64_t *ret_oldest_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(view->db,
		"SELECT count(*), min(created_at_ms) FROM outbox WHERE state IN ('waiting',"
		" 'leased')",
		&q);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_waiting = db_col_int64(q, 0);
		*ret_oldest_ms = *ret_waiting > 0 ? view->now_ms - db_col_int64(q, 1) : 0;
	}
	return row < 0 ? row : 0;
}

/* Members of the model and no more; a role that has not said its fence yet is not called strict. */
static void roles_put(struct jw *jw, const struct json *health)
{
	jw_key(jw, "roles");
	jw_array(jw);
	for (const struct json *r = json_first(json_get(health, "roles")); r != NULL;
		r = json_next(r)) {
		int64_t up_since_ms = json_get_int(r, "up_since", 0);
		bool strict = slice_is(json_get_str(r, "sandbox"), "strict");
		jw_object(jw);
		jw_kv_str(jw, "role", json_get_str(r, "role"));
		jw_kv_str(jw, "state", json_get_str(r, "state"));
		jw_kv_int(jw, "pid", json_get_int(r, "pid", 0));
		jw_kv_int(jw, "restarts", json_get_int(r, "restarts", 0));
		jw_key(jw, "up_since");
		if (up_since_ms != 0) {
			jw_int(jw, up_since_ms);
		} else {
			jw_null(jw);
		}
		jw_kv_str(jw, "sandbox", strict ? SLICE("strict") : SLICE("relaxed"));
		jw_key(jw, "counters");
		jw_value(jw, json_get(r, "counters"));
		jw_end(jw);
	}
	jw_end(jw);
}

static void backup_put(struct jw *jw, const struct platform *platform)
{
	jw_key(jw, "last_backup_at");
	if (platform->backup_at_ms == 0) {
		jw_null(jw);
		jw_key(jw, "last_backup_ok");
		jw_null(jw);
		return;
	}
	jw_int(jw, platform->backup_at_ms);
	jw_kv_bool(jw, "last_backup_ok", platform->backup_ok);
}

int view_health_get(struct view *view)
{
	struct platform platform;
	int64_t seq = 0;
	int64_t waiting = 0;
	int64_t oldest_ms = 0;
	int error = platform_load(view, &platform);
	error = error < 0 ? error : seq_load(view, &seq);
	error = error < 0 ? error : outbox_load(view, &waiting, &oldest_ms);
	int schema = error < 0 ? error : migrate_version(view->db);
	if (schema < 0) {
		return schema;
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	roles_put(jw, platform.health);
	jw_kv_str(jw, "store",
		db_kind(view->db) == DB_SQLITE ? SLICE("sqlite") : SLICE("postgresql"));
	jw_kv_int(jw, "schema_version", schema);
	jw_kv_int(jw, "seq", seq);
	jw_kv_str(jw, "clock_state",
		slice_str(platform.clock_wrong      ? "held"
			  : platform.clock_unsynced ? "unsynced"
						    : "ok"));
	jw_kv_int(jw, "disk_free", platform.disk_free);
	jw_kv_int(jw, "disk_total", platform.disk_total);
	jw_kv_int(jw, "outbox_waiting", waiting);
	jw_kv_int(jw, "outbox_oldest_ms", oldest_ms);
	backup_put(jw, &platform);
	jw_kv_str(jw, "version", SLICE(FENGSUI_VERSION));
	jw_end(jw);
	return 0;
}
