/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 上报: one row an authority, with a clock of its own from when the event was
 * known of.  Who drafts does not approve; what a leader said on the telephone
 * is written down as his.
 */
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "desk/event_parts.h"
#include "desk/event_reports.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/event_clock.h"
#include "workflow/event_paper.h"

enum { TEXT_MAX = 4000, LINE_MAX_CHARS = 120, REASON_MAX = 500 };

struct up_row {
	int64_t id;
	enum event_up_state state;
	struct slice name;
	bool asked;
	struct slice text;
	int64_t drafted_by;
	int64_t drafted_at_ms;
	int64_t approved_by;
	int64_t approved_at_ms;
	int64_t heard_by; /* who wrote down that a leader approved by telephone */
	struct slice channel;
	struct slice called;
	int64_t sent_by;
	int64_t sent_at_ms;
	struct slice receipt;
	int64_t receipt_at_ms;
	int64_t summary_at_ms;
	struct slice reason;
};

static int up_load(struct desk *desk, int64_t event_id, int64_t id, struct up_row *ret)
{
	struct arena *arena = desk->arena;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT state, name, asked, text, drafted_by, drafted_at_ms, approved_by,"
		" approved_at_ms, heard_by, channel, called, sent_by, sent_at_ms, receipt,"
		" receipt_at_ms, summary_at_ms, reason FROM event_up WHERE id = $1"
		" AND event_id = $2",
		&q, SQL_INT(id), SQL_INT(event_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int state = name_parse(&event_up_state_names, db_col_text(q, 0));
	*ret = (struct up_row) { .id = id,
		.state = state < 0 ? EVENT_UP_WAIVED : (enum event_up_state)state,
		.name = arena_dup(arena, db_col_text(q, 1)),
		.asked = db_col_int64(q, 2) != 0,
		.text = arena_dup(arena, db_col_text(q, 3)),
		.drafted_by = db_col_int64(q, 4),
		.drafted_at_ms = db_col_int64(q, 5),
		.approved_by = db_col_int64(q, 6),
		.approved_at_ms = db_col_int64(q, 7),
		.heard_by = db_col_int64(q, 8),
		.channel = arena_dup(arena, db_col_text(q, 9)),
		.called = arena_dup(arena, db_col_text(q, 10)),
		.sent_by = db_col_int64(q, 11),
		.sent_at_ms = db_col_int64(q, 12),
		.receipt = arena_dup(arena, db_col_text(q, 13)),
		.receipt_at_ms = db_col_int64(q, 14),
		.summary_at_ms = db_col_int64(q, 15),
		.reason = arena_dup(arena, db_col_text(q, 16)) };
	return state < 0 ? E_STORE : 0;
}

static int up_save(struct desk *desk, const struct up_row *u)
{
	int64_t done = sql_run(desk->db,
		"UPDATE event_up SET version = version + 1, state = $2, text = $3,"
		" drafted_by = $4, drafted_at_ms = $5, approved_by = $6, approved_at_ms = $7,"
		" heard_by = $8, channel = $9, called = $10, sent_by = $11, sent_at_ms = $12,"
		" receipt = $13, receipt_at_ms = $14, summary_at_ms = $15, reason = $16"
		" WHERE id = $1",
		SQL_INT(u->id), SQL_STR(name_id(&event_up_state_names, u->state)),
		SQL_TEXT_OR_NULL(u->text), SQL_INT_OR_NULL(u->drafted_by),
		SQL_INT_OR_NULL(u->drafted_at_ms), SQL_INT_OR_NULL(u->approved_by),
		SQL_INT_OR_NULL(u->approved_at_ms), SQL_INT_OR_NULL(u->heard_by),
		SQL_TEXT_OR_NULL(u->channel), SQL_TEXT_OR_NULL(u->called),
		SQL_INT_OR_NULL(u->sent_by), SQL_INT_OR_NULL(u->sent_at_ms),
		SQL_TEXT_OR_NULL(u->receipt), SQL_INT_OR_NULL(u->receipt_at_ms),
		SQL_INT_OR_NULL(u->summary_at_ms), SQL_TEXT_OR_NULL(u->reason));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_up", u->id);
}

/* ---- which there are */

static int up_insert(struct desk *desk, const struct event_row *row,
	const struct event_authority *authority, bool asked)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO event_up (id, version, event_id, authority, name, state, asked,"
		" made_at_ms) VALUES ($1, 1, $2, $3, $4, 'needed', $5, $6)",
		SQL_INT(id), SQL_INT(row->id), SQL_TEXT(authority->id),
		SQL_TEXT(authority->name), SQL_INT(asked), SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "event_up", id);
	error = error < 0 ? error
			  : event_clock_set_up(desk->txn, desk->env, row, authority, id);
	return error < 0
		       ? error
		       : event_say(desk->txn, row->id, "up_needed",
				 event_args(desk->txn, (struct slice) { 0 }, authority->name));
}

