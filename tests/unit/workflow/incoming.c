/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/incoming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"

/*
 * Written a second time by hand, in words: from | act | to | roles | what must
 * hold.  The product's own table is not looked at.
 */
static const struct {
	const char *from;
	const char *act;
	const char *to;
	const char *roles;
	const char *needs;
} papers[] = {
	{ "registered", "propose", "proposed", "operator director school_office",
		"open proposal" },
	{ "registered", "keep", "archived", "operator director school_office", "secret" },
	{ "registered", "void", "voided", "operator director school_office", "reason" },
	{ "proposed", "instruct", "instructed", "vice_president leading_group school_office",
		"words" },
	{ "instructed", "instruct", "instructed", "vice_president leading_group school_office",
		"words" },
	{ "handling", "instruct", "handling", "vice_president leading_group school_office",
		"words" },
	{ "proposed", "assign", "handling", "director school_office", "handler reason" },
	{ "instructed", "assign", "handling", "director school_office", "handler" },
	{ "handling", "assign", "handling", "director school_office", "handler" },
	{ "proposed", "note", "archived", "director school_office", "none_spawned" },
	{ "instructed", "note", "archived", "director school_office", "none_spawned" },
	{ "handling", "answer", "answered", "operator director",
		"result channel sealed statement" },
	{ "answered", "receipt", "answered", "operator director school_office", "receipt" },
	{ "answered", "archive", "archived", "director school_office",
		"acknowledged spawned_over" },
};

static const struct {
	const char *from;
	const char *act;
	const char *to;
	const char *roles;
	const char *needs;
} tasks[] = {
	{ "open", "report", "open", "operator director officer specialist unit_head",
		"own text" },
	{ "open", "finish", "reported", "operator director officer specialist unit_head",
		"own text" },
	{ "reported", "confirm", "done", "vice_president leading_group school_office", "" },
	{ "reported", "send_back", "open", "vice_president leading_group school_office",
		"why" },
	{ "open", "cancel", "cancelled", "vice_president leading_group school_office", "why" },
	{ "reported", "cancel", "cancelled", "vice_president leading_group school_office",
		"why" },
};

/* Is the word among those with a blank between them? */
static bool among(const char *words, const char *word)
{
	struct slice left = slice_str(words);
	while (left.n > 0) {
		struct slice one = { 0 };
		(void)slice_cut(left, ' ', &one, &left);
		if (slice_is(one, word)) {
			return true;
		}
	}
	return false;
}

enum { FACT_BITS = 12, FACT_SETS = 1 << FACT_BITS };

static struct incoming_facts facts_of(unsigned bits, enum secrecy secrecy)
{
	return (struct incoming_facts) { .secrecy = secrecy,
		.not_concerned = (bits & 1) != 0,
		.proposal_given = (bits & 2) != 0,
		.words_given = (bits & 4) != 0,
		.reason_given = (bits & 8) != 0,
		.handler_known = (bits & 16) != 0,
		.result_given = (bits & 32) != 0,
		.channel_given = (bits & 64) != 0,
		.receipt_given = (bits & 128) != 0,
		.spawned = (bits & 256) != 0,
		.spawned_open = (bits & 512) != 0,
		.answer_sealed = (bits & 1024) != 0,
		.statement_kept = (bits & 2048) != 0,
		.receipt_kept = (bits & 4) != 0 };
}

static bool holds(const struct incoming_facts *f, const char *needs)
{
	bool secret = f->secrecy == SECRECY_CONFIDENTIAL || f->secrecy == SECRECY_SECRET ||
		      f->secrecy == SECRECY_TOP_SECRET;
	return (!among(needs, "open") || !secret) && (!among(needs, "secret") || secret) &&
	       (!among(needs, "proposal") || f->proposal_given) &&
	       (!among(needs, "words") || f->words_given) &&
	       (!among(needs, "reason") || f->reason_given) &&
	       (!among(needs, "handler") || f->handler_known) &&
	       (!among(needs, "none_spawned") || !f->spawned) &&
	       (!among(needs, "result") || f->result_given) &&
	       (!among(needs, "channel") || f->channel_given) &&
	       (!among(needs, "sealed") || f->not_concerned || f->answer_sealed) &&
	       (!among(needs, "statement") || !f->not_concerned || f->statement_kept) &&
	       (!among(needs, "receipt") || f->receipt_given) &&
	       (!among(needs, "acknowledged") || f->receipt_kept || f->reason_given) &&
	       (!among(needs, "spawned_over") || !f->spawned_open);
}

