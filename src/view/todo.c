/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "model/expiry.h"
#include "model/sentence.h"
#include "records/caller.h"
#include "view/overview.h"
#include "view/page.h"
#include "view/regulations.h"
#include "view/view.h"

enum { TODO_MAX = 300, TODO_A_KIND = 100 };

/*
 * One row a kind of work: which roles it waits for, and what finds it.
 * $1 unit of the role (-1 = any), $2 the person, $3 how many; columns: id,
 * title, args when it is a sentence, number, grade, severity, unit id and
 * name, due, since.  Article 0: of no article.
 */
/* CROSS: SQLite looks first at the few that wait, not at every notice in their order. */
#define ANY "$1 = -1 OR " /* left out of the statement for one unit, so that its index serves */
#define NOTICE "SELECT n.id, n.title, NULL, n.number, n.grade, NULL, n.unit_id, u.name, "
#define NOTICES " FROM notice n JOIN unit u ON u.id = n.unit_id WHERE "
#define PAPER                                                                                   \
	"SELECT i.id, coalesce(i.title, i.register_no), NULL, i.register_no, NULL, NULL, NULL," \
	" NULL, "
#define PAPERS " AND $1 = $1 AND $2 = $2 ORDER BY i.id LIMIT $3"
#define TASK                                                                                   \
	"SELECT t.id, t.title, NULL, NULL, NULL, NULL, t.unit_id, u.name, t.due_at_ms,"        \
	" t.created_at_ms FROM task t JOIN unit u ON u.id = t.unit_id"
/* Its title is its kind's word, in the reader's language. */
#define SELFCHECK                                                                              \
	"SELECT c.id, 'selfcheck.' || c.kind, '{}', NULL, NULL, NULL, c.unit_id, u.name,"      \
	" c.due_at_ms, c.open_at_ms FROM selfcheck c JOIN unit u ON u.id = c.unit_id"
#define SAMPLED                                                                                \
	"SELECT c.id, 'selfcheck.' || c.kind, '{}', NULL, NULL, NULL, c.unit_id, u.name,"      \
	" c.sample_due_at_ms, c.sampled_at_ms FROM selfcheck c JOIN unit u ON u.id = c.unit_id"
#define SCOPE " AND (" ANY "n.unit_id = $1) AND $2 = $2 ORDER BY n.id LIMIT $3"
#define FINDING_SCOPE " AND (" ANY "f.unit_id = $1) AND $2 = $2 ORDER BY f.id LIMIT $3"
#define EXTENSIONS                                                                             \
	" FROM extension e CROSS JOIN notice n JOIN unit u ON u.id = n.unit_id"                \
	" WHERE n.id = e.notice_id AND e.state = 'asked' AND "
#define CONTROLS                                                                               \
	" FROM control c CROSS JOIN notice n JOIN unit u ON u.id = n.unit_id"                  \
	" WHERE n.id = c.notice_id AND "
#define ACCEPTANCES                                                                            \
	"SELECT f.id, f.title, NULL, NULL, f.grade, NULL, f.unit_id, u.name, NULL, a.at_ms"    \
	" FROM acceptance a CROSS JOIN finding f LEFT JOIN unit u ON u.id = f.unit_id"         \
	" WHERE f.id = a.finding_id AND a.state = 'asked' AND "
#define UNIT (ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD))
#define DESK (ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN))

#define FILING "SELECT f.id, p.name, NULL, f.number, NULL, NULL, f.unit_id, u.name, "
#define FILINGS                                                                                \
	" FROM filing f JOIN unit u ON u.id = f.unit_id JOIN person p ON p.id = f.person_id"   \
	" WHERE "
#define FILING_SCOPE " AND (" ANY "f.unit_id = $1) AND $2 = $2 ORDER BY f.id LIMIT $3"

/* A drill is worked on as the real thing is. */
#define EVENT(due, which)                                                                      \
	"SELECT e.id, e.title, NULL, e.number, NULL, NULL, e.unit_id, u.name, " due            \
	", e.reported_at_ms FROM event e JOIN unit u ON u.id = e.unit_id WHERE " which         \
	" AND (" ANY "e.unit_id = $1) AND $2 = $2 ORDER BY e.id LIMIT $3"
