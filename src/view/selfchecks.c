/* SPDX-License-Identifier: Apache-2.0 */
#include "view/selfchecks.h"

#include <stdio.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "records/selfcheck_seen.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/machine.h"
#include "workflow/selfcheck.h"

enum { ASSETS_MAX = 400, ITEMS_MAX = 32 };

static void day_put(struct view *view, const char *key, int64_t day)
{
	char text[16];
	struct civil date = civil_of_day(day);
	int n = snprintf(text, sizeof(text), "%04d-%02u-%02u", (int)date.year,
		(unsigned)date.month, (unsigned)date.day);
	jw_kv_str(&view->jw, key, slice_of(text, (size_t)n));
}

/* ---- many */

#define BRIEF                                                                                  \
	"SELECT c.id, c.version, c.unit_id, u.name, c.kind, c.first_day, c.state, c.outcome,"  \
	" c.result, c.late, c.open_at_ms, c.due_at_ms, c.end_at_ms, c.submitted_at_ms,"        \
	" c.submitted_by, p.name, c.sample, c.sample_due_at_ms, c.against"                     \
	" FROM selfcheck c JOIN unit u ON u.id = c.unit_id"                                    \
	" LEFT JOIN person p ON p.id = c.submitted_by"

static int64_t against_count(struct view *view, struct slice text)
{
	const struct json *list = NULL;
	return text.n == 0 || json_parse(view->arena, text, 0, &list, NULL) < 0
		       ? 0
		       : (int64_t)json_count(list);
}

static void brief_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	page_ref_col(view, "unit", q, 2);
	jw_kv_str(jw, "kind", db_col_text(q, 4));
	day_put(view, "first_day", db_col_int64(q, 5));
	jw_kv_str(jw, "state", db_col_text(q, 6));
	page_text_col(view, "outcome", q, 7);
	page_text_col(view, "result", q, 8);
	jw_kv_bool(jw, "late", db_col_int64(q, 9) != 0);
	jw_kv_int(jw, "open_at", db_col_int64(q, 10));
	jw_kv_int(jw, "due_at", db_col_int64(q, 11));
	jw_kv_int(jw, "end_at", db_col_int64(q, 12));
	page_int_col(view, "submitted_at", q, 13);
	page_ref_col(view, "submitted_by", q, 14);
	page_text_col(view, "sample", q, 16);
	page_int_col(view, "sample_due_at", q, 17);
	jw_kv_int(jw, "against", against_count(view, db_col_text(q, 18)));
	jw_end(jw);
}

int view_selfchecks_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	bool open = slice_is(view_param(view, "open"), "true");
	bool sampled = slice_is(view_param(view, "sampled"), "true");
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				BRIEF
				" WHERE ($1 = 0 OR c.unit_id = $1) AND ($2 = 0 OR c.unit_id = $2)"
				" AND ($3 = '' OR c.kind = $3) AND ($4 = '' OR c.state = $4)"
				" AND ($5 = 0 OR c.state IN ('scheduled', 'assigned'))"
				" AND ($6 = 0 OR c.sampled_at_ms IS NOT NULL)"
				" AND c.id < $7 ORDER BY c.id DESC LIMIT $8",
				&q, SQL_INT(view_unit_filter(view)),
				SQL_INT(view_param_int(view, "unit_id", 0)),
				SQL_TEXT(view_param(view, "kind")),
				SQL_TEXT(view_param(view, "state")), SQL_INT(open),
				SQL_INT(sampled),
				SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
				SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		brief_put(view, q);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

/* ---- one */

#define WHOLE                                                                                  \
	"SELECT c.id, c.version, c.unit_id, u.name, c.kind, c.first_day, c.state, c.outcome,"  \
	" c.result, c.late, c.open_at_ms, c.due_at_ms, c.end_at_ms, c.due_json, c.policy,"     \
	" c.period_id, i.name, c.assigned_at_ms, c.submitted_at_ms, c.submitted_by, p.name,"   \
	" c.seconds, c.same_run, c.sample, c.sample_reason, c.sampled_at_ms, c.sampled_by,"    \
	" s.name, c.sample_due_at_ms, c.decided_by, d.name, c.decided_at_ms, c.decision,"      \
	" c.rung, c.closed_at_ms, c.against FROM selfcheck c JOIN unit u ON u.id = c.unit_id"  \
	" LEFT JOIN important_period i ON i.id = c.period_id"                                  \
	" LEFT JOIN person p ON p.id = c.submitted_by"                                         \
	" LEFT JOIN person s ON s.id = c.sampled_by"                                           \
	" LEFT JOIN person d ON d.id = c.decided_by WHERE c.id = $1"

