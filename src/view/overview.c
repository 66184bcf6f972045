/* SPDX-License-Identifier: Apache-2.0 */
#include "view/overview.h"

#include "access/access.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/jw.h"
#include "model/scale.h"
#include "view/checks.h"
#include "view/circuits.h"
#include "view/page.h"
#include "view/view.h"

enum { UNITS_MAX = 20, SIGN_SAMPLE = 200, FRESH_DAYS = 7 };
#define DAY_MS INT64_C(86400000)

#define OPEN "state NOT IN ('closed', 'withdrawn', 'reassigned')"
#define LATE "state IN ('issued', 'received', 'rectifying', 'returned', 'failed')"

/* The system administrator has no business data: for him these stay zero. */
static bool business(const struct view *view)
{
	return view->caller.role != ROLE_SYSADMIN;
}

static int alerts(struct view *view)
{
	int64_t counts[ALERT_SEVERITY_COUNT] = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	bool shown = business(view) && view->scope == SCOPE_ALL;
	int row = sql_query(view->db,
		"SELECT severity, count(*) FROM alert WHERE state = $1 GROUP BY severity", &q,
		SQL_STR(shown ? "firing" : "-"));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int severity = name_parse(&alert_severity_names, db_col_text(q, 0));
		if (severity >= 0) {
			counts[severity] = db_col_int64(q, 1);
		}
	}
	jw_key(&view->jw, "alerts");
	jw_object(&view->jw);
	for (unsigned i = 0; i < ALERT_SEVERITY_COUNT; i++) {
		jw_kv_int(&view->jw, name_id(&alert_severity_names, i), counts[i]);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

/* all: of the whole school, own: of unit $1.  Two texts, so that an index alone answers each. */
static int count_put(struct view *view, const char *key, const char *all, const char *own,
	struct sql_arg more)
{
	int64_t count = 0;
	int64_t unit_id = view_unit_filter(view);
	int row = business(view) ? sql_int(view->db, unit_id == 0 ? all : own, &count,
					   SQL_INT(unit_id), more)
				 : 0;
	jw_kv_int(&view->jw, key, count);
	return row < 0 ? row : 0;
}

static int counts(struct view *view)
{
	int64_t todo = 0;
	struct sql_arg now = SQL_INT(view->now_ms);
	int error = count_put(view, "incidents_open",
		"SELECT count(*) FROM incident WHERE state IN ('open', 'acked', 'mitigating')"
		" AND $1 = 0 AND $2 = $2",
		"SELECT 0 WHERE $1 <> 0 AND $2 = $2", SQL_INT(0));
	error = error < 0 ? error
			  : count_put(view, "notices_open",
				    "SELECT count(*) FROM notice WHERE " OPEN
				    " AND $1 = 0 AND $2 = $2",
				    "SELECT count(*) FROM notice WHERE unit_id = $1 AND " OPEN
				    " AND state NOT IN ('draft', 'review') AND $2 = $2",
				    SQL_INT(0));
	error = error < 0 ? error
			  : count_put(view, "notices_overdue",
				    "SELECT count(*) FROM notice WHERE " LATE
				    " AND $1 = 0 AND due_at_ms < $2",
				    "SELECT count(*) FROM notice WHERE " LATE
				    " AND unit_id = $1 AND due_at_ms < $2",
				    now);
	error = error < 0 ? error
			  : count_put(view, "overdue_units",
				    "SELECT count(DISTINCT unit_id) FROM notice WHERE " LATE
				    " AND $1 = 0 AND due_at_ms < $2",
				    "SELECT count(DISTINCT unit_id) FROM notice WHERE " LATE
				    " AND unit_id = $1 AND due_at_ms < $2",
				    now);
	error = error < 0
			? error
			: count_put(view, "events_open",
				  "SELECT count(*) FROM event WHERE drill = 0 AND state NOT IN"
				  " ('closed', 'not_event') AND $1 = 0 AND $2 = $2",
				  "SELECT count(*) FROM event WHERE drill = 0 AND state NOT IN"
				  " ('closed', 'not_event') AND unit_id = $1 AND $2 = $2",
				  SQL_INT(0));
	error = error < 0 ? error : view_todo_count(view, &todo);
	jw_kv_int(&view->jw, "todo", todo);
	return error;
}

/* Mean time from issue to signature of the newest notices. */
static int sign_minutes(struct view *view)
{
	int64_t sum = 0;
	int64_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int64_t unit_id = view_unit_filter(view);
	int row = sql_query(view->db,
		unit_id == 0
			? "SELECT signed_at_ms - issued_at_ms FROM notice WHERE signed_at_ms IS NOT"
			  " NULL AND $1 = 0 ORDER BY id DESC LIMIT $2"
			: "SELECT signed_at_ms - issued_at_ms FROM notice WHERE signed_at_ms IS NOT"
			  " NULL AND unit_id = $1 ORDER BY id DESC LIMIT $2",
		&q, SQL_INT(unit_id), SQL_INT(business(view) ? SIGN_SAMPLE : 0));
	while (row >= 0 && (row = db_step(q)) == 1) {
		sum += db_col_int64(q, 0);
		count++;
	}
	jw_key(&view->jw, "sign_minutes");
	if (count > 0) {
		jw_int(&view->jw, sum / count / 60000);
	} else {
		jw_null(&view->jw);
	}
	return row < 0 ? row : 0;
}

static int unit_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "unit", q, 0);
	jw_kv_int(&view->jw, "notices", db_col_int64(q, 2));
	jw_kv_int(&view->jw, "closed", db_col_int64(q, 3));
	jw_kv_int(&view->jw, "overdue", db_col_int64(q, 4));
	jw_end(&view->jw);
	return 0;
}

