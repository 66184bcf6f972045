/* SPDX-License-Identifier: Apache-2.0 */
#include "view/tasks.h"

#include "base/err.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/incoming.h"

enum { PART_MAX = 200 };

#define FROM                                                                                       \
	"SELECT t.id, t.version, t.state, t.source, t.title, t.detail, t.unit_id, u.name,"         \
	" t.due_at_ms, t.overdue, t.created_at_ms, t.ended_at_ms, t.meeting_id, m.title,"          \
	" t.incoming_id, i.register_no, t.reason, (SELECT r.text FROM task_report r"               \
	" WHERE r.task_id = t.id ORDER BY r.id DESC LIMIT 1), (SELECT max(r.at_ms)"                \
	" FROM task_report r WHERE r.task_id = t.id), CASE WHEN t.due_json IS NULL THEN 0"         \
	" ELSE 1 END, u.is_centre FROM task t JOIN unit u ON u.id = t.unit_id LEFT JOIN meeting m" \
	" ON m.id = t.meeting_id LEFT JOIN incoming i ON i.id = t.incoming_id"

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "source", db_col_text(q, 3));
	jw_kv_str(jw, "title", db_col_text(q, 4));
	page_text_col(view, "detail", q, 5);
	page_ref_col(view, "unit", q, 6);
	jw_kv_int(jw, "due_at", db_col_int64(q, 8));
	jw_kv_bool(jw, "overdue", db_col_int64(q, 9) != 0);
	jw_kv_int(jw, "created_at", db_col_int64(q, 10));
	page_int_col(view, "ended_at", q, 11);
	page_ref_col(view, "meeting", q, 12);
	/* Which paper it came from is no affair of a unit's. */
	bool all = view->scope == SCOPE_ALL;
	page_ref(view, "incoming", all ? db_col_int64(q, 14) : 0, db_col_text(q, 15));
	page_text_col(view, "reason", q, 16);
	page_text_col(view, "last_report", q, 17);
	page_int_col(view, "last_report_at", q, 18);
	jw_kv_bool(jw, "counted", db_col_int64(q, 19) != 0);
}

/* Open ones by when they are due, then what has ended, the latest first: the table of a meeting. */
int view_tasks_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	struct slice state = view_param(view, "state");
	int64_t since_ms = view_param_int(view, "since", 0);
	int64_t own = view_unit_filter(view);
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				FROM
				" WHERE ($1 = 0 OR t.unit_id = $1) AND ($2 = '' OR t.state = $2)"
				" AND (t.ended_at_ms IS NULL OR t.ended_at_ms >= $3)"
				" AND ($4 = 0 OR t.meeting_id = $4)"
				" ORDER BY CASE WHEN t.ended_at_ms IS NULL THEN 0 ELSE 1 END,"
				" CASE WHEN t.ended_at_ms IS NULL THEN t.due_at_ms"
				" ELSE -t.ended_at_ms END, t.id LIMIT $5",
				&q,
				SQL_INT(own != 0 ? own : view_param_int(view, "unit_id", 0)),
				SQL_TEXT(state), SQL_INT(since_ms),
				SQL_INT(view_param_int(view, "meeting_id", 0)),
				SQL_INT(page.limit));
	int64_t count = 0;
	while (row >= 0 && (row = db_step(q)) == 1) {
		jw_object(&view->jw);
		members_put(view, q);
		jw_end(&view->jw);
		count++;
	}
	if (row >= 0) {
		page_end(view, &page, count);
	}
	return row < 0 ? row : 0;
}

static int report_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "text", db_col_text(q, 1));
	jw_kv_bool(&view->jw, "done", db_col_int64(q, 2) != 0);
	page_ref_col(view, "by", q, 3);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 5));
	jw_end(&view->jw);
	return 0;
}

static int reports_put(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT r.id, r.text, r.done, r.by_id, p.name, r.at_ms FROM task_report r"
		" JOIN person p ON p.id = r.by_id WHERE r.task_id = $1 ORDER BY r.id LIMIT $2",
		&q, SQL_INT(id), SQL_INT(PART_MAX));
	return page_list(view, "reports", opened, q, report_put);
}

/* Who reports is of the task's unit; roles of the centre have no unit of their own. */
static bool is_own(const struct view *view, struct stmt *q)
{
	int64_t unit_id = view->caller.unit_id;
	return unit_id != 0 ? unit_id == db_col_int64(q, 6) : db_col_int64(q, 20) != 0;
}