struct check {
	int64_t id;
	int64_t unit_id;
	struct slice kind;
	int64_t first_day;
	enum selfcheck_state state;
	int64_t submitted_ms;
	const struct json *against; /* list, or NULL */
};

static int check_take(struct view *view, struct stmt *q, struct check *check)
{
	int state = name_parse(&selfcheck_state_names, db_col_text(q, 6));
	struct slice against = arena_dup(view->arena, db_col_text(q, 35));
	*check = (struct check) { .id = db_col_int64(q, 0),
		.unit_id = db_col_int64(q, 2),
		.kind = arena_dup(view->arena, db_col_text(q, 4)),
		.first_day = db_col_int64(q, 5),
		.state = (enum selfcheck_state)(state < 0 ? 0 : state),
		.submitted_ms = db_col_int64(q, 18) };
	if (against.n > 0 && json_parse(view->arena, against, 0, &check->against, NULL) < 0) {
		return E_STORE;
	}
	return state < 0 ? E_STORE : 0;
}

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	page_ref_col(view, "unit", q, 2);
	jw_kv_str(jw, "kind", db_col_text(q, 4));
	day_put(view, "first_day", db_col_int64(q, 5));
	jw_kv_str(jw, "state", db_col_text(q, 6));
	page_text_col(view, "outcome", q, 7);
	page_text_col(view, "result", q, 8);
	jw_kv_bool(jw, "late", db_col_int64(q, 9) != 0);
	jw_kv_int(jw, "open_at", db_col_int64(q, 10));
	jw_kv_int(jw, "due_at", db_col_int64(q, 11));
	jw_kv_int(jw, "end_at", db_col_int64(q, 12));
	page_json_col(view, "due", q, 13);
	jw_kv_str(jw, "policy", db_col_text(q, 14));
	page_ref_col(view, "period", q, 15);
	page_int_col(view, "assigned_at", q, 17);
	page_int_col(view, "submitted_at", q, 18);
	page_ref_col(view, "submitted_by", q, 19);
	page_int_col(view, "seconds", q, 21);
	jw_kv_int(jw, "same_run", db_col_int64(q, 22));
	page_text_col(view, "sample", q, 23);
	page_text_col(view, "sample_reason", q, 24);
	page_int_col(view, "sampled_at", q, 25);
	page_ref_col(view, "sampled_by", q, 26);
	page_int_col(view, "sample_due_at", q, 28);
	page_ref_col(view, "decided_by", q, 29);
	page_int_col(view, "decided_at", q, 31);
	page_text_col(view, "decision", q, 32);
	jw_kv_int(jw, "rung", db_col_int64(q, 33));
	page_int_col(view, "closed_at", q, 34);
}

static void acts_put(struct view *view, const struct check *check)
{
	static const struct {
		enum selfcheck_act act;
		enum route_id route;
	} offers[] = {
		{ SELFCHECK_ACT_SUBMIT, ROUTE_SELFCHECKS_SUBMIT },
		{ SELFCHECK_ACT_SAMPLE, ROUTE_SELFCHECKS_SAMPLE },
		{ SELFCHECK_ACT_CONFIRM, ROUTE_SELFCHECKS_DECIDE },
		{ SELFCHECK_ACT_CONTRADICT, ROUTE_SELFCHECKS_DECIDE },
	};
	uint32_t acts = selfcheck_acts(check->state, view->caller.role);
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		enum scope scope = access_scope(&view->caller, offers[i].route);
		if ((acts & MACHINE_BIT(offers[i].act)) != 0 &&
			access_covers(&view->caller, scope, check->unit_id)) {
			jw_str(&view->jw,
				slice_str(name_id(&selfcheck_act_names, offers[i].act)));
		}
	}
	jw_end(&view->jw);
}

