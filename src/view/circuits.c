/* SPDX-License-Identifier: Apache-2.0 */
#include "view/circuits.h"

#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "records/circuit.h"
#include "rows/query.h"
#include "rows/series.h"
#include "view/list.h"
#include "view/view.h"

enum { WAYS = 2, LINKS_MAX = 2048 };
#define LATE_MS                                                                                \
	(INT64_C(15) * 60 * 1000) /* what was measured longer ago is no longer what is */

enum { NAME, OPERATOR, NUMBER, FAULT_PHONE, DEVICE, PORT, UNIT, NOTE, STATE, TEXT_COUNT };

struct item {
	int64_t id;
	int64_t version;
	int64_t down_bps;
	int64_t up_bps;
	int64_t device_id;
	int64_t unit_id;
	int64_t contract_end_ms;
	int64_t alert_id;
	bool egress;
	bool retired;
	bool port_down;
	struct slice text[TEXT_COUNT];
};

struct link {
	int64_t circuit_id;
	int64_t watch_id;
	struct slice name;
	struct slice state;
};

struct items {
	struct item item[VIEW_PAGE_MAX];
	struct query_latest latest[WAYS * VIEW_PAGE_MAX];
	size_t count;
	struct link link[LINKS_MAX];
	size_t link_count;
};

/* $3 = 0 or the caller's unit, $4 = 1 those taken out of use too. */
#define COLUMNS                                                                                              \
	"SELECT c.id, c.version, c.down_bps, c.up_bps, c.device_id, c.unit_id,"                              \
	" c.contract_end_ms, c.egress, c.retired_at_ms, CASE WHEN " CIRCUIT_PORT_IS_DOWN                     \
	" THEN 1 ELSE 0 END, (SELECT max(x.id) FROM alert x WHERE x.state = 'firing' AND " CIRCUIT_HAS_ALERT \
	"), c.name, c.operator, c.number, c.fault_phone, d.name, c.port, u.name, c.note,"                    \
	" " CIRCUIT_STATE " FROM circuit c LEFT JOIN watch d ON d.id = c.device_id"                          \
	" LEFT JOIN unit u ON u.id = c.unit_id"
#define CONDITIONS " AND ($3 = 0 OR c.unit_id = $3) AND ($4 = 1 OR c.retired_at_ms IS NULL)"

static void row_take(struct view *view, struct stmt *q, void *context)
{
	struct items *items = context;
	struct item *item = &items->item[items->count++];
	*item = (struct item) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.down_bps = db_col_int64(q, 2),
		.up_bps = db_col_int64(q, 3),
		.device_id = db_col_int64(q, 4),
		.unit_id = db_col_int64(q, 5),
		.contract_end_ms = db_col_int64(q, 6),
		.egress = db_col_int64(q, 7) != 0,
		.retired = !db_col_is_null(q, 8),
		.port_down = db_col_int64(q, 9) != 0,
		/* Alerts are the desk's. */
		.alert_id = view->scope == SCOPE_ALL ? db_col_int64(q, 10) : 0,
	};
	for (unsigned i = 0; i < TEXT_COUNT; i++) {
		item->text[i] = arena_dup(view->arena, db_col_text(q, 11 + i));
	}
}

static struct list_query query_of(const struct view *view, struct items *items, bool single)
{
	bool retired = single || view_param_int(view, "retired", 0) == 1;
	return (struct list_query) {
		.above = COLUMNS " WHERE c.id > $1" CONDITIONS " ORDER BY c.id LIMIT $2",
		.one = COLUMNS " WHERE c.id = $1" CONDITIONS " LIMIT $2",
		.count =
			"SELECT count(*) FROM circuit c WHERE c.id > $1" CONDITIONS " LIMIT $2",
		.more = { SQL_INT(view_unit_filter(view)), SQL_INT(retired) },
		.more_count = 2,
		.take = row_take,
		.context = items,
	};
}

/* ---- the checks that tell its state */

static int links_load(struct view *view, struct items *items)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t from = items->count > 0 ? items->item[0].id : 0;
	int64_t to = items->count > 0 ? items->item[items->count - 1].id : 0;
	int row = sql_query(view->db,
		"SELECT k.circuit_id, w.id, w.name, CASE WHEN w.enabled = 0 THEN 'unknown'"
		" ELSE " CHECK_SHOWN
		" END FROM circuit_watch k JOIN watch w ON w.id = k.watch_id"
		" WHERE k.circuit_id BETWEEN $1 AND $2 ORDER BY k.circuit_id, w.id LIMIT $3",
		&q, SQL_INT(from), SQL_INT(to), SQL_INT(LINKS_MAX));
	while (row >= 0 && items->link_count < LINKS_MAX && (row = db_step(q)) == 1) {
		items->link[items->link_count++] = (struct link) {
			.circuit_id = db_col_int64(q, 0),
			.watch_id = db_col_int64(q, 1),
			.name = arena_dup(view->arena, db_col_text(q, 2)),
			.state = arena_dup(view->arena, db_col_text(q, 3)),
		};
	}
	return row < 0 ? row : 0;
}

