/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 分级研判: the answers propose, a person decides with a reason, every grade it
 * ever had is kept.  A graver one holds at once, a milder one when somebody
 * else allows it.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "desk/event_parts.h"
#include "desk/events.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/event_clock.h"

enum { REASON_MAX = 500, ANSWERS_OCTETS_MAX = 16 * 1024 };

struct grading {
	int64_t id;
	enum event_grade grade; /* EVENT_UNGRADED = none was said */
	struct slice answers;
	struct event_proposal proposal;
	struct slice reason;
};

/* ---- what is said */

static struct slice answers_text(struct desk *desk, const struct json *answers)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ANSWERS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	for (const struct json *a = json_first(answers); a != NULL; a = json_next(a)) {
		int64_t number = 0;
		struct slice name = arena_printf(desk->arena, "%.*s", SLICE_FMT(json_name(a)));
		if (json_int(a, &number)) {
			jw_kv_int(&jw, (const char *)name.p, number);
		} else if (json_type(a) == JSON_STRING) {
			jw_kv_str(&jw, (const char *)name.p, json_str(a));
		}
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static struct slice hits_text(struct desk *desk, const struct event_proposal *p)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ANSWERS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_array(&jw);
	for (size_t i = 0; i < p->hit_count; i++) {
		jw_object(&jw);
		jw_kv_str(&jw, "question", p->hits[i].question);
		jw_kv_str(
			&jw, "grade", slice_str(name_id(&event_grade_names, p->hits[i].grade)));
		jw_end(&jw);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int grading_read(struct desk *desk, const struct event_pack *pack, struct grading *g)
{
	struct diag diag = { 0 };
	const struct json *answers = json_get(desk->call->body, "answers");
	int grade = name_parse(&event_grade_names, json_get_str(desk->call->body, "grade"));
	g->grade = grade < 0 ? EVENT_UNGRADED : (enum event_grade)grade;
	int error = words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &g->reason);
	if (error == 0 && event_propose(pack, answers, &g->proposal, &diag) < 0) {
		error = desk_refuse(desk, E_INPUT, "event.answers", "answers");
	}
	g->answers = error == 0 ? answers_text(desk, answers) : (struct slice) { 0 };
	return error;
}

static int grading_insert(struct desk *desk, const struct event_row *row,
	const struct grading *g, const char *state)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO event_grading (id, version, event_id, state, grade, proposed,"
		" answers, hits, reason, by_id, at_ms, pack_id)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		SQL_INT(id), SQL_INT(row->id), SQL_STR(state),
		SQL_STR(name_id(&event_grade_names, g->grade)),
		SQL_STR(name_id(&event_grade_names, g->proposal.grade)), SQL_TEXT(g->answers),
		SQL_TEXT(hits_text(desk, &g->proposal)), SQL_TEXT(g->reason),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms),
		SQL_INT_OR_NULL(row->pack_id));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_grading", id);
}

/* Those in one state become another; who decided is kept where somebody did. */
static int gradings_become(struct desk *desk, const struct event_row *row, const char *from,
	const char *to, bool decided, struct slice note)
{
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM event_grading WHERE event_id = $1 AND state = $2", &id,
		SQL_INT(row->id), SQL_STR(from));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE event_grading SET version = version + 1, state = $2, decided_by ="
		" coalesce($3, decided_by), decided_at_ms = coalesce($4, decided_at_ms),"
		" note = coalesce($5, note) WHERE id = $1",
		SQL_INT(id), SQL_STR(to), SQL_INT_OR_NULL(decided ? desk->caller.person_id : 0),
		SQL_INT_OR_NULL(decided ? desk->now_ms : 0), SQL_TEXT_OR_NULL(note));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_grading", id);
}

/* ---- a grade comes into force */

static int follow_up_starts(struct desk *desk, const struct event_row *row, bool first)
{
	return first ? event_clock_set(
			       desk->txn, desk->env, row, EVENT_CLOCK_FOLLOW_UP, desk->now_ms)
		     : 0;
}

static int grade_told(struct desk *desk, const struct event_row *row, const char *what)
{
	struct event_word word = { .when = event_tell_list(row),
		.event = "graded",
		.seq = row->version + 1,
		.subject = arena_printf(desk->arena, "事件%s", what),
		.text = arena_printf(desk->arena, "该事件经研判为%s。",
			name_text(&event_grade_names, event_grade_now(row), LANG_ZH)) };
	return event_tell(desk->txn, desk->env, row, &word);
}

/* The row has the new grade; clocks, authorities and people follow it. */
static int grade_follow(
	struct desk *desk, const struct event_row *row, bool first, const char *what)
{
	int error = event_clocks_regrade(desk->txn, desk->env, row);
	error = error < 0 ? error : event_clock_meet(desk->txn, row->id, EVENT_CLOCK_GRADE, 0);
	error = error < 0 ? error : follow_up_starts(desk, row, first);
	error = error < 0 ? error : event_ups_follow(desk, row);
	return error < 0 ? error : grade_told(desk, row, what);
}

static enum event_act act_of(const struct event_row *row, const struct grading *g)
{
	enum event_grade now = event_grade_now(row);
	return row->state == EVENT_RECEIVED ? EVENT_ACT_GRADE
	       : g->grade > now             ? EVENT_ACT_LOWER
					    : EVENT_ACT_RAISE;
}

