/* SPDX-License-Identifier: Apache-2.0 */
#include "view/alerts.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "records/search.h"
#include "view/page.h"
#include "view/view.h"

enum { HITS_MAX = 200, DELIVERIES_MAX = 200 };

#define ALERT_COLUMNS \
	"a.id, a.version, a.severity, a.state, a.source, a.class, a.code, a.args, a.asset_id, s.name, a.asset_key," \
	" a.unit_id, u.name, a.live_count, a.first_at_ms, a.live_last_at_ms, a.resolved_at_ms, a.incident_id," \
	" i.state, a.dedup_key, a.watch_id, a.evidence, a.trace" \
	" FROM alert a LEFT JOIN asset s ON s.id = a.asset_id LEFT JOIN unit u ON u.id = a.unit_id" \
	" LEFT JOIN incident i ON i.id = a.incident_id"

static void alert_put(struct view *view, struct stmt *q)
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
	page_text_col(view, "trace", q, 22);
	jw_end(jw);
}

/* Open ones are few and have an index; the rest is paged from the newest. */
static int alerts_by_time(struct view *view, struct page *page)
{
	struct slice state = view_param(view, "state");
	struct slice severity = view_param(view, "severity");
	const char *want = slice_is(state, "open") || slice_is(state, "firing") ? "firing"
		: slice_is(state, "resolved")				  ? "resolved"
										  : "";
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT " ALERT_COLUMNS
		" WHERE ($1 = '' OR a.state = $1) AND ($2 = '' OR a.severity = $2)"
		" AND ($3 = 0 OR a.first_at_ms < $4 OR (a.first_at_ms = $4 AND a.id < $5))"
		" ORDER BY a.first_at_ms DESC, a.id DESC LIMIT $6",
		&q, SQL_STR(want), SQL_TEXT(severity), SQL_INT(page->has_cursor ? 1 : 0), SQL_INT(page->after),
		SQL_INT(page->after_id), SQL_INT(page->limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(page, db_col_int64(q, 14), db_col_int64(q, 0))) {
		alert_put(view, q);
	}
	return row < 0 ? row : 0;
}

static int alerts_by_words(struct view *view, struct page *page, struct slice words)
{
	int64_t ids[HITS_MAX];
	int count = search_find(view->db, "alert", words, ids, HITS_MAX);
	if (count == E_INPUT) {
		return 0; /* no word in it: nothing is found */
	}
	for (int i = 0; i < count; i++) {
		AUTO_STMT struct stmt *q = NULL;
		int row = sql_query(view->db, "SELECT " ALERT_COLUMNS " WHERE a.id = $1", &q, SQL_INT(ids[i]));
		row = row < 0 ? row : db_step(q);
		if (row < 0) {
			return row;
		}
		if (row == 1 && !page_take(page, db_col_int64(q, 14), ids[i])) {
			return 0;
		}
		if (row == 1) {
			alert_put(view, q);
		}
	}
	return count < 0 ? count : 0;
}

int view_alerts(struct view *view)
{
	struct page page;
	struct slice words = view_param(view, "q");
	int64_t firing = 0;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	error = words.n > 0 ? alerts_by_words(view, &page, words) : alerts_by_time(view, &page);
	if (error == 0) {
		error = sql_int(view->db, "SELECT count(*) FROM alert WHERE state = $1", &firing, SQL_STR("firing"));
	}
	page_end(view, &page, words.n > 0 ? -1 : firing);
	return error < 0 ? error : 0;
}

int view_alert(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT " ALERT_COLUMNS " WHERE a.id = $1", &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 11));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	alert_put(view, q);
	return 0;
}

/* ---- deliveries */

#define DELIVERY_COLUMNS \
	"d.id, d.channel, d.address, d.person_id, p.name, d.subject, d.state, d.live_attempts, d.queued_at_ms," \
	" d.sent_at_ms, d.live_next_at_ms, d.live_error, d.about, d.about_id" \
	" FROM delivery d LEFT JOIN person p ON p.id = d.person_id"

static void delivery_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "channel", db_col_text(q, 1));
	jw_kv_str(jw, "to", db_col_text(q, 2));
	page_ref_col(view, "person", q, 3);
	jw_kv_str(jw, "subject", db_col_text(q, 5));
	jw_kv_str(jw, "state", db_col_text(q, 6));
	jw_kv_int(jw, "attempts", db_col_int64(q, 7));
	jw_kv_int(jw, "queued_at", db_col_int64(q, 8));
	page_int_col(view, "sent_at", q, 9);
	page_int_col(view, "next_at", q, 10);
	page_text_col(view, "error", q, 11);
	jw_kv_str(jw, "about", db_col_text(q, 12));
	jw_kv_int(jw, "about_id", db_col_int64(q, 13));
	jw_end(jw);
}

