/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/clauses.h"

#include "base/civil.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum { TEXT_MAX = 2000, BODY_MAX = 120, ARTICLE_MAX = 200, OPEN_MAX = 500 };
#define DATE_SPAN_MS (INT64_C(20) * 366 * CIVIL_DAY_MS)

struct clause {
	int64_t id;
	const char *kind;
	const char *state;
	int64_t article;
	struct slice question;
	struct slice answer;
	struct slice decided_by;
	int64_t decided_at_ms;
};

static int insert(struct desk *desk, struct clause *c, const char *act)
{
	c->id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO clause_note (id, version, kind, state, article, question, answer,"
		" decided_by, decided_at_ms, unit_id, person_id, at_ms, policy_id)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		SQL_INT(c->id), SQL_STR(c->kind), SQL_STR(c->state), SQL_INT(c->article),
		SQL_TEXT(c->question), SQL_TEXT_OR_NULL(c->answer),
		SQL_TEXT_OR_NULL(c->decided_by), SQL_INT_OR_NULL(c->decided_at_ms),
		SQL_INT_OR_NULL(desk->caller.unit_id), SQL_INT_OR_NULL(desk->caller.person_id),
		SQL_INT(desk->now_ms), SQL_INT_OR_NULL(desk->env->policy_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "clause_note", c->id);
	error = error < 0 ? error : txn_change(desk->txn, "clause", c->id, 1);
	desk_audit(desk, act, "clause", c->id, 1, (struct slice) { 0 });
	desk_answer(desk, c->id, 1);
	desk->answer_state = slice_str(c->state);
	return error;
}

static int text_read(struct desk *desk, const char *field, struct slice *text)
{
	return words_text(desk, field, WORDS_REQUIRED, TEXT_MAX, text);
}

int desk_clause_interpret(struct desk *desk)
{
	struct clause c = { .kind = "interpretation", .state = "settled" };
	int error = words_int(desk, "article", 0, ARTICLE_MAX, 0, &c.article);
	error = error < 0 ? error : text_read(desk, "question", &c.question);
	error = error < 0 ? error : text_read(desk, "answer", &c.answer);
	error = error < 0 ? error
			  : words_text(desk, "decided_by", WORDS_REQUIRED, BODY_MAX,
				    &c.decided_by);
	error = error < 0 ? error
			  : words_int(desk, "decided_at", desk->now_ms - DATE_SPAN_MS,
				    desk->now_ms, desk->now_ms, &c.decided_at_ms);
	return error < 0 ? error : insert(desk, &c, "clause.interpret");
}

int desk_clause_suggest(struct desk *desk)
{
	struct clause c = { .kind = "suggestion", .state = "open" };
	int64_t open = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM clause_note WHERE kind = 'suggestion' AND state = $1",
		&open, SQL_STR("open"));
	if (found < 0 || open >= OPEN_MAX) {
		return found < 0 ? found : desk_refuse(desk, E_STATE, "clause.full", NULL);
	}
	int error = words_int(desk, "article", 0, ARTICLE_MAX, 0, &c.article);
	error = error < 0 ? error : text_read(desk, "question", &c.question);
	return error < 0 ? error : insert(desk, &c, "clause.suggest");
}

int desk_clause_review(struct desk *desk)
{
	struct clause c = { .kind = "review",
		.state = "settled",
		.question = SLICE("review"),
		.decided_at_ms = desk->now_ms };
	int error = text_read(desk, "answer", &c.answer);
	error = error < 0 ? error
			  : words_text(desk, "decided_by", WORDS_OPTIONAL, BODY_MAX,
				    &c.decided_by);
	return error < 0 ? error : insert(desk, &c, "clause.review");
}

/* ---- one that is there */

static int open_note(
	struct desk *desk, const char *kind, const char *state, int64_t *ret_version)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, kind, state FROM clause_note WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*ret_version = db_col_int64(q, 0);
	if (!slice_is(db_col_text(q, 1), kind) || !slice_is(db_col_text(q, 2), state)) {
		return desk_refuse(desk, E_STATE, "clause.no_such_step", NULL);
	}
	return desk_version_same(desk, *ret_version);
}

static int settle(struct desk *desk, int64_t version, struct slice state, struct slice answer,
	const char *act)
{
	int64_t id = desk->call->id;
	int64_t done = sql_run(desk->db,
		"UPDATE clause_note SET version = version + 1, state = $2,"
		" answer = COALESCE(answer, $3), settled_by = $4, settled_at_ms = $5 WHERE id = $1",
		SQL_INT(id), SQL_TEXT(state), SQL_TEXT_OR_NULL(answer),
		SQL_INT_OR_NULL(desk->caller.person_id), SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "clause_note", id);
	error = error < 0 ? error : txn_change(desk->txn, "clause", id, version + 1);
	desk_audit(desk, act, "clause", id, version + 1, answer);
	desk_answer(desk, id, version + 1);
	desk->answer_state = state;
	return error;
}

int desk_clause_settle(struct desk *desk)
{
	static const char *const words[] = { "taken", "declined", NULL };
	struct slice state = { 0 };
	struct slice answer = { 0 };
	int64_t version = 0;
	int error = open_note(desk, "suggestion", "open", &version);
	error = error < 0 ? error : words_choice(desk, "state", words, NULL, &state);
	error = error < 0 ? error : text_read(desk, "answer", &answer);
	return error < 0 ? error : settle(desk, version, state, answer, "clause.settle");
}

int desk_clause_revoke(struct desk *desk)
{
	struct slice reason = { 0 };
	int64_t version = 0;
	int error = open_note(desk, "interpretation", "settled", &version);
	error = error < 0 ? error : text_read(desk, "reason", &reason);
	return error < 0 ? error
			 : settle(desk, version, SLICE("revoked"), reason, "clause.revoke");
}
