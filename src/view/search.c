/* SPDX-License-Identifier: Apache-2.0 */
#include "view/search.h"

#include "records/search.h"
#include "view/page.h"
#include "view/view.h"

enum { HITS_PER_KIND = 20 };

/* Only what the caller may list is looked for; whose a record is stands in the same row. */
static const struct {
	const char *kind;
	enum route_id route;
	const char *sql; /* title, state, at, unit */
} kinds[] = {
	{ "notice", ROUTE_NOTICES_LIST, "SELECT title, state, created_at_ms, unit_id FROM notice WHERE id = $1" },
	{ "finding", ROUTE_FINDINGS_LIST, "SELECT title, state, found_at_ms, unit_id FROM finding WHERE id = $1" },
	{ "asset", ROUTE_ASSETS_LIST, "SELECT name, kind, 0, owner_unit_id FROM asset WHERE id = $1" },
	{ "unit", ROUTE_UNITS_LIST, "SELECT name, kind, valid_from_ms, id FROM unit WHERE id = $1" },
	{ "person", ROUTE_PEOPLE_LIST, "SELECT name, title, 0, unit_id FROM person WHERE id = $1" },
	{ "alert", ROUTE_ALERTS_LIST, "SELECT asset_key, state, first_at_ms, unit_id FROM alert WHERE id = $1" },
};

static int hit_put(struct view *view, size_t kind, enum scope scope, int64_t id, int64_t *left)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, kinds[kind].sql, &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row != 1 || !access_covers(&view->caller, scope, db_col_int64(q, 3))) {
		return row < 0 ? row : 0;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "kind", slice_str(kinds[kind].kind));
	jw_kv_int(&view->jw, "id", id);
	jw_kv_str(&view->jw, "title", db_col_text(q, 0));
	page_text_col(view, "state", q, 1);
	page_int_col(view, "at", q, 2);
	jw_end(&view->jw);
	*left -= 1;
	return 0;
}

static int kind_search(struct view *view, size_t kind, struct slice words, int64_t *left)
{
	int64_t ids[HITS_PER_KIND];
	enum scope scope = access_scope(&view->caller, kinds[kind].route);
	if (scope == SCOPE_NONE) {
		return 0;
	}
	int count = search_find(view->db, kinds[kind].kind, words, ids, HITS_PER_KIND);
	for (int i = 0; i < count && *left > 0; i++) {
		int error = hit_put(view, kind, scope, ids[i], left);
		if (error < 0) {
			return error;
		}
	}
	return 0; /* a query without a word finds nothing */
}

int view_search(struct view *view)
{
	struct slice words = view_param(view, "q");
	struct page page;
	int error = page_begin(view, &page);
	int64_t left = page.limit;
	for (size_t i = 0; error == 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		error = kind_search(view, i, words, &left);
	}
	page_end(view, &page, -1);
	return error;
}
