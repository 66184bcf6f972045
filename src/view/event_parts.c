/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to one event: clocks, grades, reports, what goes up, what is ticked. */
#include "base/arena.h"
#include "base/err.h"
#include "records/sql.h"
#include "view/events.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/due.h"
#include "workflow/event_paper.h"
#include "workflow/explain.h"

enum { PART_MAX = 200 };

static int clock_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	struct due *due = arena_take(view->arena, sizeof(*due));
	struct explanation *said = arena_take(view->arena, sizeof(*said));
	if (due_parse_json(arena_dup(view->arena, db_col_text(q, 7)), due, NULL) < 0) {
		return E_STORE;
	}
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	page_text_col(view, "name", q, 2);
	jw_kv_int(jw, "seq", db_col_int64(q, 3));
	jw_kv_int(jw, "due_at", due->due_ms);
	page_int_col(view, "met_at", q, 4);
	page_int_col(view, "missed_at", q, 5);
	page_int_col(view, "ended_at", q, 6);
	jw_key(jw, "due");
	explain_due(due, said);
	explain_put_json(jw, said);
	jw_end(jw);
	return 0;
}

static int grading_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "state", db_col_text(q, 1));
	jw_kv_str(jw, "grade", db_col_text(q, 2));
	jw_kv_str(jw, "proposed", db_col_text(q, 3));
	page_json_col(view, "answers", q, 4);
	page_json_col(view, "hits", q, 5);
	jw_kv_str(jw, "reason", db_col_text(q, 6));
	page_ref_col(view, "by", q, 7);
	jw_kv_int(jw, "at", db_col_int64(q, 9));
	page_ref_col(view, "decided_by", q, 10);
	page_int_col(view, "decided_at", q, 12);
	page_text_col(view, "note", q, 13);
	jw_end(jw);
	return 0;
}

static int report_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	jw_kv_int(jw, "seq", db_col_int64(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	page_json_col(view, "facts", q, 4);
	page_int_col(view, "corrects_id", q, 5);
	jw_kv_bool(jw, "by_proxy", db_col_int64(q, 6) != 0);
	page_ref_col(view, "by", q, 7);
	jw_kv_int(jw, "at", db_col_int64(q, 9));
	page_int_col(view, "submitted_at", q, 10);
	page_ref_col(view, "settled_by", q, 11);
	page_int_col(view, "settled_at", q, 13);
	page_text_col(view, "reason", q, 14);
	jw_end(jw);
	return 0;
}

static void up_acts_put(struct view *view, struct slice word)
{
	int state = name_parse(&event_up_state_names, word);
	bool may = access_scope(&view->caller, ROUTE_EVENTS_UP_ACT) == SCOPE_ALL;
	uint32_t acts = state >= 0 && may
				? event_up_acts((enum event_up_state)state, view->caller.role)
				: 0;
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < EVENT_UP_ACT_COUNT; i++) {
		if ((acts >> i & 1U) != 0) {
			jw_str(&view->jw, slice_str(name_id(&event_up_act_names, i)));
		}
	}
	jw_end(&view->jw);
}

static int up_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "authority", db_col_text(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 2));
	jw_kv_str(jw, "state", db_col_text(q, 3));
	jw_kv_bool(jw, "asked", db_col_int64(q, 4) != 0);
	page_text_col(view, "text", q, 5);
	page_ref_col(view, "drafted_by", q, 6);
	page_int_col(view, "drafted_at", q, 8);
	page_ref_col(view, "approved_by", q, 9);
	page_int_col(view, "approved_at", q, 11);
	page_ref_col(view, "heard_by", q, 12);
	page_text_col(view, "channel", q, 14);
	page_text_col(view, "called", q, 15);
	page_ref_col(view, "sent_by", q, 16);
	page_int_col(view, "sent_at", q, 18);
	page_text_col(view, "receipt", q, 19);
	page_int_col(view, "receipt_at", q, 20);
	page_int_col(view, "summary_at", q, 21);
	page_text_col(view, "reason", q, 22);
	up_acts_put(view, db_col_text(q, 3));
	jw_end(jw);
	return 0;
}

static int tick_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "tick", db_col_text(q, 0));
	jw_kv_bool(&view->jw, "done", db_col_int64(q, 1) != 0);
	page_ref_col(view, "by", q, 2);
	jw_kv_int(&view->jw, "at", db_col_int64(q, 4));
	jw_end(&view->jw);
	return 0;
}

static int root_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "title", db_col_text(q, 1));
	jw_key(&view->jw, "number");
	jw_null(&view->jw);
	jw_kv_str(&view->jw, "state", db_col_text(q, 2));
	page_ref_col(view, "unit", q, 3);
	jw_key(&view->jw, "due_at");
	jw_null(&view->jw);
	jw_end(&view->jw);
	return 0;
}

