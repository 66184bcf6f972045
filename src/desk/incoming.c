/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incoming.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/incoming_row.h"
#include "desk/patch.h"
#include "desk/record_papers.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */

enum {
	NUMBER_MAX = 60,
	TITLE_MAX = 200,
	WAY_MAX = 200,
	TEXT_MAX = 2000,
	NAME_MAX_CHARS = 40,
	REASON_MAX = 500,
};

static const char *const secrecies[] = { "public", "internal", "confidential", "secret",
	"top_secret", NULL };
static const char *const urgencies[] = { "normal", "urgent", "extra", NULL };

#define AT(member) offsetof(struct incoming_row, member)

/* All that a paper may be registered with; the first two are all of a state secret. */
static const struct patch_field fields[] = {
	{ .name = "register_no",
		.offset = AT(register_no),
		.kind = PATCH_TEXT,
		.max = NUMBER_MAX },
	{ .name = "place", .offset = AT(place), .kind = PATCH_TEXT, .max = WAY_MAX },
	{ .name = "superior_id",
		.offset = AT(superior_id),
		.kind = PATCH_ID,
		.table = "superior" },
	{ .name = "paper_no", .offset = AT(paper_no), .kind = PATCH_TEXT, .max = NUMBER_MAX },
	{ .name = "title", .offset = AT(title), .kind = PATCH_TEXT, .max = TITLE_MAX },
	{ .name = "urgency",
		.offset = AT(urgency),
		.kind = PATCH_CHOICE,
		.words = urgencies,
		.otherwise = "normal" },
	{ .name = "received_at",
		.offset = AT(received_at_ms),
		.kind = PATCH_INT,
		.max = TIME_MAX },
	{ .name = "due_at", .offset = AT(due_at_ms), .kind = PATCH_INT, .max = TIME_MAX },
	{ .name = "feedback_way",
		.offset = AT(feedback_way),
		.kind = PATCH_TEXT,
		.max = WAY_MAX },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]), SECRET_FIELDS = 2 };

static bool is_secret(const struct incoming_row *row)
{
	return secrecy_is_state_secret(incoming_secrecy(row));
}

/* Nothing else of it may even be said to us. */
static int secret_body_check(struct desk *desk)
{
	for (size_t i = SECRET_FIELDS; i < FIELDS; i++) {
		enum json_type type = json_type(json_get(desk->call->body, fields[i].name));
		if (type != JSON_ABSENT && type != JSON_NULL) {
			return desk_refuse(
				desk, E_INPUT, "incoming.state_secret", fields[i].name);
		}
	}
	return 0;
}

static int times_check(struct desk *desk, const struct incoming_row *row)
{
	if (row->title.n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "title");
	}
	if (row->due_at_ms != 0 && row->due_at_ms <= row->received_at_ms) {
		return desk_refuse(desk, E_INPUT, "incoming.due_before", "due_at");
	}
	return 0;
}

static int body_read(struct desk *desk, struct incoming_row *row)
{
	if (is_secret(row)) {
		int error = secret_body_check(desk);
		error = error < 0 ? error : patch_apply(desk, row, fields, SECRET_FIELDS);
		return error < 0 || row->place.n > 0
			       ? error
			       : desk_refuse(desk, E_INPUT, "input.required", "place");
	}
	int error = patch_apply(desk, row, fields, FIELDS);
	if (row->received_at_ms == 0) {
		row->received_at_ms = desk->now_ms;
	}
	return error < 0 ? error : times_check(desk, row);
}

static int number_check(struct desk *desk, struct incoming_row *row)
{
	int64_t other = 0;
	if (row->register_no.n == 0) {
		int32_t year = civil_of_ms(desk->now_ms, CIVIL_CHINA_OFFSET_MIN).year;
		int64_t number = 0;
		int error = txn_number(desk->txn, "incoming", year, &number);
		row->register_no = arena_printf(
			desk->arena, "收文 %d-%03lld", (int)year, (long long)number);
		if (error < 0) {
			return error;
		}
	}
	int found = sql_int(desk->db,
		"SELECT id FROM incoming WHERE register_no = $1 AND id <> $2"
		" AND state <> 'voided'",
		&other, SQL_TEXT(row->register_no), SQL_INT(row->id));
	return found <= 0 ? found
			  : desk_refuse(desk, E_EXISTS, "incoming.number_taken", "register_no");
}