#define DUE_CLOCK(kinds)                                                                       \
	"(SELECT min(c.due_at_ms) FROM event_clock c WHERE c.event_id = e.id AND " kinds       \
	" AND c.met_at_ms IS NULL AND c.ended_at_ms IS NULL)"

static const struct {
	uint32_t roles;
	const char *kind;
	const char *act;
	int64_t article;
	const char *sql;
} works[] = {
	{ DESK | ROLE_BIT(ROLE_RESPONSE_LEAD), "incident", "ack", 16,
		"SELECT i.id, i.code, i.args, NULL, NULL, i.severity, i.unit_id, u.name, NULL,"
		" i.opened_at_ms FROM incident i LEFT JOIN unit u ON u.id = i.unit_id"
		" WHERE i.state = 'open' AND $1 = $1 AND $2 = $2 ORDER BY i.opened_at_ms,"
		" i.id LIMIT $3" },
	{ DESK | ROLE_BIT(ROLE_RESPONSE_LEAD), "incident", "close", 16,
		"SELECT i.id, i.code, i.args, NULL, NULL, i.severity, i.unit_id, u.name, NULL,"
		" i.resolved_at_ms FROM incident i LEFT JOIN unit u ON u.id = i.unit_id"
		" WHERE i.state = 'resolved' AND $1 = $1 AND $2 = $2 ORDER BY i.opened_at_ms,"
		" i.id LIMIT $3" },
	{ ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST), "discovered", "claim", 0,
		"SELECT d.id, coalesce(d.live_name, d.live_address, d.live_vendor, '?'), NULL,"
		" CASE WHEN d.live_name IS NULL THEN NULL ELSE d.live_address END, NULL, NULL,"
		" d.unit_id, u.name, NULL, d.decided_at_ms"
		" FROM discovered d JOIN unit u ON u.id = d.unit_id"
		" WHERE d.state = 'handed' AND (" ANY "d.unit_id = $1) AND $2 = $2"
		" ORDER BY d.id LIMIT $3" },
	{ ROLE_BIT(ROLE_UNIT_HEAD) | DESK, "doubt", "settle", 13,
		"SELECT s.id, p.name, NULL, NULL, NULL, NULL, s.unit_id, u.name, s.due_at_ms,"
		" s.raised_at_ms FROM suspicion s JOIN unit u ON u.id = s.unit_id JOIN person p"
		" ON p.id = s.person_id WHERE s.state = 'open' AND s.person_id <> $2"
		" AND (" ANY "s.unit_id = $1) ORDER BY s.id LIMIT $3" },
	{ ROLE_BIT(ROLE_UNIT_HEAD), "filing", "sign", 13,
		FILING "f.effective_at_ms, f.submitted_at_ms" FILINGS
		       "f.state = 'submitted'" FILING_SCOPE },
	{ ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR), "filing", "approve", 13,
		FILING "f.effective_at_ms, f.submitted_at_ms" FILINGS
		       "f.state IN ('submitted', 'verifying')" FILING_SCOPE },
	{ UNIT, "filing", "correct", 13,
		FILING "f.effective_at_ms, f.made_at_ms" FILINGS
		       "f.state IN ('draft', 'returned')" FILING_SCOPE },
	{ UNIT, "filing", "receive", 13,
		FILING
		"NULL, f.taken_at_ms" FILINGS
		"f.state = 'effective' AND f.person_id = $2 AND f.outgoing_id IS NOT NULL"
		" AND f.received_at_ms IS NULL AND (" ANY "f.unit_id = $1)"
		" ORDER BY f.id LIMIT $3" },
	{ UNIT, "term_review", "confirm", 13,
		"SELECT r.id, r.name, NULL, NULL, NULL, NULL, u.id, u.name, r.due_at_ms,"
		" r.opened_at_ms FROM term_review r JOIN unit u ON u.id = $1"
		" WHERE r.closed_at_ms IS NULL AND $2 = $2 AND NOT EXISTS (SELECT 1"
		" FROM term_review_answer a WHERE a.review_id = r.id AND a.unit_id = $1)"
		" ORDER BY r.id LIMIT $3" },
	{ DESK, "unit_note", "read", 13,
		"SELECT n.id, n.text, NULL, NULL, NULL, NULL, n.unit_id, u.name, NULL, n.at_ms"
		" FROM unit_note n JOIN unit u ON u.id = n.unit_id WHERE n.read_at_ms IS NULL"
		" AND $1 = $1 AND $2 = $2 ORDER BY n.id LIMIT $3" },
	{ DESK | ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_RESPONSE_LEAD), "event", "event_grade",
		7,
		EVENT("(SELECT min(c.due_at_ms) FROM event_clock c WHERE c.event_id = e.id"
		      " AND c.kind = 'grade')",
			"e.state = 'received'") },
	{ DESK | ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_RESPONSE_LEAD), "event",
		"event_respond", 7,
		EVENT("NULL", "e.state IN ('graded', 'responding', 'contained')") },
	{ DESK | ROLE_BIT(ROLE_DIRECTOR), "event", "event_settle_report", 17,
		EVENT("NULL",
			"e.state NOT IN ('closed', 'not_event') AND EXISTS (SELECT 1"
			" FROM event_report r WHERE r.event_id = e.id AND r.state = 'submitted')") },
	{ UNIT, "event", "event_report", 17,
		EVENT(DUE_CLOCK("c.kind IN ('initial', 'follow_up', 'final')"),
			"EXISTS (SELECT 1 FROM event_clock c WHERE c.event_id = e.id"
			" AND c.kind IN ('initial', 'follow_up', 'final') AND c.met_at_ms IS NULL"
			" AND c.ended_at_ms IS NULL)") },
	{ ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR), "event", "event_up", 7,
		EVENT(DUE_CLOCK("c.kind = 'up'"),
			"EXISTS (SELECT 1 FROM event_up x WHERE x.event_id = e.id"
			" AND x.state IN ('needed', 'approved', 'sent'))"
			" AND e.state NOT IN ('closed', 'not_event')") },
	{ ROLE_BIT(ROLE_VICE_PRESIDENT) | ROLE_BIT(ROLE_LEADING_GROUP), "event",
		"event_approve_up", 7,
		EVENT(DUE_CLOCK("c.kind = 'up'"),
			"EXISTS (SELECT 1 FROM event_up x WHERE x.event_id = e.id"
			" AND x.state = 'drafted') AND e.state NOT IN ('closed', 'not_event')") },
	{ ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_VICE_PRESIDENT) |
			ROLE_BIT(ROLE_LEADING_GROUP),
		"event", "event_decide_grade", 7,
		EVENT("NULL", "EXISTS (SELECT 1 FROM event_grading g WHERE g.event_id = e.id"
			      " AND g.state = 'asked' AND g.by_id <> $2)") },
	{ ROLE_BIT(ROLE_DIRECTOR), "event", "event_review", 7,
		EVENT("NULL", "e.state IN ('final_reported', 'reviewed')") },
	{ DESK, "finding", "confirm", 14,
		"SELECT f.id, f.title, NULL, NULL, f.grade, NULL, f.unit_id, u.name, NULL,"
		" f.found_at_ms FROM finding f LEFT JOIN unit u ON u.id = f.unit_id"
		" WHERE f.state IN ('new', 'reopened') AND $1 = $1 AND $2 = $2"
		" ORDER BY f.id LIMIT $3" },
	{ DESK, "notice", "review", 15,
		NOTICE "NULL, n.created_at_ms" NOTICES
		       "n.state = 'draft' AND n.author_id = $2" SCOPE },
	{ ROLE_BIT(ROLE_REVIEWER) | ROLE_BIT(ROLE_DIRECTOR), "notice", "issue", 15,
		NOTICE "n.step_due_at_ms, n.review_at_ms" NOTICES "n.state = 'review'" SCOPE },
	{ UNIT, "notice", "sign", 16,
		NOTICE "n.sign_due_at_ms, n.issued_at_ms" NOTICES "n.state = 'issued'" SCOPE },
	{ UNIT, "notice", "plan", 15,
		NOTICE "n.due_at_ms, n.signed_at_ms" NOTICES "n.state = 'received'" SCOPE },
	{ UNIT, "notice", "submit", 15,
		NOTICE "n.due_at_ms, n.issued_at_ms" NOTICES
		       "n.state IN ('rectifying', 'returned', 'failed')" SCOPE },
	{ ROLE_BIT(ROLE_VERIFIER), "notice", "verify", 15,
		NOTICE "n.step_due_at_ms, n.issued_at_ms" NOTICES
		       "n.state = 'submitted'" SCOPE },
	{ ROLE_BIT(ROLE_VERIFIER), "notice", "settle", 15,
		NOTICE "n.step_due_at_ms, v.started_at_ms FROM notice n JOIN unit u ON u.id = "
		       "n.unit_id"
		       " JOIN verification v ON v.notice_id = n.id AND v.round = n.round"
		       " WHERE n.state = 'verifying' AND v.verifier_id = $2" SCOPE },
	{ ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR), "notice", "brief", 15,
		NOTICE "n.step_due_at_ms, n.issued_at_ms" NOTICES "n.state = 'passed'" SCOPE },
	{ ROLE_BIT(ROLE_VICE_PRESIDENT), "notice", "mark_brief", 15,
		NOTICE "NULL, b.at_ms FROM brief b CROSS JOIN notice n JOIN unit u"
		       " ON u.id = n.unit_id WHERE n.id = b.notice_id"
		       " AND b.leader_id = $2 AND b.read_at_ms IS NULL" SCOPE },
	{ ROLE_BIT(ROLE_DIRECTOR), "notice", "upreport", 15,
		NOTICE "NULL, n.issued_at_ms" NOTICES
		       "n.state IN ('briefed', 'upreported') AND n.upreport IN ('undecided', "
		       "'needed', 'sent')" SCOPE },
	{ ROLE_BIT(ROLE_DIRECTOR), "notice", "archive", 15,
		NOTICE "NULL, n.issued_at_ms" NOTICES
		       "n.state IN ('briefed', 'upreported') AND n.upreport IN ('receipted', "
		       "'not_needed')" SCOPE },
	{ ROLE_BIT(ROLE_SCHOOL_OFFICE) | ROLE_BIT(ROLE_OPERATOR), "incoming", "propose", 15,
		PAPER "NULL, i.created_at_ms FROM incoming i"
		      " WHERE i.state = 'registered'" PAPERS },
	{ ROLE_BIT(ROLE_VICE_PRESIDENT), "incoming", "instruct", 15,
		PAPER "i.inner_due_at_ms, i.created_at_ms FROM incoming i"
		      " WHERE i.state = 'proposed'" PAPERS },
	{ ROLE_BIT(ROLE_SCHOOL_OFFICE) | ROLE_BIT(ROLE_DIRECTOR), "incoming", "assign", 15,
		PAPER "i.inner_due_at_ms, i.created_at_ms FROM incoming i"
		      " WHERE i.state = 'instructed'" PAPERS },
	{ ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR), "incoming", "handle", 15,
		PAPER "i.inner_due_at_ms, i.received_at_ms FROM incoming i"
		      " WHERE i.state = 'handling' AND i.handler_id = $2 AND $1 = $1"
		      " ORDER BY i.id LIMIT $3" },
	{ ROLE_BIT(ROLE_SCHOOL_OFFICE) | ROLE_BIT(ROLE_DIRECTOR), "incoming", "file_away", 15,
		PAPER "NULL, i.fed_back_at_ms FROM incoming i"
		      " WHERE i.state = 'answered'" PAPERS },
	{ UNIT, "task", "report", 5,
		TASK " WHERE t.state = 'open' AND (" ANY "t.unit_id = $1) AND $2 = $2"
		     " ORDER BY t.due_at_ms, t.id LIMIT $3" },
	{ ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR), "task", "report", 5,
		TASK " WHERE t.state = 'open' AND u.is_centre = 1 AND $1 = $1 AND $2 = $2"
		     " ORDER BY t.due_at_ms, t.id LIMIT $3" },
	{ ROLE_BIT(ROLE_SCHOOL_OFFICE) | ROLE_BIT(ROLE_LEADING_GROUP), "task", "settle_task", 5,
		TASK " WHERE t.state = 'reported' AND $1 = $1 AND $2 = $2"
		     " ORDER BY t.due_at_ms, t.id LIMIT $3" },
	{ UNIT, "shutdown", "answer_shutdown", 10,
		"SELECT DISTINCT d.id, d.name, NULL, NULL, NULL, NULL, i.unit_id, u.name,"
		" d.answer_by_ms, d.made_at_ms FROM shutdown d JOIN shutdown_item i"
		" ON i.shutdown_id = d.id JOIN unit u ON u.id = i.unit_id WHERE i.state = 'asked'"
		" AND d.ended_at_ms IS NULL AND (" ANY "i.unit_id = $1) AND $2 = $2"
		" ORDER BY d.id LIMIT $3" },
	{ UNIT, "selfcheck", "submit_selfcheck", 10,
		SELFCHECK " WHERE c.state = 'assigned' AND (" ANY "c.unit_id = $1)"
			  " AND $2 = $2 ORDER BY c.due_at_ms, c.id LIMIT $3" },
	{ DESK | ROLE_BIT(ROLE_DIRECTOR), "selfcheck", "decide_selfcheck", 10,
		SAMPLED " WHERE c.state = 'sampled' AND $1 = $1 AND $2 = $2"
			" ORDER BY c.sample_due_at_ms, c.id LIMIT $3" },
	{ UNIT, "guidance", "read", 5,
		"SELECT g.id, g.title, NULL, NULL, NULL, NULL, n.unit_id, u.name, NULL, g.at_ms"
		" FROM guidance g JOIN guidance_unit n ON n.guidance_id = g.id JOIN unit u"
		" ON u.id = n.unit_id WHERE n.read_at_ms IS NULL AND n.unit_id = $1 AND $2 = $2"
		" ORDER BY g.id LIMIT $3" },
	{ ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_VICE_PRESIDENT), "notice", "confirm_deferred",
		15,
		NOTICE
		"n.deferred_due_at_ms, n.issued_at_ms" NOTICES
		"n.state NOT IN ('closed', 'withdrawn', 'reassigned') AND n.deferred_reason IS NOT NULL"
		" AND n.deferred_confirmed_by IS NULL" SCOPE },
	/* what is asked for and waits to be decided */
	{ DESK | ROLE_BIT(ROLE_DIRECTOR), "notice", "decide_objection", 15,
		NOTICE "o.due_at_ms, o.at_ms FROM objection o CROSS JOIN notice n JOIN unit u"
		       " ON u.id = n.unit_id WHERE n.id = o.notice_id"
		       " AND o.decision IS NULL" SCOPE },
	{ ROLE_BIT(ROLE_DIRECTOR), "notice", "decide_extension", 15,
		NOTICE "e.due_before_ms, e.at_ms" EXTENSIONS "e.nth <= 1" SCOPE },
	{ ROLE_BIT(ROLE_VICE_PRESIDENT), "notice", "decide_extension", 15,
		NOTICE "e.due_before_ms, e.at_ms" EXTENSIONS "e.nth > 1" SCOPE },
	{ ROLE_BIT(ROLE_DIRECTOR), "finding", "decide_acceptance", 15,
		ACCEPTANCES "f.grade IN ('medium', 'low')" FINDING_SCOPE },
	{ ROLE_BIT(ROLE_LEADING_GROUP), "finding", "decide_acceptance", 15,
		ACCEPTANCES "f.grade IN ('urgent', 'extreme', 'high')" FINDING_SCOPE },
	{ ROLE_BIT(ROLE_DIRECTOR), "notice", "control_decide", 15,
		NOTICE "NULL, c.proposed_at_ms" CONTROLS "c.state = 'proposed'" SCOPE },
	{ DESK, "notice", "control_apply", 15,
		NOTICE "NULL, c.decided_at_ms" CONTROLS "c.state = 'approved'" SCOPE },
	{ DESK, "notice", "control_lift", 15,
		NOTICE "NULL, c.applied_at_ms" CONTROLS
		       "c.state = 'applied' AND n.state IN ('passed', 'briefed', 'upreported', "
		       "'closed', 'withdrawn')" SCOPE },
	/* findings that were settled and are looked at again */
	{ DESK | ROLE_BIT(ROLE_VERIFIER), "finding", "recheck", 15,
		"SELECT DISTINCT f.id, f.title, NULL, NULL, f.grade, NULL, f.unit_id, u.name,"
		" NULL, r.asked_at_ms FROM recheck r CROSS JOIN finding f"
		" LEFT JOIN unit u ON u.id = f.unit_id WHERE f.id = r.finding_id"
		" AND r.state = 'todo'" FINDING_SCOPE },
	{ DESK, "finding", "review_false", 14,
		"SELECT f.id, f.title, NULL, NULL, f.grade, NULL, f.unit_id, u.name, NULL,"
		" f.doubt_at_ms FROM finding f LEFT JOIN unit u ON u.id = f.unit_id"
		" WHERE f.review_due = 1" FINDING_SCOPE },
};

