/* SPDX-License-Identifier: Apache-2.0 */
#include "view/page.h"

#include <stdio.h>

#include "base/err.h"
#include "base/num.h"
#include "view/view.h"

enum { TIMELINE_MAX = 500 };

int page_begin(struct view *view, struct page *page)
{
	*page = (struct page) { .limit = view_limit(view) };
	struct slice cursor = view_param(view, "cursor");
	if (cursor.n > 0) {
		struct slice sort = { 0 };
		struct slice id = { 0 };
		page->has_cursor = slice_cut(cursor, '.', &sort, &id);
		if (!page->has_cursor ||
			num_i64(sort, INT64_MIN, INT64_MAX, &page->after) < 0 ||
			num_i64(id, 0, INT64_MAX, &page->after_id) < 0) {
			return view_refuse(view, E_INPUT, "input.cursor", "cursor");
		}
	}
	jw_object(&view->jw);
	jw_key(&view->jw, "items");
	jw_array(&view->jw);
	return 0;
}

bool page_take(struct page *page, int64_t sort, int64_t id)
{
	if (page->shown == page->limit) {
		page->more = true;
		return false;
	}
	page->shown++;
	page->last = sort;
	page->last_id = id;
	return true;
}

void page_end(struct view *view, const struct page *page, int64_t total)
{
	jw_end(&view->jw);
	jw_key(&view->jw, "next_cursor");
	if (page->more) {
		char cursor[48];
		int n = snprintf(cursor, sizeof(cursor), "%lld.%lld", (long long)page->last,
			(long long)page->last_id);
		jw_str(&view->jw, slice_of(cursor, (size_t)n));
	} else {
		jw_null(&view->jw);
	}
	if (total >= 0) {
		jw_kv_int(&view->jw, "total", total);
	}
	jw_end(&view->jw);
}

void page_ref(struct view *view, const char *key, int64_t id, struct slice name)
{
	jw_key(&view->jw, key);
	if (id == 0) {
		jw_null(&view->jw);
		return;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", id);
	jw_kv_str(&view->jw, "name", name);
	jw_end(&view->jw);
}

void page_ref_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	page_ref(view, key, db_col_int64(stmt, column), db_col_text(stmt, column + 1));
}

void page_int(struct view *view, const char *key, bool there, int64_t number)
{
	jw_key(&view->jw, key);
	if (there) {
		jw_int(&view->jw, number);
	} else {
		jw_null(&view->jw);
	}
}

void page_int_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	page_int(view, key, !db_col_is_null(stmt, column), db_col_int64(stmt, column));
}

void page_text_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	jw_key(&view->jw, key);
	if (db_col_is_null(stmt, column)) {
		jw_null(&view->jw);
	} else {
		jw_str(&view->jw, db_col_text(stmt, column));
	}
}

void page_json_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	jw_key(&view->jw, key);
	struct slice json = db_col_text(stmt, column);
	if (json.n == 0) {
		jw_null(&view->jw);
	} else {
		jw_raw(&view->jw, json);
	}
}

void page_sentence_col(struct view *view, const char *key, struct stmt *stmt, unsigned column)
{
	jw_key(&view->jw, key);
	if (db_col_is_null(stmt, column)) {
		jw_null(&view->jw);
		return;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "code", db_col_text(stmt, column));
	struct slice args = db_col_text(stmt, column + 1);
	jw_key(&view->jw, "args");
	jw_raw(&view->jw, args.n > 0 ? args : SLICE("{}"));
	jw_end(&view->jw);
}

/*
 * Of a notice the unit is told from its issue on, and neither what its leader
 * was told and said nor what went to the superior.
 */
#define INNER_STEPS                                                                                    \
	"'created', 'updated', 'review', 'rejected', 'deferred', 'deferred_confirmed', 'unconfirmed'," \
	" 'briefed', 'read', 'remarked', 'upreport'"

/* And of an event: what goes up, and what is asked about its grade. */
#define INNER_EVENT_STEPS                                                                      \
	"'event_up_needed', 'event_up_added', 'event_up_drafted',"                             \
	"'event_up_approved', 'event_up_rejected', 'event_up_sent',"                           \
	"'event_up_receipted', 'event_up_waived', 'event_up_summary',"                         \
	"'event_alarm', 'event_clock_missed', 'event_lower_asked',"                            \
	"'event_lower_refused', 'event_review', 'comment'"

int page_list(struct view *view, const char *key, int opened, struct stmt *stmt,
	int (*put)(struct view *view, struct stmt *row))
{
	int row = opened;
	int error = 0;
	jw_key(&view->jw, key);
	jw_array(&view->jw);
	while (row >= 0 && error >= 0 && (row = db_step(stmt)) == 1) {
		error = put(view, stmt);
	}
	jw_end(&view->jw);
	return row < 0 ? row : error;
}

static int step_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "seq", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "code", db_col_text(q, 2));
	page_json_col(view, "args", q, 3);
	page_text_col(view, "actor", q, 4);
	page_text_col(view, "role", q, 5);
	page_text_col(view, "for_person", q, 6);
	jw_end(&view->jw);
	return 0;
}

int page_timeline(struct view *view, const char *kind, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT t.at_ms, t.id, t.code, t.args, p.name, t.role, f.name FROM timeline t"
		" LEFT JOIN person p ON p.id = t.person_id LEFT JOIN person f ON f.id = t.for_id"
		" WHERE t.kind = $1 AND t.record_id = $2"
		" AND ($4 = 1 OR $1 <> 'notice' OR t.code NOT IN (" INNER_STEPS
		")) AND ($4 = 1 OR $1 <> 'event' OR t.code NOT IN (" INNER_EVENT_STEPS
		")) ORDER BY t.id LIMIT $3",
		&q, SQL_STR(kind), SQL_INT(id), SQL_INT(TIMELINE_MAX),
		SQL_INT(view->scope == SCOPE_ALL));
	return page_list(view, "timeline", opened, q, step_put);
}
