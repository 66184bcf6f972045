/* SPDX-License-Identifier: Apache-2.0 */
#include "view/findings.h"

#include "base/arena.h"
#include "base/err.h"
#include "view/events.h"
#include "view/incoming.h"
#include "view/listing.h"
#include "view/page.h"
#include "view/pleas.h"
#include "view/view.h"

#define FROM                                                                                   \
	"SELECT f.id, f.version, f.state, f.grade, f.kind, f.title, f.description, f.advice,"  \
	" f.asset_id, a.name, f.unit_id, u.name, f.source, f.found_at_ms, f.reported_at_ms,"   \
	" f.handled_at_ms, f.incident_id, f.watch_id, f.notice_id, n.number, f.recurrence,"    \
	" f.evidence, f.reason, f.false_by, p.name, n.state, f.target_id, t.title, t.unit_id," \
	" f.earlier_id, f.live_gone_at_ms, f.again_cause, f.again_note, f.doubt_at_ms,"        \
	" f.review_due, f.suppressed FROM finding f LEFT JOIN finding t ON t.id = f.target_id" \
	" LEFT JOIN asset a ON a.id = f.asset_id LEFT JOIN unit u ON u.id = f.unit_id"         \
	" LEFT JOIN notice n ON n.id = f.notice_id LEFT JOIN person p ON p.id = f.false_by"
#define FILTER                                                                                 \
	" AND ($2 = 0 OR f.unit_id = $2) AND ($3 = '' OR f.state = $3)"                        \
	" AND ($4 = '' OR f.source = $4)"

/* A unit does not see a notice that is still being written, nor that there is one. */
static bool notice_shown(const struct view *view, struct stmt *q)
{
	bool written =
		slice_is(db_col_text(q, 25), "draft") || slice_is(db_col_text(q, 25), "review");
	return view->scope == SCOPE_ALL || !written;
}

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "grade", db_col_text(q, 3));
	jw_kv_str(jw, "kind", db_col_text(q, 4));
	jw_kv_str(jw, "title", db_col_text(q, 5));
	page_text_col(view, "description", q, 6);
	page_text_col(view, "advice", q, 7);
	page_ref_col(view, "asset", q, 8);
	page_ref_col(view, "unit", q, 10);
	jw_kv_str(jw, "source", db_col_text(q, 12));
	jw_kv_int(jw, "found_at", db_col_int64(q, 13));
	page_int_col(view, "reported_at", q, 14);
	page_int_col(view, "handled_at", q, 15);
	page_int_col(view, "incident_id", q, 16);
	page_int_col(view, "check_id", q, 17);
	if (notice_shown(view, q)) {
		page_int_col(view, "notice_id", q, 18);
		page_text_col(view, "notice_number", q, 19);
	}
	jw_kv_int(jw, "recurrence", db_col_int64(q, 20));
	page_json_col(view, "evidence", q, 21);
	page_text_col(view, "reason", q, 22);
	page_ref_col(view, "false_by", q, 23);
	bool shown = view->scope == SCOPE_ALL || db_col_int64(q, 28) == view->caller.unit_id;
	if (shown) {
		page_ref_col(view, "target", q, 26);
	}
	page_int_col(view, "previous_id", q, 29);
	page_int_col(view, "gone_at", q, 30);
	page_text_col(view, "again_cause", q, 31);
	page_text_col(view, "again_note", q, 32);
	page_int_col(view, "review_at", q, 33);
	jw_kv_bool(jw, "review_due", db_col_int64(q, 34) != 0);
	jw_kv_int(jw, "suppressed", db_col_int64(q, 35));
}

static int put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	members_put(view, q);
	jw_end(&view->jw);
	return 0;
}

int view_findings_of(struct view *view, int64_t notice_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db, FROM " WHERE f.notice_id = $1 ORDER BY f.id LIMIT $2",
		&q, SQL_INT(notice_id), SQL_INT(VIEW_PAGE_MAX));
	return page_list(view, "findings", opened, q, put);
}

/* Only the parts that are asked for, so that an index serves each. */
static const char *list_sql(struct view *view, const struct listing *l)
{
	struct slice sql = arena_printf(view->arena,
		FROM " WHERE f.id < $1%s%s%s ORDER BY f.id DESC LIMIT $5",
		l->unit_id != 0 ? " AND f.unit_id = $2" : " AND $2 = 0",
		l->state.n > 0 ? " AND f.state = $3" : " AND $3 = ''",
		l->word.n > 0 ? " AND f.source = $4" : " AND $4 = ''");
	return (const char *)sql.p;
}

static int list(struct view *view, const struct listing *l)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db, list_sql(view, l), &q,
			SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(l->unit_id), SQL_TEXT(l->state), SQL_TEXT(l->word),
			SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		row = put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_findings_list(struct view *view)
{
	struct slice words = view_param(view, "q");
	int64_t unit_id = view_unit_filter(view);
	struct listing listing = { .kind = "finding",
		.by_id = FROM " WHERE f.id = $1" FILTER,
		.put = put,
		.unit_id = unit_id != 0 ? unit_id : view_param_int(view, "unit_id", 0),
		.state = view_param(view, "state"),
		.word = view_param(view, "source") };
	return words.n > 0 ? listing_search(view, &listing, words) : list(view, &listing);
}

int view_findings_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, FROM " WHERE f.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 10));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	error = view_pleas_of_finding(view, id);
	error = error < 0 ? error : view_incoming_of(view, "finding", id);
	error = error < 0 ? error : view_events_of_finding(view, id);
	error = error < 0 ? error : page_timeline(view, "finding", id);
	jw_end(&view->jw);
	return error;
}