/* Of this year; who has most to do first.  Each count walks an index of its own, and only of units that are shown. */
#define THIS_YEAR " WHERE n.unit_id = u.id AND n.issued_at_ms >= $2 AND n."
static int units(struct view *view)
{
	struct civil today = civil_of_ms(view->now_ms, CIVIL_CHINA_OFFSET_MIN);
	struct civil new_year = { .year = today.year, .month = 1, .day = 1 };
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"WITH late (unit_id, n) AS (SELECT unit_id, count(*) FROM notice WHERE " LATE
		" AND due_at_ms < $1 AND issued_at_ms >= $2 GROUP BY unit_id),"
		" most (id, name, late) AS (SELECT u.id, u.name, coalesce(l.n, 0) AS late"
		" FROM unit u LEFT JOIN late l ON l.unit_id = u.id WHERE EXISTS (SELECT 1"
		" FROM notice n" THIS_YEAR "state <> 'withdrawn') AND ($3 = 0 OR u.id = $3)"
		" ORDER BY late DESC, u.id LIMIT $4)"
		" SELECT u.id, u.name,"
		" (SELECT count(*) FROM notice n" THIS_YEAR "state <> 'withdrawn'),"
		" (SELECT count(*) FROM notice n" THIS_YEAR "state = 'closed'), u.late"
		" FROM most u ORDER BY u.late DESC, u.id",
		&q, SQL_INT(view->now_ms),
		SQL_INT(civil_to_ms(&new_year, CIVIL_CHINA_OFFSET_MIN)),
		SQL_INT(view_unit_filter(view)), SQL_INT(business(view) ? UNITS_MAX : 0));
	return page_list(view, "units", opened, q, unit_put);
}

/* Only to those who may see the list it counts. */
static int found_put(struct view *view)
{
	enum scope scope = access_scope(&view->caller, ROUTE_DISCOVERED_LIST);
	AUTO_STMT struct stmt *q = NULL;
	jw_key(&view->jw, "found");
	if (scope == SCOPE_NONE) {
		jw_null(&view->jw);
		return 0;
	}
	int row = sql_query(view->db,
		"SELECT count(*), coalesce(sum(CASE WHEN found_at_ms >= $1 THEN 1 ELSE 0 END), 0)"
		" FROM discovered WHERE state IN ('new', 'handed') AND ($2 = 0 OR unit_id = $2)",
		&q, SQL_INT(view->now_ms - FRESH_DAYS * DAY_MS),
		SQL_INT(view_unit_filter(view)));
	row = row < 0 ? row : db_step(q);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "all", row == 1 ? db_col_int64(q, 0) : 0);
	jw_kv_int(&view->jw, "fresh", row == 1 ? db_col_int64(q, 1) : 0);
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

int view_overview_get(struct view *view)
{
	jw_object(&view->jw);
	int error = view_since(view);
	error = error < 0 ? error : alerts(view);
	error = error < 0 ? error : counts(view);
	error = error < 0 ? error : sign_minutes(view);
	error = error < 0 ? error : view_checks_overview(view);
	error = error < 0 ? error : view_net_counts(view);
	error = error < 0 ? error : view_egress(view);
	error = error < 0 ? error : found_put(view);
	error = error < 0 ? error : units(view);
	jw_end(&view->jw);
	return error;
}
