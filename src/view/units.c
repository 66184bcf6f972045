/* SPDX-License-Identifier: Apache-2.0 */
#include "view/units.h"

#include "base/arena.h"
#include "base/err.h"
#include "view/list.h"
#include "view/view.h"

enum { HEADS_MAX = 3 };

struct holder {
	int64_t id;
	struct slice name;
};

struct item {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice short_name;
	struct slice kind;
	int64_t parent_id;
	int64_t valid_from_ms;
	int64_t valid_to_ms;
	bool is_centre;
	struct holder officer;
	struct holder specialist;
	struct holder head[HEADS_MAX];
	size_t heads;
	int64_t open_notices;
	int64_t assets;
	struct holder interim;
	int64_t doubts;
	int64_t filings;
	struct holder successor;
};

struct items {
	struct item item[VIEW_PAGE_MAX];
	size_t count;
};

/*
 * $3 = 0 or the one unit, $4 = the moment asked for, 0 = now (all that ended
 * are left out) and -1 = ended ones too.  What a unit was called then is the
 * first name it gave up after that moment.
 */
#define FROM_UNIT                                                                                        \
	" FROM unit u LEFT JOIN unit_past h ON $4 > 0 AND h.unit_id = u.id AND h.id = (SELECT min(x.id)" \
	" FROM unit_past x WHERE x.unit_id = u.id AND x.until_ms > $4)"
#define COLUMNS                                                                                                        \
	"SELECT u.id, u.version, COALESCE(h.name, u.name), CASE WHEN h.id IS NULL THEN u.short_name ELSE h.short_name" \
	" END, COALESCE(h.kind, u.kind), CASE WHEN h.id IS NULL THEN u.parent_id ELSE h.parent_id END,"                \
	" u.valid_from_ms, u.valid_to_ms, u.is_centre, u.successor_id,"                                                \
	" (SELECT x.name FROM unit x WHERE x.id = u.successor_id)" FROM_UNIT
#define CONDITIONS                                                                                     \
	" AND ($3 = 0 OR u.id = $3) AND ($4 = -1 OR ($4 = 0 AND u.valid_to_ms IS NULL) OR ($4 > 0 AND" \
	" u.valid_from_ms <= $4 AND (u.valid_to_ms IS NULL OR u.valid_to_ms > $4)))"

static void row_take(struct view *view, struct stmt *q, void *context)
{
	struct items *items = context;
	items->item[items->count++] = (struct item) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.name = arena_dup(view->arena, db_col_text(q, 2)),
		.short_name = arena_dup(view->arena, db_col_text(q, 3)),
		.kind = arena_dup(view->arena, db_col_text(q, 4)),
		.parent_id = db_col_int64(q, 5),
		.valid_from_ms = db_col_int64(q, 6),
		.valid_to_ms = db_col_int64(q, 7),
		.is_centre = db_col_int64(q, 8) != 0,
		.successor = { db_col_int64(q, 9), arena_dup(view->arena, db_col_text(q, 10)) },
	};
}

static struct list_query query_of(
	const struct view *view, int64_t as_of_ms, struct items *items)
{
	return (struct list_query) {
		.kind = "unit",
		.above = COLUMNS " WHERE u.id > $1" CONDITIONS " ORDER BY u.id LIMIT $2",
		.one = COLUMNS " WHERE u.id = $1" CONDITIONS " LIMIT $2",
		.count = "SELECT count(*) FROM unit u WHERE u.id > $1" CONDITIONS " LIMIT $2",
		.more = { SQL_INT(view_unit_filter(view)), SQL_INT(as_of_ms) },
		.more_count = 2,
		.take = row_take,
		.context = items,
	};
}

static struct item *item_of(struct items *items, int64_t id)
{
	for (size_t i = 0; i < items->count; i++) {
		if (items->item[i].id == id) {
			return &items->item[i];
		}
	}
	return NULL;
}

/* Ids of the page lie between these; what falls between them and is not on the page is passed over. */
static void span_of(const struct items *items, int64_t *ret_from, int64_t *ret_to)
{
	*ret_from = INT64_MAX;
	*ret_to = 0;
	for (size_t i = 0; i < items->count; i++) {
		int64_t id = items->item[i].id;
		*ret_from = id < *ret_from ? id : *ret_from;
		*ret_to = id > *ret_to ? id : *ret_to;
	}
}

static void holder_put(struct item *item, struct slice role, struct holder holder)
{
	if (slice_is(role, "officer")) {
		item->officer = item->officer.id == 0 ? holder : item->officer;
	} else if (slice_is(role, "specialist")) {
		item->specialist = item->specialist.id == 0 ? holder : item->specialist;
	} else if (item->heads < HEADS_MAX) {
		item->head[item->heads++] = holder;
	}
}

static int holders_load(struct view *view, struct items *items)
{
	int64_t from = 0;
	int64_t to = 0;
	span_of(items, &from, &to);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT g.unit_id, g.role, p.id, p.name FROM role_grant g JOIN person p ON p.id = g.person_id"
		" WHERE g.unit_id BETWEEN $1 AND $2 AND g.valid_to_ms IS NULL"
		" AND g.role IN ('officer', 'specialist', 'unit_head') AND g.for_id IS NULL"
		" ORDER BY g.unit_id, COALESCE(g.contact_order, 9), g.id",
		&q, SQL_INT(from), SQL_INT(to));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct item *item = item_of(items, db_col_int64(q, 0));
		if (item != NULL) {
			struct holder holder = { db_col_int64(q, 2),
				arena_dup(view->arena, db_col_text(q, 3)) };
			holder_put(item, db_col_text(q, 1), holder);
		}
	}
	return row;
}

