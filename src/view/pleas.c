/* SPDX-License-Identifier: Apache-2.0 */
#include "view/pleas.h"

#include "base/arena.h"
#include "base/err.h"
#include "view/notice_acts.h"
#include "view/page.h"
#include "view/view.h"

enum { PLEAS_MAX = 50 };

/* ---- of a notice */

static int objections_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "reason", db_col_text(q, 1));
	jw_kv_str(jw, "text", db_col_text(q, 2));
	page_ref_col(view, "unit", q, 3);
	page_ref_col(view, "by", q, 5);
	jw_kv_int(jw, "at", db_col_int64(q, 7));
	jw_kv_int(jw, "due_at", db_col_int64(q, 8));
	page_text_col(view, "decision", q, 9);
	page_text_col(view, "opinion", q, 10);
	page_ref_col(view, "decided_by", q, 11);
	page_int_col(view, "decided_at", q, 13);
	jw_end(jw);
	return 0;
}

static int objections(struct view *view, int64_t notice_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT o.id, o.reason, o.text, o.unit_id, u.name, o.by_id, b.name, o.at_ms,"
		" o.due_at_ms, o.decision, o.opinion, o.decided_by, d.name, o.decided_at_ms"
		" FROM objection o JOIN person b ON b.id = o.by_id"
		" LEFT JOIN unit u ON u.id = o.unit_id LEFT JOIN person d"
		" ON d.id = o.decided_by WHERE o.notice_id = $1 ORDER BY o.id LIMIT $2",
		&q, SQL_INT(notice_id), SQL_INT(PLEAS_MAX));
	return page_list(view, "objections", opened, q, objections_put);
}

static int extensions_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "nth", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "reason", db_col_text(q, 3));
	jw_kv_str(jw, "control", db_col_text(q, 4));
	jw_kv_int(jw, "until", db_col_int64(q, 5));
	jw_kv_str(jw, "rule", db_col_text(q, 6));
	jw_kv_int(jw, "due_before", db_col_int64(q, 7));
	page_int_col(view, "due_after", q, 8);
	page_ref_col(view, "by", q, 9);
	jw_kv_int(jw, "at", db_col_int64(q, 11));
	page_text_col(view, "opinion", q, 12);
	page_ref_col(view, "decided_by", q, 13);
	page_int_col(view, "decided_at", q, 15);
	jw_end(jw);
	return 0;
}

static int extensions(struct view *view, int64_t notice_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT e.id, e.nth, e.state, e.reason, e.control, e.until_ms, e.rule,"
		" e.due_before_ms, e.due_after_ms, e.by_id, b.name, e.at_ms, e.opinion,"
		" e.decided_by, d.name, e.decided_at_ms FROM extension e"
		" JOIN person b ON b.id = e.by_id LEFT JOIN person d ON d.id = e.decided_by"
		" WHERE e.notice_id = $1 ORDER BY e.id LIMIT $2",
		&q, SQL_INT(notice_id), SQL_INT(PLEAS_MAX));
	return page_list(view, "extensions", opened, q, extensions_put);
}

static int controls_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "state", db_col_text(q, 1));
	jw_kv_str(jw, "measure", db_col_text(q, 2));
	jw_kv_str(jw, "reason", db_col_text(q, 3));
	page_ref_col(view, "proposed_by", q, 4);
	jw_kv_int(jw, "proposed_at", db_col_int64(q, 6));
	page_text_col(view, "opinion", q, 7);
	page_ref_col(view, "decided_by", q, 8);
	page_int_col(view, "decided_at", q, 10);
	page_text_col(view, "applied_person", q, 11);
	page_int_col(view, "applied_at", q, 12);
	page_text_col(view, "lifted_person", q, 13);
	page_int_col(view, "lifted_at", q, 14);
	jw_end(jw);
	return 0;
}

static int controls(struct view *view, int64_t notice_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT c.id, c.state, c.measure, c.reason, c.proposed_by, p.name,"
		" c.proposed_at_ms, c.opinion, c.decided_by, d.name, c.decided_at_ms,"
		" c.applied_person, c.applied_at_ms, c.lifted_person, c.lifted_at_ms"
		" FROM control c LEFT JOIN person p ON p.id = c.proposed_by"
		" LEFT JOIN person d ON d.id = c.decided_by"
		/* What is only proposed is the centre's own matter. */
		" WHERE c.notice_id = $1 AND ($3 = 1 OR c.state IN ('approved', 'applied',"
		" 'lifted')) ORDER BY c.id LIMIT $2",
		&q, SQL_INT(notice_id), SQL_INT(PLEAS_MAX), SQL_INT(view->scope == SCOPE_ALL));
	return page_list(view, "controls", opened, q, controls_put);
}