static void acts_put(struct view *view, int state, bool own)
{
	uint32_t acts = state < 0 ? 0 : task_acts((enum task_state)state, view->caller.role);
	acts &= own ? ~0U : ~(1U << TASK_ACT_REPORT | 1U << TASK_ACT_FINISH);
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < TASK_ACT_COUNT; i++) {
		if ((acts >> i & 1U) != 0) {
			jw_str(&view->jw, slice_str(name_id(&task_act_names, i)));
		}
	}
	jw_end(&view->jw);
}

int view_tasks_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, FROM " WHERE t.id = $1", &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	if (view_unit_reached(view, db_col_int64(q, 6)) < 0) {
		return E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	acts_put(view, name_parse(&task_state_names, db_col_text(q, 2)), is_own(view, q));
	int error = reports_put(view, view->call->id);
	error = error < 0 ? error : page_timeline(view, "task", view->call->id);
	jw_end(&view->jw);
	return error;
}

static void meeting_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "title", db_col_text(q, 2));
	jw_kv_int(jw, "day", db_col_int64(q, 3));
	page_text_col(view, "place", q, 4);
	page_text_col(view, "present", q, 5);
	page_text_col(view, "summary", q, 6);
	jw_kv_int(jw, "tasks", db_col_int64(q, 7));
	jw_kv_int(jw, "open", db_col_int64(q, 8));
	jw_kv_int(jw, "overdue", db_col_int64(q, 9));
	jw_end(jw);
}

int view_meetings_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT m.id, m.version, m.title, m.day_ms, m.place, m.present,"
				" m.summary, (SELECT count(*) FROM task t WHERE t.meeting_id = m.id),"
				" (SELECT count(*) FROM task t WHERE t.meeting_id = m.id"
				" AND t.ended_at_ms IS NULL), (SELECT count(*) FROM task t"
				" WHERE t.meeting_id = m.id AND t.ended_at_ms IS NULL"
				" AND t.overdue = 1) FROM meeting m ORDER BY m.day_ms DESC, m.id DESC"
				" LIMIT $1",
				&q, SQL_INT(page.limit));
	int64_t count = 0;
	while (row >= 0 && (row = db_step(q)) == 1) {
		meeting_put(view, q);
		count++;
	}
	if (row >= 0) {
		page_end(view, &page, count);
	}
	return row < 0 ? row : 0;
}

/* ---- guidance */

static int unread_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_end(&view->jw);
	return 0;
}

static int guidance_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	bool all = view->scope == SCOPE_ALL;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "title", db_col_text(q, 1));
	jw_kv_str(jw, "text", db_col_text(q, 2));
	page_ref_col(view, "author", q, 3);
	jw_kv_int(jw, "at", db_col_int64(q, 5));
	page_int(view, "units", all, db_col_int64(q, 6));
	page_int(view, "read", all, db_col_int64(q, 7));
	page_int_col(view, "read_at", q, 8);
	AUTO_STMT struct stmt *u = NULL;
	int opened = sql_query(view->db,
		"SELECT u.id, u.name FROM guidance_unit g JOIN unit u ON u.id = g.unit_id"
		" WHERE g.guidance_id = $1 AND g.read_at_ms IS NULL AND $2 = 1 ORDER BY u.id"
		" LIMIT $3",
		&u, SQL_INT(db_col_int64(q, 0)), SQL_INT(all), SQL_INT(PART_MAX));
	int error = page_list(view, "unread", opened, u, unread_put);
	jw_end(jw);
	return error;
}

int view_guidance_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int64_t own = view_unit_filter(view);
	int64_t total = 0;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT g.id, g.title, g.text, g.author_id, p.name, g.at_ms,"
				" (SELECT count(*) FROM guidance_unit x WHERE x.guidance_id = g.id),"
				" (SELECT count(*) FROM guidance_unit x WHERE x.guidance_id = g.id"
				" AND x.read_at_ms IS NOT NULL), (SELECT x.read_at_ms"
				" FROM guidance_unit x WHERE x.guidance_id = g.id AND x.unit_id = $1)"
				" FROM guidance g JOIN person p ON p.id = g.author_id WHERE $1 = 0"
				" OR EXISTS (SELECT 1 FROM guidance_unit x WHERE x.guidance_id = g.id"
				" AND x.unit_id = $1) ORDER BY g.id DESC LIMIT $2",
				&q, SQL_INT(own), SQL_INT(page.limit));
	while (row >= 0 && (row = db_step(q)) == 1) {
		row = guidance_put(view, q);
		total++;
	}
	if (row >= 0) {
		page_end(view, &page, total);
	}
	return row < 0 ? row : 0;
}