/* Suggestions on the regulation wait for whoever decides on them. */
static const char suggestions[] =
	"SELECT c.id, c.question, NULL, NULL, NULL, NULL, c.unit_id, u.name, NULL, c.at_ms"
	" FROM clause_note c LEFT JOIN unit u ON u.id = c.unit_id"
	" WHERE c.kind = 'suggestion' AND c.state = 'open' AND $1 = $1 AND $2 = $2"
	" ORDER BY c.id LIMIT $3";

/* What ends by a day that was typed in; $1 unit (-1 = any), $2 those due by then, $3 how many. */
#define RENEWAL(table, unit, column, number)                                                   \
	"SELECT a.id, a.name, NULL, a." number ", NULL, NULL, a." unit ", u.name,"             \
	" a." column ", a." column " FROM " table " a LEFT JOIN unit u ON u.id = a." unit      \
	" WHERE a.retired_at_ms IS NULL AND a." column " <= $2"                                \
	" AND (" ANY "a." unit " = $1) ORDER BY a." column ", a.id LIMIT $3"

static const struct renewal {
	const char *kind;
	const char *act;
	const char *sql;
} renewals[] = {
	{ "asset", "renew_domain",
		RENEWAL("asset", "owner_unit_id", "domain_end_ms", "domain") },
	{ "asset", "renew_icp", RENEWAL("asset", "owner_unit_id", "icp_end_ms", "icp_number") },
	{ "circuit", "renew_contract",
		RENEWAL("circuit", "unit_id", "contract_end_ms", "number") },
};

