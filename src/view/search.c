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

enum { HITS_A_KIND = 20, LOOKED_AT_MAX = 400 };

/* $1 id, $2 unit filter; columns: title, args when the title is a sentence, state, at. */
static const struct {
	const char *kind;
	enum route_id route; /* who may read it there may find it here */
	const char *sql;
} kinds[] = {
	{ "notice", ROUTE_NOTICES_GET,
		"SELECT CASE WHEN n.number IS NULL THEN n.title ELSE n.number || ' ' || n.title"
		" END, NULL, n.state, n.created_at_ms FROM notice n WHERE n.id = $1"
		" AND ($2 = 0 OR (n.unit_id = $2 AND n.state NOT IN ('draft', 'review')))" },
	{ "finding", ROUTE_FINDINGS_GET,
		"SELECT title, NULL, state, found_at_ms FROM finding WHERE id = $1"
		" AND ($2 = 0 OR unit_id = $2)" },
	{ "incoming", ROUTE_INCOMING_GET,
		"SELECT CASE WHEN title IS NULL THEN register_no ELSE register_no || ' ' || title"
		" END, NULL, state, created_at_ms FROM incoming WHERE id = $1 AND $2 = 0" },
	{ "incident", ROUTE_INCIDENTS_GET,
		"SELECT code, args, state, opened_at_ms FROM incident WHERE id = $1"
		" AND ($2 = 0 OR unit_id = $2)" },
	{ "asset", ROUTE_ASSETS_GET,
		"SELECT name, NULL, kind, NULL FROM asset WHERE id = $1"
		" AND ($2 = 0 OR owner_unit_id = $2)" },
	{ "maintenance", ROUTE_MAINTENANCE_GET,
		"SELECT reason, NULL, kind, made_at_ms FROM maintenance WHERE id = $1"
		" AND $2 = 0" },
	{ "unit", ROUTE_UNITS_GET,
		"SELECT name, NULL, kind, NULL FROM unit WHERE id = $1"
		" AND ($2 = 0 OR id = $2)" },
	{ "person", ROUTE_PEOPLE_GET,
		"SELECT name, NULL, title, NULL FROM person WHERE id = $1"
		" AND ($2 = 0 OR unit_id = $2)" },
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

static int hit_put(struct view *view, size_t kind, int64_t unit_id, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, kinds[kind].sql, &q, SQL_INT(id), SQL_INT(unit_id));
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
	int64_t ids[LOOKED_AT_MAX];
	enum scope scope = access_scope(&view->caller, kinds[kind].route);
	if (scope == SCOPE_NONE) {
		return 0;
	}
	int64_t own = view->caller.unit_id != 0 ? view->caller.unit_id : -1;
	int count = search_find(view->db, kinds[kind].kind, query, ids, LOOKED_AT_MAX);
	int error = count == E_INPUT ? 0 : count < 0 ? count : 0;
	int put = 0;
	for (int i = 0; i < count && error == 0 && put < HITS_A_KIND; i++) {
		int hit = hit_put(view, kind, scope == SCOPE_ALL ? 0 : own, ids[i]);
		error = hit < 0 ? hit : 0;
		put += hit > 0;
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
