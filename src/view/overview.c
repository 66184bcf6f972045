/* SPDX-License-Identifier: Apache-2.0 */
#include "view/overview.h"

#include <stdio.h>

#include "base/err.h"
#include "rows/query.h"
#include "view/page.h"
#include "view/view.h"

enum { SERVICES_MAX = 8, UNITS_MAX = 8, MONTH_DAYS = 30, BUDGET_MS = 1500 };

/* How bad a state of a check is, by its number in model/check.h. */
static const uint8_t badness[QUERY_STATES_MAX] = { 0, 2, 4, 3, 1, 1 };

static int64_t number(struct view *view, const char *sql, int64_t a)
{
	int64_t value = 0;
	return sql_int(view->db, sql, &value, SQL_INT(a)) < 0 ? 0 : value;
}

static void alerts_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT severity, count(*) FROM alert WHERE state = $1 GROUP BY severity"
				      " ORDER BY severity",
		&q, SQL_STR("firing"));
	jw_key(&view->jw, "alerts");
	jw_object(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_key_slice(&view->jw, db_col_text(q, 0));
		jw_int(&view->jw, db_col_int64(q, 1));
	}
	jw_end(&view->jw);
}

struct service {
	int64_t id;
	struct query_beats beats;
	struct query_latest latest;
};

static void service_put(struct view *view, struct stmt *q, const struct service *s)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	page_ref_col(view, "asset", q, 2);
	jw_kv_str(jw, "name", db_col_text(q, 4));
	jw_kv_str(jw, "kind", db_col_text(q, 5));
	jw_kv_str(jw, "target", db_col_text(q, 6));
	page_json_col(view, "params", q, 7);
	jw_kv_int(jw, "interval_s", db_col_int64(q, 8));
	jw_kv_int(jw, "retries", db_col_int64(q, 9));
	jw_kv_str(jw, "severity", db_col_text(q, 10));
	jw_kv_bool(jw, "enabled", true);
	jw_kv_str(jw, "state", db_col_text(q, 11));
	page_int_col(view, "since", q, 12);
	jw_key(jw, "beats");
	jw_array(jw);
	for (size_t i = 0; i < QUERY_BEATS; i++) {
		jw_int(jw, s->beats.worst[i]);
	}
	jw_end(jw);
	if (s->beats.samples > 0) {
		char text[16];
		int n = snprintf(text, sizeof(text), "%.2f", 100.0 * (double)s->beats.up / (double)s->beats.samples);
		jw_kv_str(jw, "up_ratio", slice_of(text, (size_t)n));
	}
	if (s->latest.found) {
		jw_kv_int(jw, "last_at", s->latest.row.ts_ms);
		jw_kv_int(jw, "latency_us", s->latest.row.latency_us);
	}
	jw_end(jw);
}

#define SERVICE_SQL \
	"SELECT w.id, w.version, w.asset_id, a.name, w.name, w.kind, w.target, w.params, w.interval_s, w.retries," \
	" w.severity, w.live_state, w.live_since_ms FROM watch w LEFT JOIN asset a ON a.id = w.asset_id" \
	" WHERE w.enabled = 1 AND ($1 = 0 OR a.owner_unit_id = $1)" \
	" ORDER BY CASE w.live_state WHEN 'down' THEN 0 WHEN 'unreachable' THEN 1 WHEN 'degraded' THEN 2 ELSE 3 END," \
	" CASE w.severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 WHEN 'minor' THEN 2 ELSE 3 END, w.id LIMIT $2"

