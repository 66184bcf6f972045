/* SPDX-License-Identifier: Apache-2.0 */
#include "view/knowledge.h"

#include "base/err.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"

enum { EDITIONS_MAX = 100 };

static void texts_put(struct view *view, struct stmt *q, unsigned column)
{
	static const char *const names[] = { "name", "body", "proof", "name_en", "body_en",
		"proof_en" };
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		page_text_col(view, names[i], q, column + i);
	}
}

#define FROM                                                                                   \
	"SELECT k.id, k.version, k.shelf, k.kind, k.edition, k.name, k.body, k.proof,"         \
	" k.name_en, k.body_en, k.proof_en, k.shipped, k.created_at_ms, k.changed_at_ms,"      \
	" k.changed_by, p.name, k.retired_at_ms FROM knowledge k"                              \
	" LEFT JOIN person p ON p.id = k.changed_by"

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "shelf", db_col_text(q, 2));
	jw_kv_str(jw, "kind", db_col_text(q, 3));
	jw_kv_int(jw, "edition", db_col_int64(q, 4));
	texts_put(view, q, 5);
	jw_kv_bool(jw, "shipped", !db_col_is_null(q, 11));
	jw_kv_int(jw, "created_at", db_col_int64(q, 12));
	jw_kv_int(jw, "changed_at", db_col_int64(q, 13));
	page_ref_col(view, "changed_by", q, 14);
	page_int_col(view, "retired_at", q, 16);
}

int view_knowledge_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM
			" WHERE k.id > $1 AND ($2 = '' OR k.shelf = $2)"
			" AND ($3 = '' OR k.kind = $3) AND ($4 = 1 OR k.retired_at_ms IS NULL)"
			" ORDER BY k.id LIMIT $5",
			&q, SQL_INT(page.has_cursor ? page.after_id : 0),
			SQL_TEXT(view_param(view, "shelf")), SQL_TEXT(view_param(view, "kind")),
			SQL_INT(view_param_int(view, "retired", 0)), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		members_put(view, q);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

static int edition_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "edition", db_col_int64(q, 0));
	jw_kv_int(jw, "at", db_col_int64(q, 1));
	page_ref_col(view, "by", q, 2);
	jw_kv_bool(jw, "retired", db_col_int64(q, 4) != 0);
	texts_put(view, q, 5);
	jw_end(jw);
	return 0;
}

int view_knowledge_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	AUTO_STMT struct stmt *editions = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, FROM " WHERE k.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	int opened = sql_query(view->db,
		"SELECT e.edition, e.at_ms, e.by_id, p.name, e.retired, e.name, e.body, e.proof,"
		" e.name_en, e.body_en, e.proof_en FROM knowledge_edition e"
		" LEFT JOIN person p ON p.id = e.by_id WHERE e.knowledge_id = $1"
		" ORDER BY e.edition DESC LIMIT $2",
		&editions, SQL_INT(id), SQL_INT(EDITIONS_MAX));
	int error = page_list(view, "editions", opened, editions, edition_put);
	jw_end(&view->jw);
	return error;
}

/* ---- what goes with a finding or a notice */

static int solution_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	jw_kv_int(jw, "edition", db_col_int64(q, 2));
	texts_put(view, q, 3);
	jw_end(jw);
	return 0;
}

/* The edition that stood at a moment: an entry that was retired then is not shown. */
#define SOLUTIONS(kinds)                                                                       \
	"SELECT e.knowledge_id, e.kind, e.edition, e.name, e.body, e.proof, e.name_en,"        \
	" e.body_en, e.proof_en FROM knowledge_edition e JOIN knowledge k"                     \
	" ON k.id = e.knowledge_id AND k.shelf = 'solution' WHERE e.retired = 0"               \
	" AND e.edition = (SELECT max(o.edition) FROM knowledge_edition o"                     \
	" WHERE o.knowledge_id = e.knowledge_id AND o.at_ms <= $2) AND e.kind IN (" kinds ")"  \
	" ORDER BY e.knowledge_id LIMIT $3"

static int before_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "finding_id", db_col_int64(q, 0));
	jw_kv_str(jw, "title", db_col_text(q, 1));
	jw_kv_str(jw, "kind", db_col_text(q, 2));
	page_ref_col(view, "asset", q, 3);
	page_int_col(view, "handled_at", q, 5);
	page_text_col(view, "cause", q, 6);
	page_text_col(view, "measure", q, 7);
	page_text_col(view, "number", q, 8);
	jw_kv_bool(jw, "same_asset", db_col_int64(q, 9) != 0);
	jw_end(jw);
	return 0;
}

