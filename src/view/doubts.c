/* SPDX-License-Identifier: Apache-2.0 */
/* Doubts about people in post, reviews of a term, deputies, words to the centre. */
#include "base/arena.h"
#include "base/err.h"
#include "view/filings.h"
#include "view/page.h"
#include "view/view.h"

enum { FACTS_MAX = 50, REVIEW_ROWS_MAX = 2000 };

static int fact_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "signal", db_col_text(q, 0));
	jw_kv_str(&view->jw, "evidence", db_col_text(q, 1));
	jw_kv_int(&view->jw, "at", db_col_int64(q, 2));
	page_ref_col(view, "by", q, 3);
	jw_end(&view->jw);
	return 0;
}

/* Those of the doubt, and those before it that led there. */
static int facts_put(struct view *view, int64_t doubt_id, int64_t person_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT f.signal, f.evidence, f.at_ms, p.id, p.name FROM suspicion_fact f"
		" LEFT JOIN person p ON p.id = f.by_id WHERE f.person_id = $2"
		" AND (f.suspicion_id = $1 OR f.suspicion_id IS NULL) ORDER BY f.id DESC LIMIT $3",
		&q, SQL_INT(doubt_id), SQL_INT(person_id), SQL_INT(FACTS_MAX));
	return page_list(view, "facts", opened, q, fact_put);
}

static int doubt_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	page_ref_col(view, "person", q, 3);
	page_ref_col(view, "unit", q, 5);
	jw_kv_str(jw, "signal", db_col_text(q, 7));
	jw_kv_int(jw, "raised_at", db_col_int64(q, 8));
	jw_kv_int(jw, "due_at", db_col_int64(q, 9));
	jw_kv_int(jw, "level", db_col_int64(q, 10));
	page_ref_col(view, "interim", q, 11);
	page_ref_col(view, "settled_by", q, 13);
	page_int_col(view, "settled_at", q, 15);
	page_text_col(view, "reason", q, 16);
	int error = facts_put(view, db_col_int64(q, 0), db_col_int64(q, 3));
	jw_end(jw);
	return error;
}

/* A list by ids alone: $1 the caller's unit, $2 a word, $3 below which id, $4 how many. */
static int list(struct view *view, const char *sql, struct slice word,
	int (*put)(struct view *view, struct stmt *q))
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db, sql, &q, SQL_INT(view_unit_filter(view)),
				SQL_TEXT(word),
				SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
				SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_doubts_list(struct view *view)
{
	return list(view,
		"SELECT s.id, s.version, s.state, s.person_id, p.name, s.unit_id, u.name, s.signal,"
		" s.raised_at_ms, s.due_at_ms, s.level, s.interim_id, i.name, s.settled_by, b.name,"
		" s.settled_at_ms, s.settled_reason FROM suspicion s JOIN person p"
		" ON p.id = s.person_id JOIN unit u ON u.id = s.unit_id LEFT JOIN person i"
		" ON i.id = s.interim_id LEFT JOIN person b ON b.id = s.settled_by"
		" WHERE ($1 = 0 OR s.unit_id = $1) AND ($2 = '' OR s.state = $2) AND s.id < $3"
		" ORDER BY s.id DESC LIMIT $4",
		view_param(view, "state"), doubt_put);
}

/* ---- reviews */

static int review_row_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "unit", q, 0);
	page_int_col(view, "at", q, 2);
	page_ref_col(view, "by", q, 3);
	jw_end(&view->jw);
	return 0;
}

/* A unit sees its own line; for all only while it is open, which is when somebody asks. */
static int review_rows(struct view *view, int64_t id, bool open)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT u.id, u.name, a.at_ms, p.id, p.name FROM unit u LEFT JOIN"
		" term_review_answer a ON a.unit_id = u.id AND a.review_id = $1 LEFT JOIN person p"
		" ON p.id = a.by_id WHERE ($2 = 0 OR u.id = $2) AND $3 = 1"
		" AND (u.valid_to_ms IS NULL OR a.id IS NOT NULL)"
		" ORDER BY CASE WHEN a.id IS NULL THEN 0 ELSE 1 END, u.id LIMIT $4",
		&q, SQL_INT(id), SQL_INT(view_unit_filter(view)), SQL_INT(open),
		SQL_INT(REVIEW_ROWS_MAX));
	return page_list(view, "rows", opened, q, review_row_put);
}