static const char *paper_want(const struct incoming_facts *f, unsigned act, enum role role)
{
	for (size_t i = 0; i < sizeof(papers) / sizeof(papers[0]); i++) {
		if (strcmp(papers[i].from, name_id(&incoming_state_names, f->state)) == 0 &&
			strcmp(papers[i].act, name_id(&incoming_act_names, act)) == 0) {
			bool may = among(papers[i].roles, name_id(&role_names, role)) &&
				   holds(f, papers[i].needs);
			return may ? papers[i].to : NULL;
		}
	}
	return NULL;
}

static void a_paper_moves_as_the_reference_says(void **state)
{
	(void)state;
	unsigned steps = INCOMING_COUNT * INCOMING_ACT_COUNT * ROLE_COUNT;
	for (unsigned i = 0; i < steps; i++) {
		unsigned act = i % INCOMING_ACT_COUNT;
		enum role role = (enum role)(i / INCOMING_ACT_COUNT % ROLE_COUNT);
		for (unsigned bits = 0; bits < FACT_SETS; bits++) {
			struct incoming_facts facts =
				facts_of(bits, (enum secrecy)(bits % SECRECY_COUNT));
			facts.state =
				(enum incoming_state)(i / INCOMING_ACT_COUNT / ROLE_COUNT);
			enum incoming_state to = INCOMING_COUNT;
			int error =
				incoming_step(&facts, (enum incoming_act)act, role, &to, NULL);
			const char *want = paper_want(&facts, act, role);
			if ((error == 0) != (want != NULL) ||
				(want != NULL && strcmp(want, name_id(&incoming_state_names,
								      to)) != 0)) {
				fail_msg("%s %s as %s with %x: %d",
					name_id(&incoming_state_names, facts.state),
					name_id(&incoming_act_names, act),
					name_id(&role_names, role), bits, error);
			}
		}
	}
}

/* ---- a million steps of papers that come and go, beside a small model of them */

enum { STEPS = 1000000 };

struct model {
	struct incoming_facts at; /* what is so now; the rest comes with each act */
	unsigned leaders;         /* words written on it */
};

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*random >> 33) % below);
}

static bool centre(enum role role)
{
	return role == ROLE_OPERATOR || role == ROLE_DIRECTOR;
}

static bool heads(enum role role)
{
	return role == ROLE_DIRECTOR || role == ROLE_SCHOOL_OFFICE;
}

static bool leads(enum role role)
{
	return role == ROLE_VICE_PRESIDENT || role == ROLE_LEADING_GROUP ||
	       role == ROLE_SCHOOL_OFFICE;
}