/* What waits: of these the acting person may be the one to decide. */
static int waiting_load(struct view *view, int64_t notice_id, struct notice_view_facts *facts)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT (SELECT max(e.nth) FROM extension e WHERE e.notice_id = $1"
		" AND e.state = 'asked'), (SELECT max(c.state) FROM control c"
		" WHERE c.notice_id = $1 AND c.state IN ('proposed', 'approved', 'applied'))",
		&q, SQL_INT(notice_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		facts->extension_nth = db_col_int64(q, 0);
		facts->control = arena_dup(view->arena, db_col_text(q, 1));
	}
	return row < 0 ? row : 0;
}

int view_pleas_of_notice(struct view *view, int64_t notice_id, struct notice_view_facts *facts)
{
	int error = objections(view, notice_id);
	error = error < 0 ? error : extensions(view, notice_id);
	error = error < 0 ? error : controls(view, notice_id);
	return error < 0 ? error : waiting_load(view, notice_id, facts);
}

/* ---- of a finding */

static int acceptances_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "state", db_col_text(q, 1));
	jw_kv_str(jw, "reason", db_col_text(q, 2));
	jw_kv_str(jw, "control", db_col_text(q, 3));
	jw_kv_int(jw, "expires_at", db_col_int64(q, 4));
	page_ref_col(view, "by", q, 5);
	jw_kv_int(jw, "at", db_col_int64(q, 7));
	page_text_col(view, "opinion", q, 8);
	page_ref_col(view, "decided_by", q, 9);
	page_int_col(view, "decided_at", q, 11);
	jw_end(jw);
	return 0;
}

static int acceptances(struct view *view, int64_t finding_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT a.id, a.state, a.reason, a.control, a.expires_at_ms, a.by_id, b.name,"
		" a.at_ms, a.opinion, a.decided_by, d.name, a.decided_at_ms FROM acceptance a"
		" JOIN person b ON b.id = a.by_id LEFT JOIN person d ON d.id = a.decided_by"
		" WHERE a.finding_id = $1 ORDER BY a.id LIMIT $2",
		&q, SQL_INT(finding_id), SQL_INT(PLEAS_MAX));
	return page_list(view, "acceptances", opened, q, acceptances_put);
}

static int rechecks_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "days", db_col_int64(q, 1));
	jw_kv_int(&view->jw, "asked_at", db_col_int64(q, 2));
	jw_kv_str(&view->jw, "state", db_col_text(q, 3));
	page_int_col(view, "at", q, 4);
	page_sentence_col(view, "detail", q, 5);
	page_text_col(view, "note", q, 7);
	jw_end(&view->jw);
	return 0;
}

static int rechecks(struct view *view, int64_t finding_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT id, days, asked_at_ms, state, at_ms, code, args, note FROM recheck"
		" WHERE finding_id = $1 ORDER BY id LIMIT $2",
		&q, SQL_INT(finding_id), SQL_INT(PLEAS_MAX));
	return page_list(view, "rechecks", opened, q, rechecks_put);
}

static int repeats_put(struct view *view, struct stmt *q)
{
	jw_int(&view->jw, db_col_int64(q, 0));
	return 0;
}

/* Which others repeat it or went into it; a unit has no business with those of others. */
static int repeats(struct view *view, int64_t finding_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t own = view_unit_filter(view);
	int opened = sql_query(view->db,
		"SELECT id FROM finding WHERE target_id = $1 AND ($3 = 0 OR unit_id = $3)"
		" ORDER BY id LIMIT $2",
		&q, SQL_INT(finding_id), SQL_INT(PLEAS_MAX), SQL_INT(own));
	return page_list(view, "repeats", opened, q, repeats_put);
}