enum { RENEWALS = sizeof(renewals) / sizeof(renewals[0]), RENEWAL_ARTICLE = 8 };

enum { WORK_COUNT = sizeof(works) / sizeof(works[0]) };

struct todo {
	const char *kind;
	const char *act;
	int64_t article;
	int64_t id;
	struct slice title;
	struct slice number;
	struct slice grade;
	struct slice severity;
	int64_t unit_id;
	struct slice unit;
	int64_t due_ms; /* INT64_MAX = none */
	int64_t at_ms;
};

static struct slice title_of(struct view *view, struct stmt *q)
{
	const struct json *args = NULL;
	if (db_col_is_null(q, 2)) {
		return arena_dup(view->arena, db_col_text(q, 1));
	}
	if (json_parse(view->arena, arena_dup(view->arena, db_col_text(q, 2)), 0, &args, NULL) <
		0) {
		args = NULL;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 2048);
	sentence_put(&text, LANG_ZH, db_col_text(q, 1), args);
	return arena_dup(view->arena, buf_slice(&text));
}

/* Of one unit: each statement says ANY once at most. */
static const char *of_unit(struct view *view, const char *sql)
{
	size_t at = slice_find(slice_str(sql), SLICE(ANY));
	return at == SIZE_MAX ? sql
			      : (const char *)arena_printf(view->arena, "%.*s%s", (int)at, sql,
					sql + at + SLICE(ANY).n)
					.p;
}

