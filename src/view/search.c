/* SPDX-License-Identifier: Apache-2.0 */
#include "records/search.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "model/sentence.h"
#include "view/overview.h"
#include "view/page.h"
#include "view/view.h"

enum { HITS_A_KIND = 20 };

/*
 * own: whose records a unit's people may read, $3 the unit; NULL = none of the kind.
 * sql: $1 id; columns: title, args when the title is a sentence, state, at.
 */
static const struct {
	const char *kind;
	enum route_id route; /* who may read it there may find it here */
	const char *all;
	const char *own;
	const char *sql;
} kinds[] = {
	{ "notice", ROUTE_NOTICES_GET, "notice r WHERE $3 = 0",
		"notice r WHERE r.unit_id = $3 AND r.state NOT IN ('draft', 'review')",
		"SELECT CASE WHEN n.number IS NULL THEN n.title ELSE n.number || ' ' || n.title"
		" END, NULL, n.state, n.created_at_ms FROM notice n WHERE n.id = $1" },
	{ "finding", ROUTE_FINDINGS_GET, "finding r WHERE $3 = 0",
		"finding r WHERE r.unit_id = $3",
		"SELECT title, NULL, state, found_at_ms FROM finding WHERE id = $1" },
	{ "event", ROUTE_EVENTS_GET, "event r WHERE $3 = 0", "event r WHERE r.unit_id = $3",
		"SELECT number || ' ' || title, NULL, state, reported_at_ms FROM event WHERE id = $1" },
	{ "incoming", ROUTE_INCOMING_GET, "incoming r WHERE $3 = 0", NULL,
		"SELECT CASE WHEN title IS NULL THEN register_no ELSE register_no || ' ' || title"
		" END, NULL, state, created_at_ms FROM incoming WHERE id = $1" },
	{ "incident", ROUTE_INCIDENTS_GET, "incident r WHERE $3 = 0",
		"incident r WHERE r.unit_id = $3",
		"SELECT code, args, state, opened_at_ms FROM incident WHERE id = $1" },
	{ "alert", ROUTE_ALERTS_GET, "alert r WHERE $3 = 0", "alert r WHERE r.unit_id = $3",
		"SELECT code, args, state, first_at_ms FROM alert WHERE id = $1" },
	{ "asset", ROUTE_ASSETS_GET, "asset r WHERE $3 = 0",
		"asset r WHERE r.owner_unit_id = $3",
		"SELECT name, NULL, kind, NULL FROM asset WHERE id = $1" },
	{ "check", ROUTE_CHECKS_GET, "watch r WHERE $3 = 0",
		"watch r WHERE r.asset_id IN (SELECT id FROM asset WHERE owner_unit_id = $3)",
		"SELECT name, NULL, kind, NULL FROM watch WHERE id = $1" },
	{ "maintenance", ROUTE_MAINTENANCE_GET, "maintenance r WHERE $3 = 0", NULL,
		"SELECT reason, NULL, kind, made_at_ms FROM maintenance WHERE id = $1" },
	{ "unit", ROUTE_UNITS_GET, "unit r WHERE $3 = 0", "unit r WHERE r.id = $3",
		"SELECT name, NULL, kind, NULL FROM unit WHERE id = $1" },
	{ "person", ROUTE_PEOPLE_GET, "person r WHERE $3 = 0", "person r WHERE r.unit_id = $3",
		"SELECT name, NULL, title, NULL FROM person WHERE id = $1" },
};

static struct slice title_of(struct view *view, struct stmt *q)
{
	const struct json *args = NULL;
	if (db_col_is_null(q, 1)) {
		return db_col_text(q, 0);
	}
	if (json_parse(view->arena, arena_dup(view->arena, db_col_text(q, 1)), 0, &args, NULL) <
		0) {
		args = NULL;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 2048);
	sentence_put(&text, LANG_ZH, db_col_text(q, 0), args);
	return arena_dup(view->arena, buf_slice(&text));
}

static int hit_put(struct view *view, size_t kind, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, kinds[kind].sql, &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "kind", slice_str(kinds[kind].kind));
	jw_kv_int(&view->jw, "id", id);
	jw_kv_str(&view->jw, "title", title_of(view, q));
	page_text_col(view, "state", q, 2);
	page_int_col(view, "at", q, 3);
	jw_end(&view->jw);
	return 1;
}

static int kind_put(struct view *view, size_t kind, struct slice query)
{
	int64_t ids[HITS_A_KIND];
	enum scope scope = access_scope(&view->caller, kinds[kind].route);
	bool all = scope == SCOPE_ALL;
	const char *among = all ? kinds[kind].all : kinds[kind].own;
	if (scope == SCOPE_NONE || among == NULL) {
		return 0;
	}
	struct search_want want = { .kind = kinds[kind].kind,
		.query = query,
		.among = among,
		.unit_id = all                         ? 0
			   : view->caller.unit_id != 0 ? view->caller.unit_id
						       : -1,
		.count_max = HITS_A_KIND };
	int count = search_find_among(view->db, &want, ids);
	int error = count == E_INPUT ? 0 : count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		int hit = hit_put(view, kind, ids[i]);
		error = hit < 0 ? hit : 0;
	}
	return error;
}

int view_search_list(struct view *view)
{
	struct page page;
	struct slice query = view_param(view, "q");
	int error = page_begin(view, &page);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && error == 0; i++) {
		error = kind_put(view, i, query);
	}
	if (error == 0) {
		page_end(view, &page, -1);
	}
	return error;
}