/* The services that matter most: what is broken first, then by severity. */
static int services_put(struct view *view)
{
	struct service services[SERVICES_MAX] = { 0 };
	struct query_beats beats[SERVICES_MAX] = { 0 };
	struct query_latest latest[SERVICES_MAX] = { 0 };
	struct query_coverage coverage = { 0 };
	size_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, SERVICE_SQL, &q, SQL_INT(view_unit_filter(view)), SQL_INT(SERVICES_MAX));
	while (row >= 0 && count < SERVICES_MAX && (row = db_step(q)) == 1) {
		beats[count].series_id = db_col_int64(q, 0);
		latest[count++].series_id = db_col_int64(q, 0);
	}
	db_done(q);
	q = NULL;
	if (row >= 0 && view->env->rows != NULL && count > 0) {
		struct query_request range = { .kind = ROW_SAMPLE, .from_ms = view->now_ms - INT64_C(86400000),
			.to_ms = view->now_ms, .limits = { QUERY_ROWS_DEFAULT, BUDGET_MS }, .arena = view->arena };
		(void)!query_beats(view->env->rows, &range, badness, beats, count, &coverage);
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - 3600000, latest, count, &coverage);
	}
	jw_key(&view->jw, "services");
	jw_array(&view->jw);
	row = row < 0 ? row
		      : sql_query(view->db, SERVICE_SQL, &q, SQL_INT(view_unit_filter(view)), SQL_INT(SERVICES_MAX));
	for (size_t i = 0; row >= 0 && i < count && (row = db_step(q)) == 1; i++) {
		services[i] = (struct service){ db_col_int64(q, 0), beats[i], latest[i] };
		service_put(view, q, &services[i]);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

static int units_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT u.id, u.name, count(n.id), sum(CASE WHEN n.state = 'closed' THEN 1 ELSE 0 END),"
		" sum(CASE WHEN n.overdue_level > 0 AND n.state NOT IN ('closed', 'withdrawn') THEN 1 ELSE 0 END)"
		" FROM notice n JOIN unit u ON u.id = n.unit_id WHERE n.issued_at_ms > $1 AND ($2 = 0 OR n.unit_id = $2)"
		" GROUP BY u.id, u.name ORDER BY count(n.id) DESC, u.id LIMIT $3",
		&q, SQL_INT(view->now_ms - INT64_C(183) * 86400000), SQL_INT(view_unit_filter(view)),
		SQL_INT(UNITS_MAX));
	jw_key(&view->jw, "units");
	jw_array(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&view->jw);
		page_ref_col(view, "unit", q, 0);
		jw_kv_int(&view->jw, "notices", db_col_int64(q, 2));
		jw_kv_int(&view->jw, "closed", db_col_int64(q, 3));
		jw_kv_int(&view->jw, "overdue", db_col_int64(q, 4));
		jw_end(&view->jw);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

int view_overview(struct view *view)
{
	struct jw *jw = &view->jw;
	int64_t unit = view_unit_filter(view);
	jw_object(jw);
	if (view->scope == SCOPE_ALL) {
		alerts_put(view);
	} else {
		/* Alerts are the centre's; a unit hears of them by notice. */
		jw_key(jw, "alerts");
		jw_object(jw);
		jw_end(jw);
	}
	jw_kv_int(jw, "incidents_open",
		view->scope != SCOPE_ALL
			? 0
			: number(view, "SELECT count(*) FROM incident WHERE state IN ('open', 'acked', 'mitigating')"
				       " AND opened_at_ms > $1", 0));
	jw_kv_int(jw, "notices_open",
		number(view,
			"SELECT count(*) FROM notice WHERE state NOT IN ('closed', 'withdrawn') AND issued_at_ms IS NOT NULL"
			" AND ($1 = 0 OR unit_id = $1)",
			unit));
	jw_kv_int(jw, "notices_overdue",
		number(view,
			"SELECT count(*) FROM notice WHERE state NOT IN ('closed', 'withdrawn') AND overdue_level > 0"
			" AND ($1 = 0 OR unit_id = $1)",
			unit));
	jw_kv_int(jw, "overdue_units",
		number(view,
			"SELECT count(DISTINCT unit_id) FROM notice WHERE state NOT IN ('closed', 'withdrawn')"
			" AND overdue_level > 0 AND ($1 = 0 OR unit_id = $1)",
			unit));
	jw_kv_int(jw, "todo",
		number(view, "SELECT count(*) FROM finding WHERE state = 'new' AND ($1 = 0 OR unit_id = $1)", unit));
	int64_t minutes = number(view,
		"SELECT CAST(avg(signed_at_ms - issued_at_ms) AS BIGINT) FROM notice WHERE signed_at_ms IS NOT NULL AND issued_at_ms > $1",
		view->now_ms - (int64_t)MONTH_DAYS * 86400000);
	jw_kv_int(jw, "sign_minutes", minutes / 60000);
	int error = services_put(view);
	error = error < 0 ? error : units_put(view);
	jw_end(jw);
	return error;
}