static int file_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "name", db_col_text(q, 1));
	jw_kv_str(jw, "kind", db_col_text(q, 2));
	jw_kv_str(jw, "media", db_col_text(q, 3));
	view_digest_col(view, "sm3", q, 4);
	view_digest_col(view, "sha256", q, 5);
	jw_kv_int(jw, "octets", db_col_int64(q, 6));
	jw_kv_int(jw, "uploaded_at", db_col_int64(q, 7));
	page_ref_col(view, "by", q, 8);
	jw_kv_bool(jw, "by_proxy", db_col_int64(q, 10) != 0);
	jw_kv_int(jw, "round", 0);
	jw_end(jw);
	return 0;
}

/* $1 event, $2 how many, $3 1 = the whole school's, 0 = as its unit sees it. */
static const struct {
	const char *name;
	const char *sql;
	int (*put)(struct view *view, struct stmt *row);
} parts[] = {
	{ "clocks",
		"SELECT c.id, c.kind, u.name, c.seq, c.met_at_ms, c.missed_at_ms, c.ended_at_ms,"
		" c.due_json FROM event_clock c LEFT JOIN event_up u ON u.id = c.up_id"
		" WHERE c.event_id = $1 AND ($3 = 1 OR c.kind NOT IN ('up', 'national', 'grade'))"
		" ORDER BY c.id LIMIT $2",
		clock_put },
	{ "gradings",
		"SELECT g.id, g.state, g.grade, g.proposed, g.answers, g.hits, g.reason, g.by_id,"
		" p.name, g.at_ms, g.decided_by, d.name, g.decided_at_ms, g.note"
		" FROM event_grading g JOIN person p ON p.id = g.by_id LEFT JOIN person d"
		" ON d.id = g.decided_by WHERE g.event_id = $1 AND $3 = 1 ORDER BY g.id LIMIT $2",
		grading_put },
	{ "reports",
		"SELECT r.id, r.kind, r.seq, r.state, r.facts, r.corrects_id, r.by_proxy, r.by_id,"
		" p.name, r.at_ms, r.submitted_at_ms, r.settled_by, s.name, r.settled_at_ms,"
		" r.reason FROM event_report r JOIN person p ON p.id = r.by_id LEFT JOIN person s"
		" ON s.id = r.settled_by WHERE r.event_id = $1 AND $3 = $3 ORDER BY r.id LIMIT $2",
		report_put },
	{ "ups",
		"SELECT u.id, u.authority, u.name, u.state, u.asked, u.text, u.drafted_by, d.name,"
		" u.drafted_at_ms, u.approved_by, a.name, u.approved_at_ms, u.heard_by, h.name,"
		" u.channel, u.called, u.sent_by, s.name, u.sent_at_ms, u.receipt,"
		" u.receipt_at_ms, u.summary_at_ms, u.reason FROM event_up u LEFT JOIN person d"
		" ON d.id = u.drafted_by LEFT JOIN person a ON a.id = u.approved_by LEFT JOIN"
		" person h ON h.id = u.heard_by LEFT JOIN person s ON s.id = u.sent_by"
		" WHERE u.event_id = $1 AND $3 = 1 ORDER BY u.id LIMIT $2",
		up_put },
	{ "ticks",
		"SELECT t.tick, t.done, t.by_id, p.name, t.at_ms FROM event_tick t JOIN person p"
		" ON p.id = t.by_id WHERE t.event_id = $1 AND $3 = 1 ORDER BY t.id LIMIT $2",
		tick_put },
	{ "roots",
		"SELECT f.id, f.title, f.state, f.unit_id, u.name FROM finding f LEFT JOIN unit u"
		" ON u.id = f.unit_id WHERE f.event_id = $1 AND ($3 = 1 OR f.unit_id = (SELECT"
		" unit_id FROM event WHERE id = $1)) ORDER BY f.id LIMIT $2",
		root_put },
	{ "attachments",
		"SELECT a.id, a.name, a.kind, a.media, b.sm3, b.sha256, b.octets, a.at_ms, a.by_id,"
		" p.name, a.by_proxy FROM attachment a JOIN blob b ON b.id = a.blob_id JOIN person p"
		" ON p.id = a.by_id WHERE a.about = 'event' AND a.about_id = $1 AND $3 = $3"
		" ORDER BY a.id LIMIT $2",
		file_put },
};

int view_event_parts(struct view *view, int64_t id)
{
	int error = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && error == 0; i++) {
		AUTO_STMT struct stmt *q = NULL;
		int opened = sql_query(view->db, parts[i].sql, &q, SQL_INT(id),
			SQL_INT(PART_MAX), SQL_INT(view->scope == SCOPE_ALL));
		error = page_list(view, parts[i].name, opened, q, parts[i].put);
	}
	return error;
}
