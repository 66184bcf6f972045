/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/range_table.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/freezes.h"
#include "desk/subnet_list.h"
#include "model/setting.h"
#include "records/secret.h"
#include "records/sql.h"

#define HOUR_MS INT64_C(3600000)

static void community_put(struct jw *jw, struct db *db, const struct secret_key *key,
	struct arena *arena, int64_t id)
{
	struct buf clear;
	buf_init(&clear, SECRET_MAX_OCTETS);
	if (key != NULL && secret_open(db, key, subnet_secret_name(arena, id), &clear) == 0) {
		jw_kv_str(jw, "community", buf_slice(&clear));
	}
	secret_wipe(&clear);
}

/* A range that is not looked at is kept from being asked as a passive one is. */
static int ranges_put(
	struct jw *jw, struct db *db, const struct secret_key *key, struct arena *arena)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT id, network, mode, snmp FROM subnet WHERE removed_at_ms IS NULL"
		" ORDER BY id LIMIT $1",
		&q, SQL_INT(SUBNETS_MAX));
	jw_key(jw, "ranges");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		bool active = slice_is(db_col_text(q, 2), "active");
		jw_object(jw);
		jw_kv_str(jw, "network", db_col_text(q, 1));
		jw_kv_bool(jw, "active", active);
		if (active && db_col_int64(q, 3) != 0) {
			community_put(jw, db, key, arena, db_col_int64(q, 0));
		}
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int freezes_put(struct jw *jw, struct db *db, int64_t now_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT from_ms, to_ms FROM scan_freeze WHERE ended_at_ms IS NULL AND to_ms > $1"
		" ORDER BY to_ms, id LIMIT $2",
		&q, SQL_INT(now_ms), SQL_INT(FREEZES_MAX));
	jw_key(jw, "freezes");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_array(jw);
		jw_int(jw, db_col_int64(q, 0));
		jw_int(jw, db_col_int64(q, 1));
		jw_end(jw);
	}
	jw_end(jw);
	return row < 0 ? row : 0;
}

static int pace_put(struct jw *jw, struct db *db, struct arena *arena)
{
	const struct json *value = NULL;
	AUTO_STMT struct stmt *q = NULL;
	int row =
		sql_query(db, "SELECT value FROM setting WHERE key = $1", &q, SQL_STR("sweep"));
	row = row < 0 ? row : db_step(q);
	if (row == 1 &&
		json_parse(arena, arena_dup(arena, db_col_text(q, 0)), 0, &value, NULL) < 0) {
		value = NULL;
	}
	jw_kv_int(
		jw, "per_second", json_get_int(value, "per_second", SETTING_SWEEP_PER_SECOND));
	jw_kv_int(jw, "round_ms",
		json_get_int(value, "round_hours", SETTING_SWEEP_ROUND_HOURS) * HOUR_MS);
	jw_kv_bool(jw, "names", json_get_bool(value, "names", true));
	return row < 0 ? row : 0;
}

static int state_put(struct jw *jw, struct db *db)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db, "SELECT state FROM sweep_state WHERE id = $1", &q, SQL_INT(1));
	row = row < 0 ? row : db_step(q);
	jw_key(jw, "state");
	if (row == 1) {
		jw_raw(jw, db_col_text(q, 0));
	} else {
		jw_null(jw);
	}
	return row < 0 ? row : 0;
}

int range_table_put(
	struct db *db, const struct secret_key *key, int64_t now_ms, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	int error = ranges_put(&jw, db, key, arena);
	error = error < 0 ? error : freezes_put(&jw, db, now_ms);
	error = error < 0 ? error : pace_put(&jw, db, arena);
	error = error < 0 ? error : state_put(&jw, db);
	if (error < 0) {
		return error;
	}
	jw_end(&jw);
	return out->failed ? E_LIMIT : 0;
}