/* ---- what goes through */

static void rates_load(struct view *view, struct items *items)
{
	static const char *const ways[WAYS] = { "in_bps", "out_bps" };
	struct query_coverage coverage;
	for (size_t i = 0; i < items->count; i++) {
		const struct item *item = &items->item[i];
		for (size_t w = 0; w < WAYS; w++) {
			items->latest[WAYS * i + w].series_id = series_id_of(
				item->device_id, slice_str(ways[w]), item->text[PORT]);
		}
	}
	if (view->env->rows != NULL && items->count > 0) {
		/* What cannot be read is not shown. */
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - LATE_MS,
			items->latest, WAYS * items->count, &coverage);
	}
}

static void rates_put(struct view *view, const struct query_latest latest[WAYS])
{
	struct jw *jw = &view->jw;
	page_int(view, "at", latest[0].found, latest[0].row.ts_ms);
	jw_key(jw, "in_bps");
	jw_double(jw, latest[0].found ? latest[0].row.value : (double)NAN);
	jw_key(jw, "out_bps");
	jw_double(jw, latest[1].found ? latest[1].row.value : (double)NAN);
}

static void checks_put(struct jw *jw, const struct items *items, const struct item *item)
{
	jw_key(jw, "checks");
	jw_array(jw);
	for (size_t i = 0; i < items->link_count; i++) {
		const struct link *link = &items->link[i];
		if (link->circuit_id == item->id) {
			jw_object(jw);
			jw_kv_int(jw, "id", link->watch_id);
			jw_kv_str(jw, "name", link->name);
			jw_kv_str(jw, "state", link->state);
			jw_end(jw);
		}
	}
	jw_end(jw);
}

static void item_put(struct view *view, const struct items *items, size_t at)
{
	const struct item *item = &items->item[at];
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", item->id);
	jw_kv_int(jw, "version", item->version);
	jw_kv_str(jw, "name", item->text[NAME]);
	jw_kv_str(jw, "operator", item->text[OPERATOR]);
	jw_kv_opt(jw, "number", item->text[NUMBER]);
	jw_kv_opt(jw, "fault_phone", item->text[FAULT_PHONE]);
	page_int(view, "down_bps", item->down_bps != 0, item->down_bps);
	page_int(view, "up_bps", item->up_bps != 0, item->up_bps);
	jw_kv_bool(jw, "egress", item->egress);
	page_ref(view, "device", item->device_id, item->text[DEVICE]);
	jw_kv_opt(jw, "port", item->text[PORT]);
	checks_put(jw, items, item);
	page_ref(view, "unit", item->unit_id, item->text[UNIT]);
	page_int(view, "contract_end", item->contract_end_ms != 0, item->contract_end_ms);
	jw_kv_opt(jw, "note", item->text[NOTE]);
	jw_kv_bool(jw, "retired", item->retired);
	jw_kv_str(jw, "state", item->text[STATE]);
	jw_kv_bool(jw, "port_down", item->port_down);
	page_int(view, "alert_id", item->alert_id != 0, item->alert_id);
	rates_put(view, &items->latest[WAYS * at]);
	jw_end(jw);
}

int view_circuits_list(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, items, false);
	struct page page;
	int64_t total = 0;
	int error = page_begin(view, &page);
	error = error < 0 ? error : list_run(view, &page, &query, &total);
	error = error < 0 ? error : links_load(view, items);
	if (error < 0) {
		return error;
	}
	rates_load(view, items);
	for (size_t i = 0; i < items->count; i++) {
		item_put(view, items, i);
	}
	page_end(view, &page, total);
	return 0;
}

int view_circuits_get(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, items, true);
	int error = list_one(view, &query, view->call->id);
	error = error < 0 ? error : links_load(view, items);
	if (error < 0) {
		return error;
	}
	view->version = items->item[0].version;
	rates_load(view, items);
	item_put(view, items, 0);
	return 0;
}

/* ---- of an incident */

static int line_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, CIRCUIT_ID));
	jw_kv_str(&view->jw, "name", db_col_text(q, CIRCUIT_NAME));
	jw_kv_str(&view->jw, "operator", db_col_text(q, CIRCUIT_OPERATOR));
	page_text_col(view, "number", q, CIRCUIT_NUMBER);
	page_text_col(view, "fault_phone", q, CIRCUIT_FAULT_PHONE);
	jw_end(&view->jw);
	return 0;
}

int view_circuits_of(struct view *view, int64_t incident_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = circuits_of_incident(view->db, incident_id, &q);
	return page_list(view, "lines", opened, q, line_put);
}