/* 1 with its id when there is one that was not waived. */
static int up_find(
	struct desk *desk, const struct event_row *row, struct slice authority, int64_t *ret_id)
{
	return sql_int(desk->db,
		"SELECT id FROM event_up WHERE event_id = $1 AND authority = $2"
		" AND state <> 'waived'",
		ret_id, SQL_INT(row->id), SQL_TEXT(authority));
}

static int asked_set(struct desk *desk, int64_t id, bool asked)
{
	int64_t done = sql_run(desk->db,
		"UPDATE event_up SET version = version + 1, asked = $2 WHERE id = $1"
		" AND asked <> $2",
		SQL_INT(id), SQL_INT(asked));
	return done < 0 ? (int)done : done == 0 ? 0 : trail_row(desk->txn, "event_up", id);
}

int event_national_follow(struct desk *desk, const struct event_row *row)
{
	int64_t wanted = 0;
	int found =
		row->resolved_at_ms == 0
			? 0
			: sql_int(desk->db,
				  "SELECT 1 FROM event_up u WHERE u.event_id = $1"
				  " AND u.state <> 'waived' AND NOT EXISTS (SELECT 1"
				  " FROM event_clock c WHERE c.event_id = $1"
				  " AND c.kind = 'national' AND c.ended_at_ms IS NULL) LIMIT 1",
				  &wanted, SQL_INT(row->id));
	return found <= 0 ? found
			  : event_clock_set(desk->txn, desk->env, row, EVENT_CLOCK_NATIONAL,
				    row->resolved_at_ms);
}

int event_ups_follow(struct desk *desk, const struct event_row *row)
{
	struct event_pack pack;
	struct event_authority a;
	int error = event_pack_load(desk->txn, row->pack_id, &pack, NULL);
	enum event_grade grade = event_grade_now(row);
	for (size_t i = 0; error == 0 && event_pack_authority(&pack, i, &a); i++) {
		int64_t id = 0;
		/* A drill is never reported to anybody; it is practised all the same. */
		bool asks = event_authority_asks(&a, grade, row->crime);
		int found = up_find(desk, row, a.id, &id);
		error = found < 0    ? found
			: found == 1 ? asked_set(desk, id, asks)
			: asks       ? up_insert(desk, row, &a, true)
				     : 0;
	}
	return error < 0 ? error : event_national_follow(desk, row);
}