static int asset_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	page_ref_col(view, "asset", q, 0);
	jw_kv_str(&view->jw, "importance", db_col_text(q, 2));
	jw_kv_int(&view->jw, "checks", db_col_int64(q, 3));
	jw_kv_int(&view->jw, "down", db_col_int64(q, 4));
	jw_end(&view->jw);
	return 0;
}

static int assets_put(struct view *view, const struct check *check)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT a.asset_id, a.name, a.importance, count(w.id),"
		" sum(CASE WHEN w.live_state = 'down' THEN 1 ELSE 0 END)"
		" FROM selfcheck_asset a LEFT JOIN watch w ON w.asset_id = a.asset_id"
		" AND w.enabled = 1 WHERE a.selfcheck_id = $1"
		" GROUP BY a.asset_id, a.name, a.importance ORDER BY a.asset_id LIMIT $2",
		&q, SQL_INT(check->id), SQL_INT(ASSETS_MAX));
	return page_list(view, "assets", opened, q, asset_put);
}

/* ---- its questions */

struct question {
	struct slice item;
	struct slice finding_kind;
	struct slice seen; /* kept with the answer */
	bool answered;
};

static int last_put(struct view *view, const struct check *check, struct slice item)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT i.answer, i.note, c.first_day FROM selfcheck c"
		" JOIN selfcheck_item i ON i.selfcheck_id = c.id AND i.item = $4"
		" WHERE c.unit_id = $1 AND c.kind = $2 AND c.first_day < $3"
		" AND c.submitted_at_ms IS NOT NULL ORDER BY c.first_day DESC LIMIT 1",
		&q, SQL_INT(check->unit_id), SQL_TEXT(check->kind), SQL_INT(check->first_day),
		SQL_TEXT(item));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		page_text_col(view, "last_answer", q, 0);
		page_text_col(view, "last_note", q, 1);
		day_put(view, "last_day", db_col_int64(q, 2));
	}
	return row < 0 ? row : 0;
}

/* A value is asked for once in a while: the one of last time stands further back. */
static int last_value_put(struct view *view, const struct check *check, struct slice item)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT i.value FROM selfcheck c JOIN selfcheck_item i ON i.selfcheck_id = c.id"
		" AND i.item = $4 WHERE c.unit_id = $1 AND c.kind = $2 AND c.first_day < $3"
		" AND i.value IS NOT NULL ORDER BY c.first_day DESC LIMIT 1",
		&q, SQL_INT(check->unit_id), SQL_TEXT(check->kind), SQL_INT(check->first_day),
		SQL_TEXT(item));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		page_text_col(view, "last_value", q, 0);
	}
	return row < 0 ? row : 0;
}

static int seen_load(struct view *view, const struct check *check,
	const struct question *question, struct selfcheck_seen *seen)
{
	const struct json *kept = NULL;
	if (question->seen.n > 0) {
		int error = json_parse(view->arena, question->seen, 0, &kept, NULL);
		*seen = (struct selfcheck_seen) { json_get_int(kept, "findings", 0),
			json_get_int(kept, "checks", 0), json_get_int(kept, "down", 0) };
		return error < 0 ? E_STORE : 0;
	}
	const struct selfcheck_asked asked = { check->id, check->unit_id, question->item,
		question->finding_kind };
	return selfcheck_seen_load(view->db, &asked, view->now_ms, view->now_ms, seen);
}

static bool is_against(const struct check *check, struct slice item)
{
	bool is = false;
	for (const struct json *one = json_first(check->against); one != NULL;
		one = json_next(one)) {
		is = is || slice_eq(json_get_str(one, "item"), item);
	}
	return is;
}