/* The office's own account of it, act by act: the state afterwards, INCOMING_COUNT when it is not done. */
static enum incoming_state model_step(
	const struct incoming_facts *f, enum incoming_act act, enum role role)
{
	bool fresh = f->state == INCOMING_REGISTERED && (centre(role) || heads(role));
	bool waits = f->state == INCOMING_PROPOSED || f->state == INCOMING_INSTRUCTED;
	bool handled = f->state == INCOMING_HANDLING;
	bool answered = f->state == INCOMING_ANSWERED;
	bool secret = f->secrecy > SECRECY_INTERNAL;
	bool done = false;
	enum incoming_state to = f->state;
	switch (act) {
	case INCOMING_ACT_PROPOSE:
		done = fresh && !secret && f->proposal_given;
		to = INCOMING_PROPOSED;
		break;
	case INCOMING_ACT_KEEP:
		done = fresh && secret;
		to = INCOMING_ARCHIVED;
		break;
	case INCOMING_ACT_VOID:
		done = fresh && f->reason_given;
		to = INCOMING_VOIDED;
		break;
	case INCOMING_ACT_INSTRUCT:
		done = (waits || handled) && leads(role) && f->words_given;
		to = waits ? INCOMING_INSTRUCTED : to;
		break;
	case INCOMING_ACT_ASSIGN:
		done = (waits || handled) && heads(role) && f->handler_known &&
		       (f->state != INCOMING_PROPOSED || f->reason_given);
		to = INCOMING_HANDLING;
		break;
	case INCOMING_ACT_NOTE:
		done = waits && heads(role) && !f->spawned;
		to = INCOMING_ARCHIVED;
		break;
	case INCOMING_ACT_ANSWER:
		done = handled && centre(role) && f->result_given && f->channel_given &&
		       (f->not_concerned ? f->statement_kept : f->answer_sealed);
		to = INCOMING_ANSWERED;
		break;
	case INCOMING_ACT_RECEIPT:
		done = answered && (centre(role) || heads(role)) && f->receipt_given;
		break;
	case INCOMING_ACT_ARCHIVE:
		done = answered && heads(role) && (f->receipt_kept || f->reason_given) &&
		       !f->spawned_open;
		to = INCOMING_ARCHIVED;
		break;
	}
	return done ? to : INCOMING_COUNT;
}

/* What happens around it between two acts: seals, notices that go out and end. */
static void model_drift(struct model *m, uint64_t *random)
{
	m->at.answer_sealed = m->at.answer_sealed || draw(random, 8) == 0;
	m->at.statement_kept = m->at.statement_kept || draw(random, 8) == 0;
	bool more = m->at.state == INCOMING_HANDLING && draw(random, 8) == 0;
	m->at.spawned = m->at.spawned || more;
	m->at.spawned_open = more || (m->at.spawned_open && draw(random, 4) != 0);
}

static struct incoming_facts given(const struct model *m, uint64_t *random)
{
	struct incoming_facts f = facts_of(draw(random, 256), m->at.secrecy);
	f.state = m->at.state;
	f.spawned = m->at.spawned;
	f.spawned_open = m->at.spawned_open;
	f.answer_sealed = m->at.answer_sealed;
	f.statement_kept = m->at.statement_kept;
	f.receipt_kept = m->at.receipt_kept;
	return f;
}

static void a_million_steps_go_as_the_model_says(void **state)
{
	(void)state;
	uint64_t random = 20230075;
	unsigned ends[INCOMING_COUNT] = { 0 };
	struct model m = { 0 };
	for (unsigned i = 0; i < STEPS; i++) {
		enum role role = (enum role)draw(&random, ROLE_COUNT);
		enum incoming_act act = (enum incoming_act)draw(&random, INCOMING_ACT_COUNT);
		model_drift(&m, &random);
		struct incoming_facts facts = given(&m, &random);
		enum incoming_state want = model_step(&facts, act, role);
		enum incoming_state to = INCOMING_COUNT;
		int error = incoming_step(&facts, act, role, &to, NULL);
		if (to != want || (error == 0) != (want != INCOMING_COUNT)) {
			fail_msg("step %u: %s %s as %s", i,
				name_id(&incoming_state_names, facts.state),
				name_id(&incoming_act_names, act), name_id(&role_names, role));
		}
		to = error == 0 ? to : facts.state;
		bool secret = secrecy_is_state_secret(facts.secrecy);
		assert_true(!secret || to == INCOMING_REGISTERED || incoming_terminal(to));
		m.at.state = to;
		m.at.receipt_kept =
			m.at.receipt_kept || (error == 0 && act == INCOMING_ACT_RECEIPT);
		m.leaders += error == 0 && act == INCOMING_ACT_INSTRUCT;
		assert_true(m.leaders == 0 || to > INCOMING_PROPOSED);
		if (incoming_terminal(to)) {
			ends[to]++;
			m = (struct model) { .at.secrecy = (enum secrecy)draw(
						     &random, SECRECY_COUNT) };
		}
	}
	/* It went to both ends, often. */
	assert_true(ends[INCOMING_ARCHIVED] > 1000 && ends[INCOMING_VOIDED] > 1000);
}