/*
 * 上次怎么改的: what was done for closed findings of the same kind, on the same
 * asset first, then elsewhere in the same unit.  A finding that came back is
 * its own predecessor.
 */
#define BEFORE(mine)                                                                           \
	"SELECT f.id, f.title, f.kind, f.asset_id, a.name, f.handled_at_ms, i.cause,"          \
	" i.measure, n.number, CASE WHEN f.asset_id = m.asset_id THEN 1 ELSE 0 END AS same"    \
	" FROM finding m JOIN finding f ON f.kind = m.kind AND f.unit_id = m.unit_id"          \
	" JOIN rectification_item i ON i.finding_id = f.id"                                    \
	" JOIN rectification r ON r.id = i.rectification_id"                                   \
	" JOIN notice n ON n.id = r.notice_id AND n.state IN ('passed', 'briefed',"            \
	" 'upreported', 'closed') LEFT JOIN asset a ON a.id = f.asset_id WHERE " mine          \
	" AND r.round = n.round ORDER BY same DESC, i.id DESC LIMIT $2"

enum { SOLUTIONS_MAX = 20, BEFORE_MAX = 10 };

static int reached(struct view *view, const char *sql, int64_t *ret_at)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, sql, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*ret_at = db_col_is_null(q, 1) ? view->now_ms : db_col_int64(q, 1);
	/* A unit does not learn that a notice is being written. */
	if (view->scope != SCOPE_ALL && db_col_int64(q, 2) != 0) {
		return E_ABSENT;
	}
	return view_unit_reached(view, db_col_int64(q, 0));
}

static int advice_put(
	struct view *view, const char *solutions, const char *before, int64_t at_ms)
{
	AUTO_STMT struct stmt *q = NULL;
	AUTO_STMT struct stmt *b = NULL;
	int opened = sql_query(view->db, solutions, &q, SQL_INT(view->call->id), SQL_INT(at_ms),
		SQL_INT(SOLUTIONS_MAX));
	int error = page_list(view, "solutions", opened, q, solution_put);
	if (error < 0) {
		return error;
	}
	opened = sql_query(view->db, before, &b, SQL_INT(view->call->id), SQL_INT(BEFORE_MAX));
	return page_list(view, "before", opened, b, before_put);
}

static int copy_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "unit", q, 0);
	jw_kv_str(&view->jw, "as", db_col_text(q, 2));
	jw_end(&view->jw);
	return 0;
}

static int copies_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT c.unit_id, u.name, c.as_owner FROM notice_copy c JOIN unit u"
		" ON u.id = c.unit_id WHERE c.notice_id = $1 ORDER BY c.id",
		&q, SQL_INT(view->call->id));
	return page_list(view, "copies", opened, q, copy_put);
}

int view_findings_advice(struct view *view)
{
	int64_t at_ms = 0;
	int error = reached(view,
		"SELECT COALESCE(f.unit_id, 0), NULL, 0 FROM finding f WHERE f.id = $1",
		&at_ms);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	error = advice_put(view, SOLUTIONS("SELECT f.kind FROM finding f WHERE f.id = $1"),
		BEFORE("m.id = $1"), at_ms);
	jw_key(&view->jw, "copies");
	jw_array(&view->jw);
	jw_end(&view->jw);
	jw_end(&view->jw);
	return error;
}

int view_notices_advice(struct view *view)
{
	int64_t at_ms = 0;
	int error = reached(view,
		"SELECT n.unit_id, n.issued_at_ms, CASE WHEN n.state IN ('draft', 'review') THEN 1"
		" ELSE 0 END FROM notice n WHERE n.id = $1",
		&at_ms);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	error = advice_put(view,
		SOLUTIONS("SELECT f.kind FROM finding f WHERE f.notice_id = $1"),
		BEFORE("m.notice_id = $1 AND (f.notice_id IS NULL OR f.notice_id <> $1 OR"
		       " n.id <> $1)"),
		at_ms);
	error = error < 0 ? error : copies_put(view);
	jw_end(&view->jw);
	return error;
}