static int seen_put(
	struct view *view, const struct check *check, const struct question *question)
{
	struct selfcheck_seen seen = { 0 };
	struct jw *jw = &view->jw;
	int error = seen_load(view, check, question, &seen);
	jw_kv_int(jw, "findings", seen.findings);
	jw_kv_int(jw, "checks", seen.checks);
	jw_kv_int(jw, "down", seen.down);
	jw_kv_bool(jw, "against", is_against(check, question->item));
	/* Key systems: what their checks say is filled in; a person still opens and says it. */
	if (slice_is(check->kind, "key") && seen.checks > 0 && !question->answered) {
		jw_kv_str(jw, "proposed",
			seen.down + seen.findings > 0 ? SLICE("some") : SLICE("none"));
	}
	return error;
}

static int question_put(struct view *view, const struct check *check, struct stmt *q)
{
	struct jw *jw = &view->jw;
	const struct question question = { .item = arena_dup(view->arena, db_col_text(q, 0)),
		.finding_kind = arena_dup(view->arena, db_col_text(q, 11)),
		.seen = arena_dup(view->arena, db_col_text(q, 12)),
		.answered = !db_col_is_null(q, 6) };
	jw_object(jw);
	jw_kv_str(jw, "item", question.item);
	jw_kv_int(jw, "clause", db_col_int64(q, 1));
	jw_kv_str(jw, "text", db_col_text(q, 2));
	jw_kv_str(jw, "text_en", db_col_text(q, 3));
	page_text_col(view, "value_label", q, 4);
	page_text_col(view, "value_label_en", q, 5);
	page_text_col(view, "answer", q, 6);
	page_text_col(view, "note", q, 7);
	page_text_col(view, "value", q, 8);
	page_int_col(view, "opened_at", q, 9);
	page_int_col(view, "finding", q, 10);
	page_int_col(view, "event", q, 13);
	int error = !db_col_is_null(q, 4) ? last_value_put(view, check, question.item) : 0;
	error = error < 0 ? error : last_put(view, check, question.item);
	error = error < 0 ? error : seen_put(view, check, &question);
	jw_end(jw);
	return error;
}

static int questions_put(struct view *view, const struct check *check)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT item, clause, text, text_en, value_label, value_label_en, answer, note,"
		" value, opened_at_ms, finding_id, finding_kind, seen, event_id FROM selfcheck_item"
		" WHERE selfcheck_id = $1 ORDER BY position LIMIT $2",
		&q, SQL_INT(check->id), SQL_INT(ITEMS_MAX));
	jw_key(&view->jw, "items");
	jw_array(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		int error = question_put(view, check, q);
		row = error < 0 ? error : row;
	}
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

int view_selfchecks_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct check check;
	int row = sql_query(view->db, WHOLE, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 2));
	error = error < 0 ? error : check_take(view, q, &check);
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	acts_put(view, &check);
	error = assets_put(view, &check);
	error = error < 0 ? error : questions_put(view, &check);
	error = error < 0 ? error : page_timeline(view, "selfcheck", check.id);
	jw_end(&view->jw);
	return error;
}

/* ---- important periods */

int view_important_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	struct jw *jw = &view->jw;
	int row = page_begin(view, &page);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT i.id, i.version, i.name, i.from_ms, i.to_ms, i.daily,"
				" i.zero_report, i.made_by, m.name, i.made_at_ms, i.ended_by,"
				" e.name, i.ended_at_ms FROM important_period i"
				" JOIN person m ON m.id = i.made_by"
				" LEFT JOIN person e ON e.id = i.ended_by"
				" WHERE i.id < $1 ORDER BY i.id DESC LIMIT $2",
				&q, SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
				SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(jw);
		jw_kv_int(jw, "id", db_col_int64(q, 0));
		jw_kv_int(jw, "version", db_col_int64(q, 1));
		jw_kv_str(jw, "name", db_col_text(q, 2));
		jw_kv_int(jw, "from", db_col_int64(q, 3));
		jw_kv_int(jw, "to", db_col_int64(q, 4));
		jw_kv_bool(jw, "daily", db_col_int64(q, 5) != 0);
		jw_kv_bool(jw, "zero_report", db_col_int64(q, 6) != 0);
		page_ref_col(view, "made_by", q, 7);
		jw_kv_int(jw, "made_at", db_col_int64(q, 9));
		page_ref_col(view, "ended_by", q, 10);
		page_int_col(view, "ended_at", q, 12);
		jw_end(jw);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}
