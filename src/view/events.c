/* SPDX-License-Identifier: Apache-2.0 */
#include "view/events.h"

#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/blob.h"
#include "records/sql.h"
#include "view/incidents.h"
#include "view/listing.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/event.h"
#include "workflow/event_pack.h"

/* What runs, and what was missed; a unit is not shown that of authorities. */
#define FROM                                                                                   \
	"SELECT e.id, e.version, e.state, e.number, e.title, e.unit_id, u.name, e.asset_id,"   \
	" a.name, e.place, e.drill, e.source, e.known_at_ms, e.occurred_at_ms,"                \
	" e.reported_at_ms, e.class, e.class_kind, e.class_2023, e.cause, e.crime, e.grade,"   \
	" (SELECT min(c.due_at_ms) FROM event_clock c WHERE c.event_id = e.id AND c.met_at_ms" \
	" IS NULL AND c.ended_at_ms IS NULL AND c.kind <> 'up'), (SELECT min(c.due_at_ms)"     \
	" FROM event_clock c WHERE c.event_id = e.id AND c.met_at_ms IS NULL"                  \
	" AND c.ended_at_ms IS NULL), (SELECT count(*) FROM event_clock c WHERE c.event_id ="  \
	" e.id AND c.missed_at_ms IS NOT NULL AND c.kind <> 'up'), (SELECT count(*)"           \
	" FROM event_clock c WHERE c.event_id = e.id AND c.missed_at_ms IS NOT NULL),"         \
	" e.responding_at_ms, e.contained_at_ms, e.resolved_at_ms, e.closed_at_ms, e.review,"  \
	" e.no_roots, e.reason, e.finding_id, f.title, e.incident_id, e.author_id, p.name"     \
	" FROM event e JOIN unit u ON u.id = e.unit_id LEFT JOIN asset a ON a.id = e.asset_id" \
	" LEFT JOIN finding f ON f.id = e.finding_id JOIN person p ON p.id = e.author_id"
#define OPEN                                                                                   \
	"('received', 'graded', 'responding', 'contained', 'resolved', 'final_reported', 'reviewed')"
#define FILTER                                                                                 \
	" AND ($2 = 0 OR e.unit_id = $2) AND ($3 = '' OR e.state = $3 OR ($3 = 'open'"         \
	" AND e.state IN " OPEN ")) AND ($4 = '' OR e.grade = $4)"

static void head_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	bool all = view->scope == SCOPE_ALL;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "number", db_col_text(q, 3));
	jw_kv_str(jw, "title", db_col_text(q, 4));
	page_ref_col(view, "unit", q, 5);
	page_ref_col(view, "asset", q, 7);
	page_text_col(view, "place", q, 9);
	jw_kv_bool(jw, "drill", db_col_int64(q, 10) != 0);
	jw_kv_str(jw, "source", db_col_text(q, 11));
	jw_kv_int(jw, "known_at", db_col_int64(q, 12));
	page_int_col(view, "occurred_at", q, 13);
	jw_kv_int(jw, "reported_at", db_col_int64(q, 14));
	page_text_col(view, "class", q, 15);
	page_text_col(view, "class_kind", q, 16);
	page_text_col(view, "class_2023", q, 17);
	page_text_col(view, "cause", q, 18);
	jw_kv_bool(jw, "crime", db_col_int64(q, 19) != 0);
	page_text_col(view, "grade", q, 20);
	page_int_col(view, "next_due_at", q, all ? 22 : 21);
	jw_kv_int(jw, "missed", db_col_int64(q, all ? 24 : 23));
}

static int item_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	head_put(view, q);
	jw_end(&view->jw);
	return 0;
}

/* Drills only when they are asked for. */
static int list(struct view *view, const struct listing *l, int64_t drill)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM " WHERE e.id < $1" FILTER
			     " AND e.drill = $5 ORDER BY e.id DESC LIMIT $6",
			&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(l->unit_id), SQL_TEXT(l->state), SQL_TEXT(l->word),
			SQL_INT(drill), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		row = item_put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_events_list(struct view *view)
{
	struct slice words = view_param(view, "q");
	int64_t unit_id = view_unit_filter(view);
	struct listing listing = { .kind = "event",
		.by_id = FROM " WHERE e.id = $1" FILTER,
		.put = item_put,
		.unit_id = unit_id != 0 ? unit_id : view_param_int(view, "unit_id", 0),
		.state = view_param(view, "state"),
		.word = view_param(view, "grade") };
	return words.n > 0 ? listing_search(view, &listing, words)
			   : list(view, &listing, view_param_int(view, "drill", 0) == 1);
}

/* ---- one, with all that belongs to it */

static void rest_put(struct view *view, struct stmt *q)
{
	page_int_col(view, "responding_at", q, 25);
	page_int_col(view, "contained_at", q, 26);
	page_int_col(view, "resolved_at", q, 27);
	page_int_col(view, "closed_at", q, 28);
	page_text_col(view, "review", q, 29);
	page_text_col(view, "no_roots", q, 30);
	page_text_col(view, "reason", q, 31);
	page_ref_col(view, "finding", q, 32);
	page_int_col(view, "incident_id", q, 34);
	page_ref_col(view, "author", q, 35);
}