int alerts_put_deliveries(struct view *view, const char *about, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT " DELIVERY_COLUMNS " WHERE d.about = $1 AND d.about_id = $2 ORDER BY d.id LIMIT $3", &q,
		SQL_STR(about), SQL_INT(id), SQL_INT(DELIVERIES_MAX));
	jw_key(&view->jw, "deliveries");
	jw_array(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		delivery_put(view, q);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

int view_deliveries(struct view *view)
{
	struct page page;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT " DELIVERY_COLUMNS " WHERE ($1 = '' OR d.state = $1) AND ($2 = 0 OR d.id < $3)"
		" ORDER BY d.id DESC LIMIT $4",
		&q, SQL_TEXT(view_param(view, "state")), SQL_INT(page.has_cursor ? 1 : 0), SQL_INT(page.after_id),
		SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		delivery_put(view, q);
	}
	page_end(view, &page, -1);
	return row < 0 ? row : 0;
}

/* ---- incidents */

#define INCIDENT_COLUMNS \
	"i.id, i.version, i.state, i.severity, i.code, i.args, i.asset_id, s.name, i.unit_id, u.name," \
	" i.opened_at_ms, i.acked_at_ms, i.acked_by, p.name, i.resolved_at_ms, i.closed_at_ms, i.close_code," \
	" i.finding_id FROM incident i LEFT JOIN asset s ON s.id = i.asset_id" \
	" LEFT JOIN unit u ON u.id = i.unit_id LEFT JOIN person p ON p.id = i.acked_by"

static void incident_open(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
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
}

static void empty_list(struct view *view, const char *name)
{
	jw_key(&view->jw, name);
	jw_array(&view->jw);
	jw_end(&view->jw);
}

int view_incidents(struct view *view)
{
	struct page page;
	int error = page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT " INCIDENT_COLUMNS
		" WHERE ($1 = '' OR i.state = $1) AND ($2 = 0 OR i.opened_at_ms < $3 OR"
		" (i.opened_at_ms = $3 AND i.id < $4)) ORDER BY i.opened_at_ms DESC, i.id DESC LIMIT $5",
		&q, SQL_TEXT(view_param(view, "state")), SQL_INT(page.has_cursor ? 1 : 0), SQL_INT(page.after),
		SQL_INT(page.after_id), SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, db_col_int64(q, 10), db_col_int64(q, 0))) {
		incident_open(view, q);
		empty_list(view, "alerts");
		empty_list(view, "timeline");
		empty_list(view, "deliveries");
		jw_end(&view->jw);
	}
	page_end(view, &page, -1);
	return row < 0 ? row : 0;
}

static int incident_alerts(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT " ALERT_COLUMNS " WHERE a.incident_id = $1 ORDER BY a.id LIMIT $2", &q,
		SQL_INT(id), SQL_INT(HITS_MAX));
	jw_key(&view->jw, "alerts");
	jw_array(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		alert_put(view, q);
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

int view_incident(struct view *view)
{
	int64_t id = view->call->id;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT " INCIDENT_COLUMNS " WHERE i.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 8));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	incident_open(view, q);
	error = incident_alerts(view, id);
	error = error < 0 ? error : page_timeline(view, "incident", id);
	error = error < 0 ? error : alerts_put_deliveries(view, "incident", id);
	jw_end(&view->jw);
	return error;
}

/* ---- the page behind an acknowledgement link */

static struct slice school_name(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	const struct json *school = NULL;
	int row = sql_query(view->db, "SELECT value FROM setting WHERE key = $1", &q, SQL_STR("school"));
	row = row < 0 ? row : db_step(q);
	if (row != 1 || json_parse(view->arena, arena_dup(view->arena, db_col_text(q, 0)), 0, &school, NULL) < 0) {
		return (struct slice){ 0 };
	}
	return json_get_str(school, "name");
}

int view_ack(struct view *view)
{
	struct digest digest = digest_of(DIGEST_SHA256, view->call->key);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT i.code, i.args, i.severity, i.state, p.name, b.name, i.opened_at_ms FROM ack_key k"
		" JOIN incident i ON i.id = k.incident_id JOIN person p ON p.id = k.person_id"
		" LEFT JOIN person b ON b.id = i.acked_by WHERE k.digest = $1 AND k.expires_at_ms > $2",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	page_sentence_col(view, "title", q, 0);
	jw_kv_str(jw, "severity", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_str(jw, "person", db_col_text(q, 4));
	page_text_col(view, "acked_by", q, 5);
	jw_kv_int(jw, "opened_at", db_col_int64(q, 6));
	jw_kv_str(jw, "school", school_name(view));
	jw_end(jw);
	return 0;
}