int desk_event_up_add(struct desk *desk)
{
	struct event_row row;
	struct event_pack pack;
	struct event_authority a = { 0 };
	struct slice word = { 0 };
	int64_t id = 0;
	size_t at = 0;
	int error = event_open(desk, &row);
	if (error == 0 && (event_terminal(row.state) || row.state == EVENT_RECEIVED)) {
		error = desk_refuse(desk, E_STATE, "event.no_such_step", NULL);
	}
	error = error < 0 ? error : event_pack_load(desk->txn, row.pack_id, &pack, NULL);
	error = error < 0 ? error
			  : words_text(desk, "authority", WORDS_REQUIRED, EVENT_PACK_ID_MAX,
				    &word);
	while (error == 0 && event_pack_authority(&pack, at, &a) && !slice_eq(a.id, word)) {
		at++;
	}
	if (error == 0 && !slice_eq(a.id, word)) {
		error = desk_refuse(desk, E_INPUT, "input.unknown", "authority");
	}
	int found = error < 0 ? error : up_find(desk, &row, word, &id);
	if (found == 1) {
		found = desk_refuse(desk, E_EXISTS, "event.up_exists", "authority");
	}
	error = found < 0 ? found : up_insert(desk, &row, &a, false);
	return error < 0 ? error
			 : event_done(desk, &row, "event.up_add", "up_added",
				   event_args(desk->txn, (struct slice) { 0 }, a.name));
}

/* ---- one act on one of them */

/* Who approves: a leader himself, or the one who is said to have, on the telephone. */
static int approver_read(struct desk *desk, struct up_row *u, struct event_up_facts *facts)
{
	int64_t held = 0;
	bool leader = desk->caller.role == ROLE_VICE_PRESIDENT ||
		      desk->caller.role == ROLE_LEADING_GROUP;
	int64_t approver = desk->caller.person_id;
	if (!leader) {
		int error = words_id(desk, "leader_id", WORDS_OPTIONAL, "person", &approver);
		if (error < 0) {
			return error;
		}
		approver = approver != 0 ? approver : desk->caller.person_id;
		u->heard_by = desk->caller.person_id;
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM role_grant WHERE person_id = $1 AND valid_to_ms IS NULL"
		" AND role IN ('vice_president', 'leading_group')",
		&held, SQL_INT(approver));
	facts->leader_approves = leader || held > 0;
	facts->approver_drafted = approver == u->drafted_by;
	u->approved_by = approver;
	u->approved_at_ms = desk->now_ms;
	return found < 0 ? found : 0;
}

static int draft_read(struct desk *desk, struct up_row *u, struct event_up_facts *facts)
{
	struct slice text = { 0 };
	int error = words_text(desk, "text", WORDS_OPTIONAL, TEXT_MAX, &text);
	facts->text_given = text.n > 0;
	u->text = text;
	u->drafted_by = desk->caller.person_id;
	u->drafted_at_ms = desk->now_ms;
	return error;
}

static int sent_read(struct desk *desk, const struct event_row *row, struct up_row *u,
	struct event_up_facts *facts)
{
	int error = words_text(desk, "channel", WORDS_OPTIONAL, LINE_MAX_CHARS, &u->channel);
	error = error < 0 ? error
			  : words_text(
				    desk, "called", WORDS_OPTIONAL, LINE_MAX_CHARS, &u->called);
	error = error < 0 ? error
			  : words_int(desk, "at", row->known_at_ms, desk->now_ms, desk->now_ms,
				    &u->sent_at_ms);
	facts->channel_given = u->channel.n > 0;
	facts->called_given = u->called.n > 0;
	u->sent_by = desk->caller.person_id;
	return error;
}

static int body_read(struct desk *desk, const struct event_row *row, enum event_up_act act,
	struct up_row *u, struct event_up_facts *facts)
{
	int error = 0;
	if (act == EVENT_UP_ACT_DRAFT) {
		return draft_read(desk, u, facts);
	}
	if (act == EVENT_UP_ACT_APPROVE) {
		return approver_read(desk, u, facts);
	}
	if (act == EVENT_UP_ACT_SEND) {
		return sent_read(desk, row, u, facts);
	}
	if (act == EVENT_UP_ACT_RECEIPT) {
		error = words_text(
			desk, "receipt", WORDS_OPTIONAL, LINE_MAX_CHARS, &u->receipt);
		facts->receipt_given = u->receipt.n > 0;
		u->receipt_at_ms = desk->now_ms;
		return error;
	}
	error = words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &u->reason);
	facts->reason_given = words_enough(u->reason, EVENT_REASON_MIN);
	return error;
}

