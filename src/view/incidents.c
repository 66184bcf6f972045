/* SPDX-License-Identifier: Apache-2.0 */
#include "view/incidents.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "view/alert_put.h"
#include "view/circuits.h"
#include "view/page.h"
#include "view/view.h"

#define FROM                                                                                   \
	"SELECT i.id, i.version, i.state, i.severity, i.code, i.args, i.asset_id, a.name,"     \
	" i.unit_id, u.name, i.opened_at_ms, i.acked_at_ms, i.acked_by, p.name,"               \
	" i.resolved_at_ms, i.closed_at_ms, i.close_code, i.finding_id,"                       \
	" (SELECT count(*) FROM affected f WHERE f.incident_id = i.id) FROM incident i"        \
	" LEFT JOIN asset a ON a.id = i.asset_id LEFT JOIN unit u ON u.id = i.unit_id"         \
	" LEFT JOIN person p ON p.id = i.acked_by"

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "severity", db_col_text(q, 3));
	page_sentence_col(view, "title", q, 4);
	page_ref_col(view, "asset", q, 6);
	page_ref_col(view, "unit", q, 8);
	jw_kv_int(jw, "opened_at", db_col_int64(q, 10));
	page_int_col(view, "acked_at", q, 11);
	page_ref_col(view, "acked_by", q, 12);
	page_int_col(view, "resolved_at", q, 14);
	page_int_col(view, "closed_at", q, 15);
	page_text_col(view, "close_code", q, 16);
	page_int_col(view, "finding_id", q, 17);
	jw_kv_int(jw, "affected_count", db_col_int64(q, 18));
}

/* The parts only a single incident shows are empty in a list. */
static void item_put(struct view *view, struct stmt *q)
{
	static const char *const parts[] = { "affected", "lines", "tickets", "alerts",
		"timeline", "deliveries" };
	jw_object(&view->jw);
	members_put(view, q);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		jw_key(&view->jw, parts[i]);
		jw_array(&view->jw);
		jw_end(&view->jw);
	}
	jw_end(&view->jw);
}

static int affected_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "check", q, 0);
	page_ref_col(view, "unit", q, 2);
	jw_kv_int(&view->jw, "from", db_col_int64(q, 4));
	page_int_col(view, "until", q, 5);
	jw_end(&view->jw);
	return 0;
}

static int affected_list(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT w.id, w.name, u.id, u.name, f.from_ms, f.until_ms FROM affected f"
		" JOIN watch w ON w.id = f.watch_id LEFT JOIN asset a ON a.id = w.asset_id"
		" LEFT JOIN unit u ON u.id = a.owner_unit_id WHERE f.incident_id = $1"
		" ORDER BY f.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(VIEW_PAGE_MAX));
	return page_list(view, "affected", opened, q, affected_put);
}

static int ticket_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "number", db_col_text(q, 1));
	page_ref_col(view, "line", q, 2);
	page_text_col(view, "note", q, 4);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 5));
	page_ref_col(view, "by", q, 6);
	jw_end(&view->jw);
	return 0;
}

static int tickets_list(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT t.id, t.number, c.id, c.name, t.note, t.at_ms, p.id, p.name"
		" FROM fault_ticket t LEFT JOIN circuit c ON c.id = t.circuit_id"
		" LEFT JOIN person p ON p.id = t.by_id WHERE t.incident_id = $1"
		" ORDER BY t.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(VIEW_PAGE_MAX));
	return page_list(view, "tickets", opened, q, ticket_put);
}

int view_incidents_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	struct slice state = view_param(view, "state");
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM " WHERE i.id < $1 AND ($2 = '' OR i.state = $2)"
			     " AND ($3 = 0 OR i.unit_id = $3) ORDER BY i.id DESC LIMIT $4",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_TEXT(state), SQL_INT(view_unit_filter(view)),
			SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		item_put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_incidents_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, FROM " WHERE i.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 8));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	error = affected_list(view, id);
	error = error < 0 ? error : view_circuits_of(view, id);
	error = error < 0 ? error : tickets_list(view, id);
	error = error < 0 ? error : view_alerts_of(view, id);
	error = error < 0 ? error : page_timeline(view, "incident", id);
	error = error < 0 ? error : view_deliveries_of(view, "incident", id);
	jw_end(&view->jw);
	return error;
}

/* ---- the acknowledgement link */

static int school_put(struct view *view)
{
	struct slice text = { 0 };
	const struct json *school = NULL;
	int error = setting_load(view->db, view->arena, "school", &text);
	if (error == 0 && text.n > 0 && json_parse(view->arena, text, 0, &school, NULL) < 0) {
		school = NULL;
	}
	jw_kv_str(&view->jw, "school", json_get_str(school, "name"));
	return error;
}

int view_ack_get(struct view *view)
{
	struct digest digest = digest_of(DIGEST_SHA256, view->call->key);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT i.code, i.args, i.severity, i.state, p.name, b.name, i.opened_at_ms,"
		" i.id FROM ack_key k JOIN incident i ON i.id = k.incident_id"
		" JOIN person p ON p.id = k.person_id LEFT JOIN person b ON b.id = i.acked_by"
		" WHERE k.digest = $1 AND k.expires_at_ms > $2",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	jw_object(&view->jw);
	page_sentence_col(view, "title", q, 0);
	jw_kv_str(&view->jw, "severity", db_col_text(q, 2));
	jw_kv_str(&view->jw, "state", db_col_text(q, 3));
	jw_kv_str(&view->jw, "person", db_col_text(q, 4));
	page_text_col(view, "acked_by", q, 5);
	jw_kv_int(&view->jw, "opened_at", db_col_int64(q, 6));
	int error = school_put(view);
	error = error < 0 ? error : view_circuits_of(view, db_col_int64(q, 7));
	jw_end(&view->jw);
	return error;
}