static void grade_set(struct desk *desk, struct event_row *row, enum event_grade grade)
{
	row->grade = slice_str(name_id(&event_grade_names, grade));
	row->graded_by = desk->caller.person_id;
	row->graded_at_ms = desk->now_ms;
}

/* Loaded, read, and asked of the machine. */
static int grading_open(
	struct desk *desk, struct event_row *row, struct grading *g, enum event_act *ret_act)
{
	struct event_pack pack;
	struct event_facts facts;
	int error = event_open(desk, row);
	error = error < 0 ? error : event_facts_load(desk, row, &facts);
	error = error < 0 ? error : event_pack_load(desk->txn, row->pack_id, &pack, NULL);
	error = error < 0 ? error : event_class_read(desk, &pack, row);
	error = error < 0 ? error : grading_read(desk, &pack, g);
	if (error < 0) {
		return error;
	}
	enum event_grade now = event_grade_now(row);
	*ret_act = act_of(row, g);
	facts.reason_given = words_enough(g->reason, EVENT_REASON_MIN);
	facts.grade_given = g->grade < EVENT_GRADE_COUNT;
	facts.graver = g->grade < now;
	facts.milder = facts.grade_given && g->grade > now;
	error = event_decide(desk, row, &facts, *ret_act);
	return error == 0 && *ret_act == EVENT_ACT_GRADE && row->class_id.n == 0
		       ? desk_refuse(desk, E_INPUT, "input.required", "class")
		       : error;
}

static int lower_ask(struct desk *desk, struct event_row *row, const struct grading *g)
{
	int error = grading_insert(desk, row, g, "asked");
	return error < 0 ? error
			 : event_done(desk, row, "event.ask_lower", "lower_asked",
				   event_args(desk->txn, g->reason,
					   slice_str(name_id(&event_grade_names, g->grade))));
}

/* The one before is past, and what was asked for pointless. */
static int grade_enter(struct desk *desk, struct event_row *row, const struct grading *g)
{
	struct slice none = { 0 };
	int error = gradings_become(desk, row, "in_force", "past", false, none);
	error = error < 0 ? error : gradings_become(desk, row, "asked", "lapsed", false, none);
	error = error < 0 ? error : grading_insert(desk, row, g, "in_force");
	grade_set(desk, row, g->grade);
	return error;
}

int desk_event_grade(struct desk *desk)
{
	struct event_row row;
	struct grading g = { 0 };
	enum event_act act = EVENT_ACT_GRADE;
	int error = grading_open(desk, &row, &g, &act);
	if (error < 0 || act == EVENT_ACT_LOWER) {
		return error < 0 ? error : lower_ask(desk, &row, &g);
	}
	bool first = act == EVENT_ACT_GRADE;
	error = grade_enter(desk, &row, &g);
	error = error < 0 ? error
			  : grade_follow(desk, &row, first, first ? "定级" : "调高级别");
	return error < 0 ? error
			 : event_done(desk, &row, first ? "event.grade" : "event.raise",
				   first ? "graded" : "raised",
				   event_args(desk->txn, g.reason, row.grade));
}

/* ---- a milder one, allowed or not */

static int asked_grade(
	struct desk *desk, const struct event_row *row, int *ret_grade, int64_t *ret_by)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT grade, by_id FROM event_grading WHERE event_id = $1 AND state = 'asked'",
		&q, SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		*ret_grade = name_parse(&event_grade_names, db_col_text(q, 0));
		*ret_by = db_col_int64(q, 1);
	}
	return found < 0 ? found : found == 1 && *ret_grade < 0 ? E_STORE : 0;
}

static int lower_allow(struct desk *desk, struct event_row *row, enum event_grade grade,
	int64_t by_id, struct slice note)
{
	struct slice none = { 0 };
	int error = gradings_become(desk, row, "in_force", "past", false, none);
	error = error < 0 ? error : gradings_become(desk, row, "asked", "in_force", true, note);
	grade_set(desk, row, grade);
	row->graded_by = by_id;
	error = error < 0 ? error : grade_follow(desk, row, false, "调低级别");
	return error < 0 ? error
			 : event_done(desk, row, "event.allow_lower", "lowered",
				   event_args(desk->txn, note, row->grade));
}

static int lower_refuse(struct desk *desk, struct event_row *row, struct slice note)
{
	int error = gradings_become(desk, row, "asked", "refused", true, note);
	return error < 0 ? error
			 : event_done(desk, row, "event.refuse_lower", "lower_refused",
				   event_args(desk->txn, note, (struct slice) { 0 }));
}

int desk_event_decide_grade(struct desk *desk)
{
	static const char *const words[] = { "allow", "refuse", NULL };
	struct event_row row;
	struct event_facts facts;
	struct slice word = { 0 };
	struct slice note = { 0 };
	int grade = 0;
	int64_t by_id = 0;
	int error = event_open(desk, &row);
	error = error < 0 ? error : event_facts_load(desk, &row, &facts);
	error = error < 0 ? error : words_choice(desk, "decision", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &note);
	facts.reason_given = words_enough(note, EVENT_REASON_MIN);
	bool allow = slice_is(word, "allow");
	error = error < 0 ? error : asked_grade(desk, &row, &grade, &by_id);
	error = error < 0 ? error
			  : event_decide(desk, &row, &facts,
				    allow ? EVENT_ACT_ALLOW : EVENT_ACT_REFUSE);
	return error < 0 ? error
	       : allow   ? lower_allow(desk, &row, (enum event_grade)grade, by_id, note)
			 : lower_refuse(desk, &row, note);
}
