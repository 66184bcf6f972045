/* SPDX-License-Identifier: Apache-2.0 */
/* What happened while the caller was away: since his session before this one was last used. */
#include "access/access.h"
#include "base/jw.h"
#include "view/overview.h"
#include "view/page.h"
#include "view/view.h"

/* Counted of the caller's unit ($1, 0 = all) from $2 until $3. */
static const struct part {
	const char *key;
	enum route_id
		route; /* whose list it counts; who may not see that does not see the count */
	const char *sql;
} parts[] = {
	{ "incidents", ROUTE_INCIDENTS_LIST,
		"SELECT count(*) FROM incident WHERE opened_at_ms >= $2 AND opened_at_ms < $3"
		" AND ($1 = 0 OR unit_id = $1)" },
	/* Nobody took it up: it went by itself. */
	{ "recovered", ROUTE_INCIDENTS_LIST,
		"SELECT count(*) FROM incident WHERE resolved_at_ms >= $2 AND resolved_at_ms < $3"
		" AND acked_by IS NULL"
		" AND ($1 = 0 OR unit_id = $1)" },
	{ "findings", ROUTE_FINDINGS_LIST,
		"SELECT count(*) FROM finding WHERE found_at_ms >= $2 AND found_at_ms < $3"
		" AND ($1 = 0 OR unit_id = $1)" },
	{ "overdue", ROUTE_NOTICES_LIST,
		"SELECT count(*) FROM notice WHERE state IN ('issued', 'received', 'rectifying',"
		" 'returned', 'failed') AND due_at_ms >= $2 AND due_at_ms < $3"
		" AND ($1 = 0 OR unit_id = $1)" },
};

static int count_put(struct view *view, const struct part *part, int64_t since_ms)
{
	int64_t count = 0;
	if (access_scope(&view->caller, part->route) == SCOPE_NONE) {
		jw_kv_int(&view->jw, part->key, 0);
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, part->sql, &q, SQL_INT(view_unit_filter(view)),
		SQL_INT(since_ms), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		count = db_col_int64(q, 0);
	}
	jw_kv_int(&view->jw, part->key, count);
	return row < 0 ? row : 0;
}

/* 0 = he was never here before, or asks with a token. */
static int last_here(struct view *view, int64_t *ret_ms)
{
	*ret_ms = 0;
	if (view->caller.session_id == 0) {
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT coalesce(max(b.seen_at_ms), 0) FROM session s JOIN session b"
		" ON b.account_id = s.account_id AND b.created_at_ms < s.created_at_ms"
		" WHERE s.id = $1",
		&q, SQL_INT(view->caller.session_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_ms = db_col_int64(q, 0);
	}
	return row < 0 ? row : 0;
}

int view_since(struct view *view)
{
	int64_t since_ms = 0;
	int error = last_here(view, &since_ms);
	jw_key(&view->jw, "since");
	if (error < 0 || since_ms == 0 || view->caller.role == ROLE_SYSADMIN) {
		jw_null(&view->jw);
		return error;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "at_ms", since_ms);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && error == 0; i++) {
		error = count_put(view, &parts[i], since_ms);
	}
	jw_end(&view->jw);
	return error;
}