/* second is $2 of the statement; like says kind, act and article. */
static int rows_load(struct view *view, const char *sql, int64_t second, struct todo like,
	struct todo *todos, size_t *count)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t unit_id = view->scope == SCOPE_ALL ? -1 : view->caller.unit_id;
	int row = sql_query(view->db, unit_id == -1 ? sql : of_unit(view, sql), &q,
		SQL_INT(unit_id), SQL_INT(second), SQL_INT(TODO_A_KIND));
	while (row >= 0 && *count < TODO_MAX && (row = db_step(q)) == 1) {
		todos[(*count)++] = (struct todo) {
			.kind = like.kind,
			.act = like.act,
			.article = like.article,
			.id = db_col_int64(q, 0),
			.title = title_of(view, q),
			.number = arena_dup(view->arena, db_col_text(q, 3)),
			.grade = arena_dup(view->arena, db_col_text(q, 4)),
			.severity = arena_dup(view->arena, db_col_text(q, 5)),
			.unit_id = db_col_int64(q, 6),
			.unit = arena_dup(view->arena, db_col_text(q, 7)),
			.due_ms = db_col_is_null(q, 8) ? INT64_MAX : db_col_int64(q, 8),
			.at_ms = db_col_int64(q, 9),
		};
	}
	return row < 0 ? row : 0;
}