/* A state secret is found by its number and nothing else. */
static int searchable(struct desk *desk, const struct incoming_row *row)
{
	struct slice text = arena_printf(desk->arena, "%.*s %.*s %.*s",
		SLICE_FMT(row->register_no), SLICE_FMT(row->paper_no), SLICE_FMT(row->title));
	int64_t tokens = search_put(desk->txn, "incoming", row->id, text);
	return tokens < 0 ? (int)tokens : 0;
}

int desk_incoming_create(struct desk *desk)
{
	struct incoming_row row = { .version = 1,
		.state = INCOMING_REGISTERED,
		.author_id = desk->caller.person_id,
		.created_at_ms = desk->now_ms };
	int error = words_choice(desk, "secrecy", secrecies, NULL, &row.secrecy);
	error = error < 0 ? error : body_read(desk, &row);
	error = error < 0 ? error : number_check(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	row.policy_id = is_secret(&row) ? 0 : desk->env->policy_id;
	error = incoming_row_insert(desk->txn, &row);
	error = error < 0 ? error : searchable(desk, &row);
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.create", "registered",
				   (struct slice) { 0 });
}

/* ---- changed, and found out to be more secret */

/* Of what turns out to be a state secret everything but number and place goes. */
static int made_secret(struct desk *desk, struct incoming_row *row)
{
	int64_t kept = 0;
	int found = sql_int(desk->db,
		"SELECT (SELECT count(*) FROM attachment WHERE about = 'incoming'"
		" AND about_id = $1) + (SELECT count(*) FROM incoming_word"
		" WHERE incoming_id = $1) + (SELECT count(*) FROM notice WHERE incoming_id = $1)"
		" + (SELECT count(*) FROM finding WHERE incoming_id = $1)"
		" + (SELECT count(*) FROM task WHERE incoming_id = $1)"
		" + (SELECT count(*) FROM document WHERE about = 'incoming' AND about_id = $1)"
		" + (SELECT count(*) FROM annex WHERE incoming_id = $1)"
		" + (SELECT count(*) FROM annex_fill WHERE incoming_id = $1)",
		&kept, SQL_INT(row->id));
	if (found < 0) {
		return found;
	}
	if (kept > 0) {
		return desk_refuse(desk, E_STATE, "incoming.has_content", "secrecy");
	}
	*row = (struct incoming_row) { .id = row->id,
		.version = row->version,
		.state = INCOMING_REGISTERED,
		.secrecy = row->secrecy,
		.register_no = row->register_no,
		.place = row->place,
		.author_id = row->author_id,
		.created_at_ms = row->created_at_ms };
	int64_t gone = sql_run(desk->db,
		"UPDATE timeline SET args = '{}' WHERE kind = 'incoming' AND record_id = $1",
		SQL_INT(row->id));
	return gone < 0 ? (int)gone : 0;
}

static int secrecy_read(struct desk *desk, struct incoming_row *row)
{
	enum secrecy before = incoming_secrecy(row);
	if (!patch_given(desk, "secrecy")) {
		return 0;
	}
	int error = words_choice(desk, "secrecy", secrecies, NULL, &row->secrecy);
	enum secrecy now = incoming_secrecy(row);
	if (error < 0 || now == before) {
		return error;
	}
	/* Lowering is the issuing authority's to say, on a paper of its own. */
	if (now < before) {
		return desk_refuse(desk, E_INPUT, "incoming.lowered", "secrecy");
	}
	return secrecy_is_state_secret(now) && !secrecy_is_state_secret(before)
		       ? made_secret(desk, row)
		       : 0;
}

int desk_incoming_update(struct desk *desk)
{
	struct incoming_row row = { 0 };
	int error = incoming_open(desk, &row);
	if (error == 0 && incoming_terminal(row.state)) {
		error = desk_refuse(desk, E_STATE, "incoming.no_such_step", NULL);
	}
	error = error < 0 ? error : secrecy_read(desk, &row);
	error = error < 0 ? error : body_read(desk, &row);
	error = error < 0 ? error : number_check(desk, &row);
	error = error < 0 ? error : searchable(desk, &row);
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.update", "updated",
				   (struct slice) { 0 });
}

/* ---- proposed, instructed, assigned, ended */

