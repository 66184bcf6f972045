/* SPDX-License-Identifier: Apache-2.0 */
#include "view/assets.h"

#include "base/arena.h"
#include "base/err.h"
#include "view/list.h"
#include "view/view.h"

struct item {
	int64_t id;
	int64_t version;
	int64_t mlps_level;
	int64_t open_alerts;
	int64_t domain_end_ms;
	int64_t icp_end_ms;
	struct slice text[15]; /* as the columns below */
	int64_t unit_id[3];
	unsigned state; /* place in worst_first */
};

struct items {
	struct item item[VIEW_PAGE_MAX];
	size_t count;
};

/* $3 = 0 or the caller's unit, $4 = 0 or the unit asked for, $5 = a kind or "", $6 = 1 retired ones too. */
#define COLUMNS                                                                                \
	"SELECT a.id, a.version, a.mlps_level, a.owner_unit_id, a.operate_unit_id, "           \
	"a.use_unit_id, a.name, a.kind,"                                                       \
	" a.address, a.domain, a.importance, a.exposure, o.name, m.name, v.name, a.host, "     \
	"a.vendor, a.vendor_phone,"                                                            \
	" a.note, a.icp_number, a.tags, a.domain_end_ms, a.icp_end_ms FROM asset a"            \
	" LEFT JOIN unit o ON o.id = a.owner_unit_id"                                          \
	" LEFT JOIN unit m ON m.id = a.operate_unit_id LEFT JOIN unit v ON v.id = "            \
	"a.use_unit_id"
#define CONDITIONS                                                                             \
	" AND ($3 = 0 OR a.owner_unit_id = $3) AND ($4 = 0 OR a.owner_unit_id = $4) AND ($5 "  \
	"= '' OR a.kind = $5)"                                                                 \
	" AND ($6 = 1 OR a.retired_at_ms IS NULL)"

enum {
	NAME,
	KIND,
	ADDRESS,
	DOMAIN,
	IMPORTANCE,
	EXPOSURE,
	OWNER,
	OPERATE,
	USE,
	HOST,
	VENDOR,
	VENDOR_PHONE,
	NOTE,
	ICP_NUMBER,
	TAGS,
	TEXTS
};

/* What the worst of an asset's checks says; without any, nobody knows. */
static const char *const worst_first[] = { "down", "unreachable", "degraded", "unknown",
	"maintenance", "up", NULL };
enum { STATE_UNKNOWN = 3, STATE_NONE = 6 };

static void row_take(struct view *view, struct stmt *q, void *context)
{
	struct items *items = context;
	struct item *item = &items->item[items->count++];
	*item = (struct item) { .id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.mlps_level = db_col_int64(q, 2),
		.state = STATE_NONE };
	for (unsigned i = 0; i < 3; i++) {
		item->unit_id[i] = db_col_int64(q, 3 + i);
	}
	item->domain_end_ms = db_col_int64(q, 6 + TEXTS);
	item->icp_end_ms = db_col_int64(q, 7 + TEXTS);
	for (unsigned i = 0; i < TEXTS; i++) {
		item->text[i] = arena_dup(view->arena, db_col_text(q, 6 + i));
	}
}

static struct list_query query_of(const struct view *view, struct items *items, bool single)
{
	return (struct list_query) {
		.kind = "asset",
		.above = COLUMNS " WHERE a.id > $1" CONDITIONS " ORDER BY a.id LIMIT $2",
		.one = COLUMNS " WHERE a.id = $1" CONDITIONS " LIMIT $2",
		.count = "SELECT count(*) FROM asset a WHERE a.id > $1" CONDITIONS " LIMIT $2",
		.more = { SQL_INT(view_unit_filter(view)),
			SQL_INT(single ? 0 : view_param_int(view, "unit_id", 0)),
			SQL_TEXT(single ? SLICE("") : view_param(view, "kind")),
			SQL_INT(single) },
		.more_count = 4,
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

static unsigned state_place(struct slice state)
{
	for (unsigned i = 0; worst_first[i] != NULL; i++) {
		if (slice_is(state, worst_first[i])) {
			return i;
		}
	}
	return STATE_UNKNOWN;
}

static int live_load(struct view *view, struct items *items)
{
	int64_t from = INT64_MAX;
	int64_t to = 0;
	for (size_t i = 0; i < items->count; i++) {
		from = items->item[i].id < from ? items->item[i].id : from;
		to = items->item[i].id > to ? items->item[i].id : to;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT x.asset_id, x.state, x.n FROM (SELECT asset_id, live_state AS state,"
		" count(*) AS n FROM watch WHERE asset_id BETWEEN $1 AND $2"
		" AND enabled = 1 GROUP BY asset_id, live_state UNION ALL SELECT asset_id, '',"
		" count(*) FROM alert WHERE state = 'firing' AND asset_id BETWEEN $1"
		" AND $2 GROUP BY asset_id) AS x",
		&q, SQL_INT(from), SQL_INT(to));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct item *item = item_of(items, db_col_int64(q, 0));
		struct slice state = db_col_text(q, 1);
		if (item != NULL && state.n == 0) {
			item->open_alerts = db_col_int64(q, 2);
		} else if (item != NULL) {
			unsigned place = state_place(state);
			item->state = place < item->state ? place : item->state;
		}
	}
	return row;
}

static void item_put(struct view *view, const struct item *item)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", item->id);
	jw_kv_int(jw, "version", item->version);
	jw_kv_str(jw, "name", item->text[NAME]);
	jw_kv_str(jw, "kind", item->text[KIND]);
	jw_kv_opt(jw, "address", item->text[ADDRESS]);
	jw_kv_opt(jw, "domain", item->text[DOMAIN]);
	jw_kv_str(jw, "importance", item->text[IMPORTANCE]);
	page_int(view, "mlps_level", item->mlps_level != 0, item->mlps_level);
	jw_kv_str(jw, "exposure", item->text[EXPOSURE]);
	page_ref(view, "owner_unit", item->unit_id[0], item->text[OWNER]);
	page_ref(view, "operate_unit", item->unit_id[1], item->text[OPERATE]);
	page_ref(view, "use_unit", item->unit_id[2], item->text[USE]);
	jw_kv_opt(jw, "host", item->text[HOST]);
	jw_kv_opt(jw, "vendor", item->text[VENDOR]);
	jw_kv_opt(jw, "vendor_phone", item->text[VENDOR_PHONE]);
	jw_kv_opt(jw, "note", item->text[NOTE]);
	page_int(view, "domain_end", item->domain_end_ms != 0, item->domain_end_ms);
	jw_kv_opt(jw, "icp_number", item->text[ICP_NUMBER]);
	page_int(view, "icp_end", item->icp_end_ms != 0, item->icp_end_ms);
	jw_kv_opt(jw, "tags", item->text[TAGS]);
	jw_kv_str(jw, "state",
		slice_str(
			worst_first[item->state == STATE_NONE ? STATE_UNKNOWN : item->state]));
	jw_kv_int(jw, "open_alerts", item->open_alerts);
	jw_end(jw);
}

static int items_put(struct view *view, struct items *items)
{
	int error = items->count == 0 ? 0 : live_load(view, items);
	for (size_t i = 0; error >= 0 && i < items->count; i++) {
		item_put(view, &items->item[i]);
	}
	return error;
}

int view_assets_list(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, items, false);
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

int view_assets_get(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, items, true);
	int error = list_one(view, &query, view->call->id);
	if (error < 0) {
		return error;
	}
	view->version = items->item[0].version;
	return items_put(view, items);
}
