/* SPDX-License-Identifier: Apache-2.0 */
#include "view/unit_links.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "view/page.h"
#include "view/view.h"

enum { LINKS_MAX = 50, READERS_MAX = 300, PICTURE_TEXT_MAX = 1024 * 1024 };

static struct sql_arg key_arg(const struct view *view, struct digest *digest)
{
	*digest = digest_of(DIGEST_SHA256, view->call->key);
	return SQL_BLOB(slice_of(digest->octet, DIGEST_OCTETS));
}

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

/* ---- passed on */

static int reader_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "person", q, 0);
	page_int_col(view, "read_at", q, 2);
	jw_kv_int(&view->jw, "reads", db_col_int64(q, 3));
	jw_end(&view->jw);
	return 0;
}

static int readers_put(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT p.id, p.name, r.read_at_ms, r.reads FROM pass_on_reader r LEFT JOIN person p"
		" ON p.id = r.person_id WHERE r.pass_on_id = $1 ORDER BY r.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(READERS_MAX));
	return page_list(view, "readers", opened, q, reader_put);
}

static int pass_on_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_int(jw, "notice_id", db_col_int64(q, 2));
	page_ref_col(view, "by", q, 3);
	jw_kv_int(jw, "at", db_col_int64(q, 5));
	jw_kv_str(jw, "text", db_col_text(q, 6));
	jw_kv_bool(jw, "with_findings", db_col_int64(q, 7) != 0);
	jw_kv_int(jw, "expires_at", db_col_int64(q, 8));
	page_int_col(view, "ended_at", q, 9);
	jw_kv_int(jw, "sent", db_col_int64(q, 10));
	jw_kv_int(jw, "read", db_col_int64(q, 11));
	int error = readers_put(view, db_col_int64(q, 0));
	jw_end(jw);
	return error;
}

/* 0, or E_ABSENT when the record is of a unit out of reach. */
static int unit_of(struct view *view, const char *sql)
{
	int64_t unit_id = 0;
	int row = sql_int(view->db, sql, &unit_id, SQL_INT(view->call->id));
	return row <= 0 ? (row < 0 ? row : E_ABSENT) : view_unit_reached(view, unit_id);
}

static int list(struct view *view, const char *sql, int (*put)(struct view *, struct stmt *))
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(
				view->db, sql, &q, SQL_INT(view->call->id), SQL_INT(LINKS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_pass_ons_list(struct view *view)
{
	int error = unit_of(view,
		view->scope == SCOPE_ALL
			? "SELECT unit_id FROM notice WHERE id = $1"
			: "SELECT unit_id FROM notice WHERE id = $1 AND state NOT IN ('draft', "
			  "'review')");
	return error < 0
		       ? error
		       : list(view,
				 "SELECT o.id, o.version, o.notice_id, p.id, p.name, o.at_ms, o.text,"
				 " o.with_findings, o.expires_at_ms, o.ended_at_ms, (SELECT count(*)"
				 " FROM pass_on_reader r WHERE r.pass_on_id = o.id"
				 " AND r.person_id IS NOT NULL), (SELECT count(*) FROM pass_on_reader r"
				 " WHERE r.pass_on_id = o.id AND r.read_at_ms IS NOT NULL"
				 " AND r.person_id IS NOT NULL)"
				 " FROM pass_on o JOIN person p ON p.id = o.by_id"
				 " WHERE o.notice_id = $1 ORDER BY o.id DESC LIMIT $2",
				 pass_on_put);
}

static int finding_title_put(struct view *view, struct stmt *q)
{
	jw_str(&view->jw, db_col_text(q, 0));
	return 0;
}

/* Titles alone, and only where the officer chose so. */
static int pass_findings(struct view *view, int64_t notice_id, bool with)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT title FROM finding WHERE notice_id = $1 AND $2 = 1 ORDER BY id", &q,
		SQL_INT(notice_id), SQL_INT(with));
	return page_list(view, "findings", opened, q, finding_title_put);
}