static void a_state_secret_is_only_put_away_or_voided(void **state)
{
	(void)state;
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		uint32_t acts = incoming_acts(
			INCOMING_REGISTERED, SECRECY_CONFIDENTIAL, (enum role)role);
		assert_true((acts & ~(1U << INCOMING_ACT_KEEP | 1U << INCOMING_ACT_VOID)) == 0);
	}
	assert_true((incoming_acts(INCOMING_REGISTERED, SECRECY_INTERNAL, ROLE_SCHOOL_OFFICE) &
			    1U << INCOMING_ACT_PROPOSE) != 0);
}

static void a_refusal_names_what_lacks(void **state)
{
	(void)state;
	static const struct {
		enum incoming_state from;
		enum incoming_act act;
		unsigned bits;
		const char *code;
	} cases[] = {
		{ INCOMING_REGISTERED, INCOMING_ACT_PROPOSE, 0, "proposal" },
		{ INCOMING_HANDLING, INCOMING_ACT_ANSWER, 32 | 64, "sealed" },
		{ INCOMING_HANDLING, INCOMING_ACT_ANSWER, 1 | 32 | 64, "statement" },
		{ INCOMING_ANSWERED, INCOMING_ACT_ARCHIVE, 0, "acknowledged" },
		{ INCOMING_ANSWERED, INCOMING_ACT_ARCHIVE, 8 | 512, "spawned_open" },
		{ INCOMING_ARCHIVED, INCOMING_ACT_ANSWER, 0, "no_such_step" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct incoming_facts facts = facts_of(cases[i].bits, SECRECY_PUBLIC);
		struct diag diag = { 0 };
		enum incoming_state to = INCOMING_COUNT;
		facts.state = cases[i].from;
		assert_true(incoming_step(&facts, cases[i].act, ROLE_DIRECTOR, &to, &diag) < 0);
		assert_string_equal(diag.source, cases[i].code);
	}
}

static const char *task_want(const struct task_facts *f, unsigned act, enum role role)
{
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		const char *needs = tasks[i].needs;
		if (strcmp(tasks[i].from, name_id(&task_state_names, f->state)) == 0 &&
			strcmp(tasks[i].act, name_id(&task_act_names, act)) == 0) {
			bool may = among(tasks[i].roles, name_id(&role_names, role)) &&
				   (!among(needs, "own") || f->actor_in_unit) &&
				   (!among(needs, "text") || f->text_given) &&
				   (!among(needs, "why") || f->reason_given);
			return may ? tasks[i].to : NULL;
		}
	}
	return NULL;
}

static void a_task_moves_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TASK_COUNT * TASK_ACT_COUNT * ROLE_COUNT * 8; i++) {
		unsigned act = (i >> 3) % TASK_ACT_COUNT;
		enum role role = (enum role)((i >> 3) / TASK_ACT_COUNT % ROLE_COUNT);
		struct task_facts facts = { .state = (enum task_state)(
						    (i >> 3) / TASK_ACT_COUNT / ROLE_COUNT),
			.actor_in_unit = (i & 1) != 0,
			.text_given = (i & 2) != 0,
			.reason_given = (i & 4) != 0 };
		enum task_state to = TASK_COUNT;
		int error = task_step(&facts, (enum task_act)act, role, &to, NULL);
		const char *want = task_want(&facts, act, role);
		if ((error == 0) != (want != NULL) ||
			(want != NULL && strcmp(want, name_id(&task_state_names, to)) != 0)) {
			fail_msg("%s %s as %s: %d", name_id(&task_state_names, facts.state),
				name_id(&task_act_names, act), name_id(&role_names, role),
				error);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_paper_moves_as_the_reference_says),
		cmocka_unit_test(a_million_steps_go_as_the_model_says),
		cmocka_unit_test(a_state_secret_is_only_put_away_or_voided),
		cmocka_unit_test(a_refusal_names_what_lacks),
		cmocka_unit_test(a_task_moves_as_the_reference_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