static int review_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	page_ref_col(view, "opened_by", q, 3);
	jw_kv_int(jw, "opened_at", db_col_int64(q, 5));
	jw_kv_int(jw, "due_at", db_col_int64(q, 6));
	page_int_col(view, "closed_at", q, 7);
	jw_kv_int(jw, "units", db_col_int64(q, 8));
	jw_kv_int(jw, "confirmed", db_col_int64(q, 9));
	page_int_col(view, "mine_at", q, 10);
	int error = review_rows(view, db_col_int64(q, 0), db_col_is_null(q, 7));
	jw_end(jw);
	return error;
}

int view_reviews_list(struct view *view)
{
	return list(view,
		"SELECT r.id, r.version, r.name, r.opened_by, p.name, r.opened_at_ms, r.due_at_ms,"
		" r.closed_at_ms, (SELECT count(*) FROM unit u WHERE u.valid_to_ms IS NULL"
		" AND u.valid_from_ms <= r.due_at_ms), (SELECT count(*) FROM term_review_answer a"
		" WHERE a.review_id = r.id), (SELECT a.at_ms FROM term_review_answer a"
		" WHERE a.review_id = r.id AND a.unit_id = $1) FROM term_review r JOIN person p"
		" ON p.id = r.opened_by WHERE $2 = $2 AND r.id < $3 ORDER BY r.id DESC LIMIT $4",
		(struct slice) { 0 }, review_put);
}

/* ---- deputies */

static int delegation_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	page_ref_col(view, "unit", q, 2);
	jw_kv_str(jw, "role", db_col_text(q, 4));
	page_ref_col(view, "person", q, 5);
	page_ref_col(view, "deputy", q, 7);
	jw_kv_str(jw, "reason", db_col_text(q, 9));
	jw_kv_int(jw, "from", db_col_int64(q, 10));
	jw_kv_int(jw, "to", db_col_int64(q, 11));
	page_int_col(view, "ended_at", q, 12);
	jw_kv_bool(jw, "acting", !db_col_is_null(q, 13) && db_col_is_null(q, 12));
	jw_end(jw);
	return 0;
}

int view_delegations_list(struct view *view)
{
	return list(view,
		"SELECT d.id, d.version, d.unit_id, u.name, d.role, d.person_id, p.name,"
		" d.deputy_id, x.name, d.reason, d.from_ms, d.to_ms, d.ended_at_ms, d.grant_id"
		" FROM delegation d JOIN unit u ON u.id = d.unit_id JOIN person p"
		" ON p.id = d.person_id JOIN person x ON x.id = d.deputy_id"
		" WHERE ($1 = 0 OR d.unit_id = $1) AND $2 = $2 AND d.id < $3"
		" ORDER BY d.id DESC LIMIT $4",
		(struct slice) { 0 }, delegation_put);
}

/* ---- words to the centre */

static int note_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	page_ref_col(view, "unit", q, 1);
	page_ref_col(view, "by", q, 3);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 5));
	jw_kv_str(&view->jw, "text", db_col_text(q, 6));
	page_ref_col(view, "read_by", q, 7);
	page_int_col(view, "read_at", q, 9);
	jw_end(&view->jw);
	return 0;
}

int view_unit_notes_list(struct view *view)
{
	return list(view,
		"SELECT n.id, n.unit_id, u.name, n.by_id, p.name, n.at_ms, n.text, n.read_by,"
		" r.name, n.read_at_ms FROM unit_note n JOIN unit u ON u.id = n.unit_id"
		" JOIN person p ON p.id = n.by_id LEFT JOIN person r ON r.id = n.read_by"
		" WHERE ($1 = 0 OR n.unit_id = $1) AND $2 = $2 AND n.id < $3"
		" ORDER BY n.id DESC LIMIT $4",
		(struct slice) { 0 }, note_put);
}
