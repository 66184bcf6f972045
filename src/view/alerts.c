/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "view/alert_put.h"
#include "view/incidents.h"
#include "view/listing.h"
#include "view/page.h"
#include "view/view.h"

#define FROM                                                                                   \
	"SELECT a.id, a.version, a.severity, a.state, a.source, a.class, a.code, a.args,"      \
	" a.asset_id, s.name, a.asset_key, a.unit_id, u.name, a.live_count, a.first_at_ms,"    \
	" a.live_last_at_ms, a.resolved_at_ms, a.incident_id, i.state, a.dedup_key,"           \
	" a.watch_id, a.evidence, a.trace FROM alert a LEFT JOIN asset s ON s.id = a.asset_id" \
	" LEFT JOIN unit u ON u.id = a.unit_id LEFT JOIN incident i ON i.id = a.incident_id"
#define FILTER                                                                                 \
	" AND ($2 = 0 OR a.unit_id = $2) AND ($3 = '' OR a.state = $3)"                        \
	" AND ($4 = '' OR a.severity = $4)"

int view_alert_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "severity", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_str(jw, "source", db_col_text(q, 4));
	jw_kv_str(jw, "class", db_col_text(q, 5));
	page_sentence_col(view, "title", q, 6);
	page_ref_col(view, "asset", q, 8);
	jw_kv_str(jw, "asset_key", db_col_text(q, 10));
	page_ref_col(view, "unit", q, 11);
	jw_kv_int(jw, "count", db_col_int64(q, 13));
	jw_kv_int(jw, "first_at", db_col_int64(q, 14));
	jw_kv_int(jw, "last_at", db_col_int64(q, 15));
	page_int_col(view, "resolved_at", q, 16);
	page_int_col(view, "incident_id", q, 17);
	page_text_col(view, "incident_state", q, 18);
	jw_kv_str(jw, "dedup_key", db_col_text(q, 19));
	page_int_col(view, "check_id", q, 20);
	page_json_col(view, "evidence", q, 21);
	jw_kv_str(jw, "trace", db_col_text(q, 22));
	jw_end(jw);
	return 0;
}

int view_alerts_of(struct view *view, int64_t incident_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		FROM " WHERE a.incident_id = $1 ORDER BY a.id DESC LIMIT $2", &q,
		SQL_INT(incident_id), SQL_INT(VIEW_PAGE_MAX));
	return page_list(view, "alerts", opened, q, view_alert_put);
}

static int list(struct view *view, const struct listing *l, bool all)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	int64_t after = page.has_cursor ? page.after : INT64_MAX;
	int64_t after_id = page.has_cursor ? page.after_id : INT64_MAX;
	if (row == 0) {
		row = sql_query(view->db,
			all ? FROM " WHERE a.id < $5" FILTER
				   " AND $1 = $1 ORDER BY a.id DESC LIMIT $6"
			    : FROM " WHERE (a.first_at_ms, a.id) < ($1, $5)" FILTER
				   " ORDER BY a.first_at_ms DESC, a.id DESC LIMIT $6",
			&q, SQL_INT(after), SQL_INT(l->unit_id), SQL_TEXT(l->state),
			SQL_TEXT(l->word), SQL_INT(after_id), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 &&
		page_take(&page, db_col_int64(q, 14), db_col_int64(q, 0))) {
		row = view_alert_put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_alerts_list(struct view *view)
{
	struct slice state = view_param(view, "state");
	struct slice words = view_param(view, "q");
	bool all = slice_is(state, "all");
	bool resolved = slice_is(state, "resolved");
	if (state.n > 0 && !all && !resolved && !slice_is(state, "open")) {
		return view_refuse(view, E_INPUT, "input.word", "state");
	}
	struct listing listing = { .kind = "alert",
		.by_id = FROM " WHERE a.id = $1" FILTER,
		.put = view_alert_put,
		.unit_id = view_unit_filter(view),
		.state = all        ? SLICE("")
			 : resolved ? SLICE("resolved")
				    : SLICE("firing"),
		.word = view_param(view, "severity") };
	return words.n > 0 ? listing_search(view, &listing, words) : list(view, &listing, all);
}

int view_alerts_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, FROM " WHERE a.id = $1", &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 11));
	if (error == 0) {
		view->version = db_col_int64(q, 1);
		error = view_alert_put(view, q);
	}
	return error;
}