/* The answer given in a round that passed before this one, also of the record it was before. */
static int last_time(struct view *view, int64_t finding_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT n.id, n.number, i.cause, i.measure, i.done_at_ms"
		" FROM finding f JOIN rectification_item i ON i.finding_id = f.id"
		" OR i.finding_id = f.earlier_id"
		" JOIN rectification r ON r.id = i.rectification_id"
		" JOIN notice n ON n.id = r.notice_id WHERE f.id = $1"
		" AND (f.recurrence > 0 OR f.earlier_id IS NOT NULL)"
		" AND n.state IN ('passed', 'briefed', 'upreported', 'closed')"
		" AND ($2 = 0 OR n.unit_id = $2) ORDER BY i.id DESC LIMIT 1",
		&q, SQL_INT(finding_id), SQL_INT(view_unit_filter(view)));
	row = row < 0 ? row : db_step(q);
	jw_key(&view->jw, "last_time");
	if (row != 1) {
		jw_null(&view->jw);
		return row < 0 ? row : 0;
	}
	jw_object(&view->jw);
	page_int_col(view, "notice_id", q, 0);
	page_text_col(view, "notice_number", q, 1);
	jw_kv_str(&view->jw, "cause", db_col_text(q, 2));
	jw_kv_str(&view->jw, "measure", db_col_text(q, 3));
	page_int_col(view, "done_at", q, 4);
	jw_end(&view->jw);
	return 0;
}

int view_pleas_of_finding(struct view *view, int64_t finding_id)
{
	int error = acceptances(view, finding_id);
	error = error < 0 ? error : rechecks(view, finding_id);
	error = error < 0 ? error : repeats(view, finding_id);
	return error < 0 ? error : last_time(view, finding_id);
}

/* ---- what waits */

#define OF_NOTICE " n.id, n.title, n.number, n.grade, n.unit_id, u.name,"
#define NOTICE " JOIN notice n ON n.id = x.notice_id JOIN unit u ON u.id = n.unit_id"

/* id, kind, about, state, then of what it is about, reason, who and when. */
#define WAITING                                                                                \
	"SELECT x.id, 'objection', 'notice', 'asked'," OF_NOTICE                               \
	" x.text, x.by_id, p.name, x.at_ms, x.due_at_ms FROM objection x" NOTICE               \
	" JOIN person p ON p.id = x.by_id WHERE x.decision IS NULL AND x.id > $1"              \
	" UNION ALL SELECT x.id, 'extension', 'notice', x.state," OF_NOTICE                    \
	" x.reason, x.by_id, p.name, x.at_ms, x.due_before_ms FROM extension x" NOTICE         \
	" JOIN person p ON p.id = x.by_id WHERE x.state = 'asked' AND x.id > $1"               \
	" UNION ALL SELECT x.id, 'control', 'notice', x.state," OF_NOTICE                      \
	" x.measure, x.proposed_by, p.name, x.proposed_at_ms, NULL FROM control x" NOTICE      \
	" LEFT JOIN person p ON p.id = x.proposed_by"                                          \
	" WHERE x.state IN ('proposed', 'approved', 'applied') AND x.id > $1"                  \
	" UNION ALL SELECT x.id, 'acceptance', 'finding', x.state, f.id, f.title, NULL,"       \
	" f.grade, f.unit_id, u.name, x.reason, x.by_id, p.name, x.at_ms, x.expires_at_ms"     \
	" FROM acceptance x JOIN finding f ON f.id = x.finding_id"                             \
	" JOIN unit u ON u.id = f.unit_id JOIN person p ON p.id = x.by_id"                     \
	" WHERE x.state = 'asked' AND x.id > $1 ORDER BY 1 LIMIT $2"

static void decision_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	jw_kv_str(jw, "about", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_int(jw, "id", db_col_int64(q, 4));
	jw_kv_str(jw, "title", db_col_text(q, 5));
	page_text_col(view, "number", q, 6);
	jw_kv_str(jw, "grade", db_col_text(q, 7));
	page_ref_col(view, "unit", q, 8);
	jw_kv_str(jw, "reason", db_col_text(q, 10));
	page_ref_col(view, "by", q, 11);
	jw_kv_int(jw, "at", db_col_int64(q, 13));
	page_int_col(view, "due_at", q, 14);
	jw_end(jw);
}

int view_decisions_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db, WAITING, &q,
			SQL_INT(page.has_cursor ? page.after_id : 0), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		decision_put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}
