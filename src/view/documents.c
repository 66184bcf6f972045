/* SPDX-License-Identifier: Apache-2.0 */
/* The papers of one record. */
#include "base/buf.h"
#include "base/err.h"
#include "records/sql.h"
#include "view/notice_acts.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"

#define PART_MAX 200

void view_digest_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	AUTO_BUF struct buf hex;
	struct slice octets = db_col_blob(stmt, column);
	jw_key(&view->jw, key);
	if (octets.n == 0) {
		jw_null(&view->jw);
		return;
	}
	buf_init(&hex, 256);
	buf_put_hex(&hex, octets);
	jw_str(&view->jw, buf_slice(&hex));
}

static int document_put(struct view *view, struct stmt *q)
{
	if (view_document_hidden(view, db_col_text(q, 1))) {
		return 0;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "kind", db_col_text(q, 1));
	jw_kv_str(&view->jw, "name", db_col_text(q, 2));
	jw_kv_str(&view->jw, "state", db_col_text(q, 3));
	view_digest_col(view, "sm3", q, 4);
	view_digest_col(view, "sha256", q, 5);
	page_int_col(view, "octets", q, 6);
	jw_kv_int(&view->jw, "created_at", db_col_int64(q, 7));
	jw_kv_str(&view->jw, "check_code", db_col_text(q, 8));
	page_int_col(view, "word_id", q, 9);
	page_text_col(view, "word_state", q, 10);
	jw_end(&view->jw);
	return 0;
}

static int list_put(struct view *view, const char *key, struct slice about, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT d.id, d.kind, d.name, d.state, b.sm3, b.sha256, b.octets,"
		" d.created_at_ms, d.check_code, w.id, w.state FROM document d LEFT JOIN blob b"
		" ON b.id = d.blob_id LEFT JOIN document w ON w.of_id = d.id"
		" WHERE ((d.about = $1 AND d.about_id = $2) OR ($1 = 'notice'"
		" AND d.about = 'finding' AND d.about_id IN (SELECT a.finding_id"
		" FROM acceptance a WHERE a.notice_id = $2))) AND d.of_id IS NULL"
		" ORDER BY d.id LIMIT $3",
		&q, SQL_TEXT(about), SQL_INT(id), SQL_INT(PART_MAX));
	return page_list(view, key, opened, q, document_put);
}

int view_documents_of(struct view *view, const char *about, int64_t id)
{
	return list_put(view, "documents", slice_str(about), id);
}

/* Whose a record is, and the right it takes to read it; what goes up or is a superior's has its own page. */
static const struct {
	const char *about;
	enum route_id route;
	const char *unit; /* of the record $1 */
} readable[] = {
	{ "event", ROUTE_EVENTS_GET, "SELECT unit_id FROM event WHERE id = $1" },
	{ "filing", ROUTE_FILINGS_GET, "SELECT unit_id FROM filing WHERE id = $1" },
	{ "finding", ROUTE_FINDINGS_GET,
		"SELECT COALESCE(unit_id, 0) FROM finding WHERE id = $1" },
	{ "unit", ROUTE_FINDINGS_LIST, "SELECT id FROM unit WHERE id = $1" },
	/* A way in is told to him by the centre; its stub stays there. */
	{ "person", ROUTE_PEOPLE_ACCESS, "SELECT 0 FROM person WHERE id = $1" },
};

static int reached(struct view *view, struct slice about, int64_t id)
{
	for (size_t i = 0; i < sizeof(readable) / sizeof(readable[0]); i++) {
		int64_t unit_id = 0;
		if (!slice_is(about, readable[i].about)) {
			continue;
		}
		enum scope scope = access_scope(&view->caller, readable[i].route);
		int found = sql_int(view->db, readable[i].unit, &unit_id, SQL_INT(id));
		bool may = found == 1 && scope != SCOPE_NONE &&
			   access_covers(&view->caller, scope, unit_id);
		return found < 0 ? found : may ? 0 : E_ABSENT;
	}
	return E_ABSENT;
}

int view_documents_list(struct view *view)
{
	struct slice about = view_param(view, "about");
	int64_t id = view_param_int(view, "id", 0);
	int error = reached(view, about, id);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	error = list_put(view, "items", about, id);
	jw_end(&view->jw);
	return error;
}