static int counts_load(struct view *view, struct items *items)
{
	int64_t from = 0;
	int64_t to = 0;
	span_of(items, &from, &to);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT x.unit_id, x.what, x.n FROM (SELECT unit_id, 0 AS what, count(*) AS n FROM notice"
		" WHERE unit_id BETWEEN $1 AND $2 AND state NOT IN ('draft', 'review', 'closed',"
		" 'withdrawn', 'reassigned')"
		" GROUP BY unit_id UNION ALL SELECT owner_unit_id, 1, count(*) FROM asset"
		" WHERE owner_unit_id BETWEEN $1 AND $2 AND retired_at_ms IS NULL GROUP BY owner_unit_id"
		" UNION ALL SELECT unit_id, 2, count(*) FROM suspicion WHERE unit_id BETWEEN $1 AND $2"
		" AND state = 'open' GROUP BY unit_id UNION ALL SELECT unit_id, 3, count(*) FROM filing"
		" WHERE unit_id BETWEEN $1 AND $2 AND state IN ('submitted', 'verifying', 'approved',"
		" 'returned') GROUP BY unit_id) AS x",
		&q, SQL_INT(from), SQL_INT(to));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct item *item = item_of(items, db_col_int64(q, 0));
		if (item != NULL) {
			int64_t *counts[] = { &item->open_notices, &item->assets, &item->doubts,
				&item->filings };
			*counts[db_col_int64(q, 1) & 3] = db_col_int64(q, 2);
		}
	}
	return row;
}

/* Whoever stands in for nobody in post. */
static int interims_load(struct view *view, struct items *items)
{
	int64_t from = 0;
	int64_t to = 0;
	span_of(items, &from, &to);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT i.unit_id, p.id, p.name FROM interim i JOIN person p ON p.id = i.person_id"
		" WHERE i.unit_id BETWEEN $1 AND $2 AND i.to_ms IS NULL ORDER BY i.id",
		&q, SQL_INT(from), SQL_INT(to));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct item *item = item_of(items, db_col_int64(q, 0));
		if (item != NULL) {
			item->interim = (struct holder) { db_col_int64(q, 1),
				arena_dup(view->arena, db_col_text(q, 2)) };
		}
	}
	return row;
}

static const char *post_state(const struct item *item)
{
	return item->interim.id != 0                               ? "interim"
	       : item->officer.id != 0 || item->specialist.id != 0 ? "filled"
								   : "vacant";
}

static void item_put(struct view *view, const struct item *item)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", item->id);
	jw_kv_int(jw, "version", item->version);
	jw_kv_str(jw, "name", item->name);
	jw_kv_opt(jw, "short_name", item->short_name);
	jw_kv_str(jw, "kind", item->kind);
	page_int(view, "parent_id", item->parent_id != 0, item->parent_id);
	jw_kv_int(jw, "valid_from", item->valid_from_ms);
	page_int(view, "valid_to", item->valid_to_ms != 0, item->valid_to_ms);
	jw_kv_bool(jw, "is_centre", item->is_centre);
	page_ref(view, "officer", item->officer.id, item->officer.name);
	page_ref(view, "specialist", item->specialist.id, item->specialist.name);
	jw_key(jw, "heads");
	jw_array(jw);
	for (size_t i = 0; i < item->heads; i++) {
		jw_object(jw);
		jw_kv_int(jw, "id", item->head[i].id);
		jw_kv_str(jw, "name", item->head[i].name);
		jw_end(jw);
	}
	jw_end(jw);
	jw_kv_int(jw, "open_notices", item->open_notices);
	jw_kv_int(jw, "assets", item->assets);
	jw_kv_str(jw, "post_state", slice_str(post_state(item)));
	page_ref(view, "interim", item->interim.id, item->interim.name);
	jw_kv_int(jw, "doubts", item->doubts);
	jw_kv_int(jw, "filings", item->filings);
	page_ref(view, "successor", item->successor.id, item->successor.name);
	jw_end(jw);
}

static int items_put(struct view *view, struct items *items)
{
	int error = items->count == 0 ? 0 : holders_load(view, items);
	error = error < 0 || items->count == 0 ? error : counts_load(view, items);
	error = error < 0 || items->count == 0 ? error : interims_load(view, items);
	for (size_t i = 0; error >= 0 && i < items->count; i++) {
		item_put(view, &items->item[i]);
	}
	return error;
}

int view_units_list(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	int64_t as_of_ms = view_param_int(view, "as_of", 0);
	struct list_query query = query_of(view, as_of_ms < 0 ? 0 : as_of_ms, items);
	struct page page;
	int64_t total = 0;
	int error = page_begin(view, &page);
	error = error < 0 ? error : list_run(view, &page, &query, &total);
	error = error < 0 ? error : items_put(view, items);
	if (error >= 0) {
		page_end(view, &page, total);
	}
	return error;
}

int view_units_get(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, -1, items);
	int error = list_one(view, &query, view->call->id);
	if (error < 0) {
		return error;
	}
	view->version = items->item[0].version;
	return items_put(view, items);
}