int view_pass_get(struct view *view)
{
	struct digest digest;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT u.name, p.name, o.at_ms, n.number, o.text, o.with_findings, n.id"
		" FROM pass_on_reader r JOIN pass_on o ON o.id = r.pass_on_id"
		" JOIN notice n ON n.id = o.notice_id JOIN unit u ON u.id = o.unit_id"
		" JOIN person p ON p.id = o.by_id WHERE r.digest = $1 AND o.ended_at_ms IS NULL"
		" AND o.expires_at_ms > $2",
		&q, key_arg(view, &digest), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "unit", db_col_text(q, 0));
	jw_kv_str(&view->jw, "by", db_col_text(q, 1));
	jw_kv_int(&view->jw, "at", db_col_int64(q, 2));
	page_text_col(view, "number", q, 3);
	jw_kv_str(&view->jw, "text", db_col_text(q, 4));
	int error = pass_findings(view, db_col_int64(q, 6), db_col_int64(q, 5) != 0);
	error = error < 0 ? error : school_put(view);
	jw_end(&view->jw);
	return error;
}

/* ---- helpers */

static int report_put(struct view *view, struct stmt *q)
{
	AUTO_BUF struct buf picture;
	buf_init(&picture, PICTURE_TEXT_MAX);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "at", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "done", db_col_text(q, 2));
	if (!db_col_is_null(q, 3)) {
		buf_put_base64(&picture, db_col_blob(q, 3));
	}
	jw_kv_opt(&view->jw, "picture", buf_slice(&picture));
	jw_end(&view->jw);
	return 0;
}

static int reports_put(struct view *view, int64_t link_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT id, at_ms, done, picture FROM helper_report WHERE link_id = $1"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(link_id), SQL_INT(LINKS_MAX));
	return page_list(view, "reports", opened, q, report_put);
}

static int helper_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_int(jw, "finding_id", db_col_int64(q, 2));
	jw_kv_str(jw, "helper", db_col_text(q, 3));
	page_ref_col(view, "made_by", q, 4);
	jw_kv_int(jw, "made_at", db_col_int64(q, 6));
	jw_kv_int(jw, "expires_at", db_col_int64(q, 7));
	page_int_col(view, "ended_at", q, 8);
	page_text_col(view, "ended_why", q, 9);
	int error = reports_put(view, db_col_int64(q, 0));
	jw_end(jw);
	return error;
}

int view_helpers_list(struct view *view)
{
	int error = unit_of(view, "SELECT unit_id FROM finding WHERE id = $1");
	return error < 0
		       ? error
		       : list(view,
				 "SELECT h.id, h.version, h.finding_id, h.helper, p.id, p.name,"
				 " h.made_at_ms, h.expires_at_ms, h.ended_at_ms,"
				 " h.ended_why FROM helper_link h JOIN person p ON p.id = h.made_by"
				 " WHERE h.finding_id = $1 ORDER BY h.id DESC LIMIT $2",
				 helper_put);
}

int view_helper_get(struct view *view)
{
	struct digest digest;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT u.name, h.helper, f.title, f.grade, a.name, f.description, f.advice,"
		" h.expires_at_ms, h.id FROM helper_link h JOIN finding f ON f.id = h.finding_id"
		" JOIN unit u ON u.id = h.unit_id LEFT JOIN asset a ON a.id = f.asset_id"
		" WHERE h.digest = $1 AND h.ended_at_ms IS NULL AND h.expires_at_ms > $2"
		" AND f.state IN ('noticed', 'remediated')",
		&q, key_arg(view, &digest), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "unit", db_col_text(q, 0));
	jw_kv_str(jw, "helper", db_col_text(q, 1));
	jw_kv_str(jw, "title", db_col_text(q, 2));
	jw_kv_str(jw, "grade", db_col_text(q, 3));
	page_text_col(view, "asset", q, 4);
	page_text_col(view, "description", q, 5);
	page_text_col(view, "advice", q, 6);
	jw_kv_int(jw, "expires_at", db_col_int64(q, 7));
	int error = reports_put(view, db_col_int64(q, 8));
	error = error < 0 ? error : school_put(view);
	jw_end(jw);
	return error;
}