int desk_incoming_propose(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct slice proposal = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	error = error < 0 ? error
			  : words_text(desk, "proposal", WORDS_OPTIONAL, TEXT_MAX, &proposal);
	facts.proposal_given = proposal.n > 0;
	error = error < 0 ? error : incoming_decide(desk, &row, &facts, INCOMING_ACT_PROPOSE);
	row.proposal = proposal;
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.propose", "proposed",
				   incoming_args(desk, proposal, (struct slice) { 0 }));
}

struct word {
	struct slice leader;
	struct slice words;
	int64_t day_ms;
	bool by_proxy;
};

/* A leader writes in his own name; the office copies what stands on the paper. */
static int word_read(struct desk *desk, struct word *word)
{
	word->by_proxy = desk->caller.role == ROLE_SCHOOL_OFFICE;
	int error = words_text(desk, "words", WORDS_OPTIONAL, TEXT_MAX, &word->words);
	error = error < 0 ? error
			  : words_text(desk, "leader", WORDS_OPTIONAL, NAME_MAX_CHARS,
				    &word->leader);
	error = error < 0 ? error
			  : words_int(desk, "day", 0, desk->now_ms + CIVIL_DAY_MS, desk->now_ms,
				    &word->day_ms);
	if (!word->by_proxy) {
		word->leader = arena_dup(desk->arena, slice_str(desk->caller.name));
	}
	return error;
}

static int word_insert(
	struct desk *desk, const struct incoming_row *row, const struct word *word)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO incoming_word (id, version, incoming_id, leader, words, day_ms,"
		" by_id, by_proxy, at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(row->id), SQL_TEXT(word->leader), SQL_TEXT(word->words),
		SQL_INT(word->day_ms), SQL_INT(desk->caller.person_id), SQL_INT(word->by_proxy),
		SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : trail_row(desk->txn, "incoming_word", id);
}

int desk_incoming_instruct(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct word word = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	error = error < 0 ? error : word_read(desk, &word);
	facts.words_given = word.words.n > 0 && word.leader.n > 0;
	error = error < 0 ? error : incoming_decide(desk, &row, &facts, INCOMING_ACT_INSTRUCT);
	error = error < 0 ? error : word_insert(desk, &row, &word);
	error = error < 0 ? error : incoming_sheet_paper(desk, &row, NULL);
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.instruct", "instructed",
				   incoming_args(desk, word.words, word.leader));
}

int desk_incoming_assign(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct slice reason = { 0 };
	int64_t handler_id = 0;
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	error = error < 0 ? error
			  : words_id(desk, "handler_id", WORDS_OPTIONAL, "person", &handler_id);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	facts.handler_known = handler_id != 0;
	facts.reason_given = words_enough(reason, INCOMING_REASON_MIN);
	error = error < 0 ? error : incoming_decide(desk, &row, &facts, INCOMING_ACT_ASSIGN);
	row.handler_id = handler_id;
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.assign", "assigned",
				   incoming_args(desk, reason, (struct slice) { 0 }));
}

/* 仅阅知, 存放, 归档, 作废: the body says which. */
int desk_incoming_end(struct desk *desk)
{
	static const char *const how[] = { "note", "keep", "archive", "void", NULL };
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct slice word = { 0 };
	struct slice reason = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : words_choice(desk, "how", how, NULL, &word);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	if (error == 0 && !is_secret(&row)) {
		error = words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	}
	/* Why a state secret was registered in error is no affair of this system. */
	facts.reason_given = is_secret(&row) || words_enough(reason, INCOMING_REASON_MIN);
	int act = error < 0 ? error : name_parse(&incoming_act_names, word);
	error = act < 0 ? act : incoming_decide(desk, &row, &facts, (enum incoming_act)act);
	if (error < 0) {
		return error;
	}
	row.reason = reason;
	struct slice name = arena_printf(desk->arena, "incoming.%.*s", SLICE_FMT(word));
	error = act == INCOMING_ACT_VOID ? 0 : incoming_sheet_paper(desk, &row, NULL);
	return error < 0 ? error
			 : incoming_done(desk, &row, (const char *)name.p,
				   name_id(&incoming_act_names, (unsigned)act),
				   incoming_args(desk, reason, (struct slice) { 0 }));
}