static void acts_put(struct view *view, enum event_state state)
{
	uint32_t acts = event_acts(state, view->caller.role);
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < EVENT_ACT_COUNT; i++) {
		if ((acts >> i & 1U) != 0) {
			jw_str(&view->jw, slice_str(name_id(&event_act_names, i)));
		}
	}
	jw_end(&view->jw);
	jw_kv_bool(&view->jw, "may_report",
		!event_terminal(state) &&
			access_scope(&view->caller, ROUTE_EVENTS_REPORT_PUT) != SCOPE_NONE);
}

int view_events_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, FROM " WHERE e.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 5));
	int state = name_parse(&event_state_names, db_col_text(q, 2));
	if (error < 0 || state < 0) {
		return error < 0 ? error : E_STORE;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	head_put(view, q);
	rest_put(view, q);
	acts_put(view, (enum event_state)state);
	error = view_event_parts(view, id);
	error = error < 0
			? error
			: view_deliveries_of(view, "event", view->scope == SCOPE_ALL ? id : -1);
	error = error < 0 ? error : view_documents_of(view, "event", id);
	error = error < 0 ? error : page_timeline(view, "event", id);
	jw_end(&view->jw);
	return error;
}

/* ---- the pack */

/* The one in force; with an event's id, the one it is judged by. */
static int pack_text(struct view *view, int64_t event_id, struct slice *ret_text)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT text FROM policy_version WHERE subject = 'events' AND ($1 = 0 OR id ="
		" (SELECT pack_id FROM event WHERE id = $1)) ORDER BY edition DESC LIMIT 1",
		&q, SQL_INT(event_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_text = arena_dup(view->arena, db_col_text(q, 0));
	}
	return row < 0 ? row : row == 0 ? E_ABSENT : 0;
}

int view_events_pack(struct view *view)
{
	struct slice text = { 0 };
	int error = pack_text(view, 0, &text);
	if (error == 0) {
		jw_raw(&view->jw, text);
	}
	return error;
}

int view_events_propose(struct view *view)
{
	struct slice text = { 0 };
	struct event_pack pack;
	struct event_proposal p;
	const struct json *answers = NULL;
	int error = pack_text(view, view->call->id, &text);
	error = error < 0 ? error : event_pack_parse(view->arena, text, &pack, NULL);
	if (error < 0) {
		return error == E_INPUT ? E_STORE : error;
	}
	if (json_parse(view->arena, view_param(view, "answers"), 0, &answers, NULL) < 0 ||
		event_propose(&pack, answers, &p, NULL) < 0) {
		return view_refuse(view, E_INPUT, "event.answers", "answers");
	}
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "grade", slice_str(name_id(&event_grade_names, p.grade)));
	jw_key(jw, "hits");
	jw_array(jw);
	for (size_t i = 0; i < p.hit_count; i++) {
		jw_object(jw);
		jw_kv_str(jw, "question", p.hits[i].question);
		jw_kv_str(jw, "grade", slice_str(name_id(&event_grade_names, p.hits[i].grade)));
		jw_end(jw);
	}
	jw_end(jw);
	jw_kv_int(jw, "open", (int64_t)p.open);
	jw_end(jw);
	return 0;
}

/* ---- files */

int view_events_file(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct blob_ref ref = { 0 };
	int row = sql_query(view->db,
		"SELECT a.blob_id, a.name, a.media, e.unit_id FROM attachment a JOIN event e"
		" ON e.id = a.about_id WHERE a.id = $1 AND a.about = 'event' AND e.id = $2",
		&q, SQL_INT(view->call->sub), SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0 || view_unit_reached(view, db_col_int64(q, 3)) < 0) {
		return row < 0 ? row : E_ABSENT;
	}
	(void)snprintf(
		view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(db_col_text(q, 1)));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(db_col_text(q, 2)));
	int64_t blob_id = db_col_int64(q, 0);
	int error = view->env->blobs != NULL ? blob_open(view->env->blobs, view->db, blob_id,
						       &view->download_fd, &ref)
					     : blob_open_at(view->env->blobs_fd, view->db,
						       blob_id, &view->download_fd);
	return error == -ENOENT ? E_ABSENT : error;
}

/* ---- of a finding */

static int of_finding(struct view *view, const char *key, const char *sql, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	enum scope scope = access_scope(&view->caller, ROUTE_EVENTS_GET);
	int row = sql_query(view->db, sql, &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	bool shown = row == 1 && scope != SCOPE_NONE &&
		     access_covers(&view->caller, scope, db_col_int64(q, 2));
	page_ref(view, key, shown ? db_col_int64(q, 0) : 0,
		shown ? db_col_text(q, 1) : (struct slice) { 0 });
	return row < 0 ? row : 0;
}

int view_events_of_finding(struct view *view, int64_t finding_id)
{
	int error = of_finding(view, "event",
		"SELECT id, number, unit_id FROM event WHERE finding_id = $1 ORDER BY id DESC LIMIT 1",
		finding_id);
	return error < 0
		       ? error
		       : of_finding(view, "root_of",
				 "SELECT e.id, e.number, e.unit_id FROM finding f JOIN event e"
				 " ON e.id = f.event_id WHERE f.id = $1",
				 finding_id);
}