static int by_due(const void *a, const void *b)
{
	const struct todo *x = a;
	const struct todo *y = b;
	if (x->due_ms != y->due_ms) {
		return x->due_ms < y->due_ms ? -1 : 1;
	}
	return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

/* From the first reminder on, until a new day is typed in. */
static int renewals_load(struct view *view, struct todo *todos, size_t *count)
{
	struct expiry_steps steps;
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error = setting_load(view->db, view->arena, "expiry", &text);
	if (text.n > 0 && json_parse(view->arena, text, 0, &value, NULL) < 0) {
		value = NULL;
	}
	if (expiry_parse(json_get_str(value, "days"), &steps) < 0) {
		return error;
	}
	int64_t by_ms = view->now_ms + steps.days[0] * EXPIRY_DAY_MS;
	for (size_t i = 0; i < RENEWALS && error == 0; i++) {
		struct todo like = { .kind = renewals[i].kind,
			.act = renewals[i].act,
			.article = RENEWAL_ARTICLE };
		error = rows_load(view, renewals[i].sql, by_ms, like, todos, count);
	}
	return error;
}

/* 制度: suggestions, and that it is time to look it through. */
static int regulation_load(struct view *view, struct todo *todos, size_t *count)
{
	struct todo like = { .kind = "clause", .act = "settle_suggestion", .article = 19 };
	struct todo review = {
		.kind = "regulation", .act = "review_regulation", .article = 19
	};
	int error = rows_load(view, suggestions, 0, like, todos, count);
	int due = error < 0 ? error
			    : regulation_review_due(
				      view, &review.id, &review.title, &review.due_ms);
	review.at_ms = review.due_ms;
	if (due == 1 && *count < TODO_MAX) {
		todos[(*count)++] = review;
	}
	return due < 0 ? due : 0;
}

static int load(struct view *view, struct todo *todos, size_t *count)
{
	int error = 0;
	uint32_t role = ROLE_BIT(view->caller.role);
	for (size_t i = 0; i < WORK_COUNT && error == 0; i++) {
		struct todo like = {
			.kind = works[i].kind, .act = works[i].act, .article = works[i].article
		};
		if ((works[i].roles & role) != 0) {
			error = rows_load(
				view, works[i].sql, view->caller.person_id, like, todos, count);
		}
	}
	if (error == 0 && role == ROLE_BIT(ROLE_DIRECTOR)) {
		error = regulation_load(view, todos, count);
	}
	return error == 0 && ((UNIT | DESK) & role) != 0 ? renewals_load(view, todos, count)
							 : error;
}

static void put(struct view *view, const struct todo *t)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "kind", slice_str(t->kind));
	jw_kv_int(jw, "id", t->id);
	jw_kv_str(jw, "act", slice_str(t->act));
	jw_kv_str(jw, "title", t->title);
	jw_kv_opt(jw, "number", t->number);
	jw_kv_opt(jw, "grade", t->grade);
	jw_kv_opt(jw, "severity", t->severity);
	page_ref(view, "unit", t->unit_id, t->unit);
	jw_key(jw, "due_at");
	if (t->due_ms != INT64_MAX) {
		jw_int(jw, t->due_ms);
	} else {
		jw_null(jw);
	}
	jw_kv_int(jw, "at", t->at_ms);
	jw_kv_int(jw, "article", t->article);
	jw_end(jw);
}

int view_todo_list(struct view *view)
{
	struct page page;
	struct todo *todos = arena_take(view->arena, TODO_MAX * sizeof(*todos));
	size_t count = 0;
	int error = load(view, todos, &count);
	error = error < 0 ? error : page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	qsort(todos, count, sizeof(*todos), by_due);
	for (size_t i = 0; i < count; i++) {
		put(view, &todos[i]);
	}
	page_end(view, &page, (int64_t)count);
	return 0;
}

int view_todo_count(struct view *view, int64_t *ret_count)
{
	struct todo *todos = arena_take(view->arena, TODO_MAX * sizeof(*todos));
	size_t count = 0;
	int error = load(view, todos, &count);
	*ret_count = (int64_t)count;
	return error;
}
