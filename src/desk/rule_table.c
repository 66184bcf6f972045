/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/rule_table.h"

#include <stdio.h>

#include "base/err.h"
#include "base/jw.h"
#include "model/check_kind.h"
#include "model/target.h"
#include "records/sql.h"

static int rules_put(struct db *db, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT id, replaces, enabled, definition FROM metric_rule"
		" WHERE deleted_at_ms IS NULL ORDER BY id",
		&q);
	jw_key(jw, "rules");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		char id[32];
		struct slice replaces = db_col_text(q, 1);
		int n = snprintf(id, sizeof(id), "rule-%lld", (long long)db_col_int64(q, 0));
		jw_object(jw);
		jw_kv_str(jw, "id", replaces.n > 0 ? replaces : slice_of(id, (size_t)n));
		jw_kv_bool(jw, "enabled", db_col_int64(q, 2) != 0);
		jw_key(jw, "rule");
		jw_raw(jw, db_col_text(q, 3));
		jw_end(jw);
	}
	jw_end(jw);
	return row;
}

static void check_put(struct jw *jw, struct stmt *q)
{
	struct target target = { 0 };
	int kind = name_parse(&check_kind_names, db_col_text(q, 2));
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "name", db_col_text(q, 1));
	jw_kv_int(jw, "asset_id", db_col_int64(q, 4));
	jw_kv_int(jw, "unit_id", db_col_int64(q, 5));
	jw_kv_str(jw, "main", target_metric(db_col_text(q, 2), db_col_text(q, 3)));
	if (kind >= 0 && kind != CHECK_HOST &&
		target_parse((enum check_kind)kind, db_col_text(q, 3), &target) == 0) {
		jw_kv_str(jw, "key", target.host);
	}
	jw_end(jw);
}

static int checks_put(struct db *db, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT w.id, w.name, w.kind, w.target, w.asset_id, a.owner_unit_id FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.enabled = 1 AND"
		" a.retired_at_ms IS NULL ORDER BY w.id",
		&q);
	jw_key(jw, "checks");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		check_put(jw, q);
	}
	jw_end(jw);
	return row;
}

static int firing_put(struct db *db, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT dedup_key, first_at_ms FROM alert WHERE state = 'firing'"
		" AND source = 'detect' ORDER BY id",
		&q);
	jw_key(jw, "firing");
	jw_array(jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(jw);
		jw_kv_str(jw, "key", db_col_text(q, 0));
		jw_kv_int(jw, "since_ms", db_col_int64(q, 1));
		jw_end(jw);
	}
	jw_end(jw);
	return row;
}

/* As they were put down last (desk/calendars.c). */
static int school_put(struct db *db, struct jw *jw)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db,
		"SELECT text FROM policy_version WHERE subject = 'calendar-school'"
		" ORDER BY edition DESC LIMIT 1",
		&q);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		jw_key(jw, "school");
		jw_raw(jw, db_col_text(q, 0));
	}
	return row;
}

int rule_table_put(struct db *db, struct buf *out)
{
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	int row = rules_put(db, &jw);
	row = row < 0 ? row : checks_put(db, &jw);
	row = row < 0 ? row : firing_put(db, &jw);
	row = row < 0 ? row : school_put(db, &jw);
	jw_end(&jw);
	return row < 0 ? row : out->failed ? E_LIMIT : 0;
}
