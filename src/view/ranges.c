/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges, freezes, and how far the sweep is. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "model/setting.h"
#include "view/discovered.h"
#include "view/page.h"
#include "view/view.h"

#define HOUR_MS INT64_C(3600000)

static int subnet_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	jw_kv_str(jw, "network", db_col_text(q, 3));
	jw_kv_str(jw, "mode", db_col_text(q, 4));
	page_ref_col(view, "unit", q, 5);
	jw_kv_bool(jw, "snmp", db_col_int64(q, 7) != 0);
	page_text_col(view, "note", q, 8);
	jw_kv_int(jw, "open", db_col_int64(q, 9));
	jw_end(jw);
	return 0;
}

static int paged(struct view *view, struct page *page, int opened, struct stmt *q,
	int (*put)(struct view *view, struct stmt *row))
{
	int row = opened;
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(page, 0, db_col_int64(q, 0))) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, page, -1);
	}
	return row < 0 ? row : 0;
}

int view_subnets_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	int opened = sql_query(view->db,
		"SELECT s.id, s.version, s.name, s.network, s.mode, u.id, u.name, s.snmp, s.note,"
		" (SELECT count(*) FROM discovered d WHERE d.live_subnet_id = s.id"
		" AND d.state IN ('new', 'handed')) FROM subnet s"
		" LEFT JOIN unit u ON u.id = s.unit_id WHERE s.removed_at_ms IS NULL"
		" AND s.id > $1 ORDER BY s.id LIMIT $2",
		&q, SQL_INT(page.has_cursor ? page.after_id : 0), SQL_INT(page.limit + 1));
	return paged(view, &page, opened, q, subnet_put);
}

static const char *freeze_state(const struct view *view, struct stmt *q)
{
	return !db_col_is_null(q, 9)                ? "ended"
	       : db_col_int64(q, 5) <= view->now_ms ? "over"
	       : db_col_int64(q, 4) <= view->now_ms ? "open"
						    : "planned";
}

static int freeze_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "reason", db_col_text(q, 2));
	page_text_col(view, "approval", q, 3);
	jw_kv_int(jw, "from", db_col_int64(q, 4));
	jw_kv_int(jw, "to", db_col_int64(q, 5));
	jw_kv_str(jw, "state", slice_str(freeze_state(view, q)));
	page_ref_col(view, "made_by", q, 6);
	jw_kv_int(jw, "made_at", db_col_int64(q, 8));
	page_int_col(view, "ended_at", q, 9);
	page_ref_col(view, "ended_by", q, 10);
	jw_end(jw);
	return 0;
}

int view_freezes_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	int opened = sql_query(view->db,
		"SELECT f.id, f.version, f.reason, f.approval, f.from_ms, f.to_ms, m.id, m.name,"
		" f.made_at_ms, f.ended_at_ms, e.id, e.name FROM scan_freeze f"
		" JOIN person m ON m.id = f.made_by LEFT JOIN person e ON e.id = f.ended_by"
		" WHERE f.id < $1 ORDER BY f.id DESC LIMIT $2",
		&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
		SQL_INT(page.limit + 1));
	return paged(view, &page, opened, q, freeze_put);
}

/* ---- how far it is */

static int counts_put(struct view *view)
{
	static const struct {
		const char *name;
		const char *sql;
	} counts[] = {
		{ "open", "SELECT count(*) FROM discovered WHERE state IN ('new', 'handed')" },
		{ "handed", "SELECT count(*) FROM discovered WHERE state = 'handed'" },
		{ "ignored", "SELECT count(*) FROM discovered WHERE state = 'ignored'" },
		{ "ranges", "SELECT count(*) FROM subnet WHERE removed_at_ms IS NULL" },
		{ "active",
			"SELECT count(*) FROM subnet WHERE removed_at_ms IS NULL AND mode = 'active'" },
	};
	int row = 0;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && row >= 0; i++) {
		int64_t count = 0;
		row = sql_int_args(view->db, counts[i].sql, &count, NULL, 0);
		jw_kv_int(&view->jw, counts[i].name, count);
	}
	return row < 0 ? row : 0;
}

/* A JSON text of one row, or NULL. */
static int json_of(struct view *view, const char *sql, struct sql_arg arg,
	const struct json **ret_value, int64_t *ret_at_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, sql, &q, arg);
	row = row < 0 ? row : db_step(q);
	*ret_value = NULL;
	if (row == 1) {
		*ret_at_ms = db_col_int64(q, 1);
		struct slice text = arena_dup(view->arena, db_col_text(q, 0));
		if (json_parse(view->arena, text, 0, ret_value, NULL) < 0) {
			*ret_value = NULL;
		}
	}
	return row < 0 ? row : 0;
}

static void ms_put(struct jw *jw, const char *name, int64_t at_ms)
{
	jw_key(jw, name);
	if (at_ms > 0) {
		jw_int(jw, at_ms);
	} else {
		jw_null(jw);
	}
}

static void state_put(
	struct view *view, const struct json *state, int64_t reported_ms, int64_t round_hours)
{
	struct jw *jw = &view->jw;
	int64_t total = json_get_int(state, "total", 0);
	int64_t asked = json_get_int(state, "next", 0);
	int64_t began_ms = json_get_int(state, "round_began_ms", 0);
	bool done = total > 0 && asked >= total;
	jw_kv_int(jw, "total", total);
	jw_kv_int(jw, "asked", asked);
	jw_kv_int(jw, "answered", json_get_int(state, "answered", 0));
	jw_kv_int(jw, "too_wide", json_get_int(state, "too_wide", 0));
	ms_put(jw, "round_began", began_ms);
	ms_put(jw, "next_round", done ? began_ms + round_hours * HOUR_MS : 0);
	ms_put(jw, "reported_at", reported_ms);
}

static int freeze_now_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT to_ms, reason FROM scan_freeze WHERE ended_at_ms IS NULL AND from_ms <= $1"
		" AND to_ms > $1 ORDER BY to_ms DESC, id LIMIT 1",
		&q, SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	ms_put(&view->jw, "frozen_until", row == 1 ? db_col_int64(q, 0) : 0);
	jw_kv_opt(&view->jw, "freeze", row == 1 ? db_col_text(q, 1) : (struct slice) { 0 });
	return row < 0 ? row : 0;
}

int view_discovery_get(struct view *view)
{
	const struct json *state = NULL;
	const struct json *pace = NULL;
	int64_t reported_ms = 0;
	int64_t version = 0;
	jw_object(&view->jw);
	int error = counts_put(view);
	error = error < 0 ? error
			  : json_of(view, "SELECT state, at_ms FROM sweep_state WHERE id = $1",
				    SQL_INT(1), &state, &reported_ms);
	error = error < 0 ? error
			  : json_of(view, "SELECT value, version FROM setting WHERE key = $1",
				    SQL_STR("sweep"), &pace, &version);
	int64_t round_hours = json_get_int(pace, "round_hours", SETTING_SWEEP_ROUND_HOURS);
	state_put(view, state, reported_ms, round_hours);
	error = error < 0 ? error : freeze_now_put(view);
	jw_kv_int(&view->jw, "per_second",
		json_get_int(pace, "per_second", SETTING_SWEEP_PER_SECOND));
	jw_kv_int(&view->jw, "round_hours", round_hours);
	jw_end(&view->jw);
	return error;
}