/* Told is told, whenever it was; what nobody asks for any more has no limit. */
static int clock_follow(
	struct desk *desk, const struct event_row *row, enum event_up_act act, int64_t up_id)
{
	if (act == EVENT_UP_ACT_SEND) {
		return event_clock_meet(desk->txn, row->id, EVENT_CLOCK_UP, up_id);
	}
	return act == EVENT_UP_ACT_WAIVE
		       ? event_clock_end(desk->txn, row->id, EVENT_CLOCK_UP, up_id)
		       : 0;
}

/* The summary goes the same way as the report did, once the final report is accepted. */
static int summary_sent(struct desk *desk, struct event_row *row, struct up_row *u)
{
	int64_t open = 0;
	struct event_facts facts;
	int error = event_facts_load(desk, row, &facts);
	if (error == 0 &&
		(u->sent_at_ms == 0 || u->summary_at_ms != 0 || !facts.final_accepted)) {
		error = desk_refuse(desk, E_STATE, "event.summary_not_yet", NULL);
	}
	if (error < 0) {
		return error;
	}
	u->summary_at_ms = desk->now_ms;
	error = up_save(desk, u);
	int found = error < 0 ? error
			      : sql_int(desk->db,
					"SELECT count(*) FROM event_up WHERE event_id = $1"
					" AND state <> 'waived' AND summary_at_ms IS NULL",
					&open, SQL_INT(row->id));
	error = found < 0   ? found
		: open == 0 ? event_clock_meet(desk->txn, row->id, EVENT_CLOCK_NATIONAL, 0)
			    : 0;
	return error < 0 ? error
			 : event_done(desk, row, "event.up_summary", "up_summary",
				   event_args(desk->txn, (struct slice) { 0 }, u->name));
}

static const char *const codes[EVENT_UP_ACT_COUNT] = { "up_drafted", "up_approved",
	"up_rejected", "up_sent", "up_receipted", "up_waived" };

int desk_event_up_act(struct desk *desk)
{
	struct event_row row;
	struct up_row u;
	struct diag diag = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : up_load(desk, row.id, desk->call->sub, &u);
	if (error == 0 && event_terminal(row.state)) {
		error = desk_refuse(desk, E_STATE, "event.over", NULL);
	}
	struct slice word = json_get_str(desk->call->body, "act");
	if (error == 0 && slice_is(word, "summary")) {
		bool may = desk->caller.role == ROLE_OPERATOR ||
			   desk->caller.role == ROLE_DIRECTOR;
		return may ? summary_sent(desk, &row, &u)
			   : desk_refuse(desk, E_DENIED, "event.role", NULL);
	}
	int act = name_parse(&event_up_act_names, word);
	if (error == 0 && act < 0) {
		error = desk_refuse(desk, E_INPUT, "input.word", "act");
	}
	if (error < 0) {
		return error;
	}
	struct event_up_facts facts = { .state = u.state, .asked = u.asked };
	error = body_read(desk, &row, (enum event_up_act)act, &u, &facts);
	error = error < 0 ? error
			  : event_up_step(&facts, (enum event_up_act)act, desk->caller.role,
				    &u.state, &diag);
	error = event_refuse(desk, error, &diag);
	error = error < 0 ? error : up_save(desk, &u);
	error = error < 0 ? error : clock_follow(desk, &row, (enum event_up_act)act, u.id);
	struct slice name = arena_printf(desk->arena, "event.%s", codes[act]);
	return error < 0 ? error
			 : event_done(desk, &row, (const char *)name.p, codes[act],
				   event_args(desk->txn, u.reason, u.name));
}
