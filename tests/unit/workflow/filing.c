/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/filing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"

/* Everything else is refused.  Who: u the unit's three, h its head, c the centre, s the machine;
 * needs: p phones, m mail, n another person, f form, r reason, t tested, w warnings, o other person. */
static const struct {
	const char *from;
	const char *act;
	const char *to;
	const char *who;
	const char *needs;
} reference[] = {
	{ "draft", "submit", "submitted", "uc", "pmn" },
	{ "returned", "submit", "submitted", "uc", "pmn" },
	{ "submitted", "sign", "verifying", "h", "" },
	{ "submitted", "accept_form", "verifying", "c", "f" },
	{ "submitted", "return", "returned", "ch", "r" },
	{ "verifying", "return", "returned", "c", "r" },
	{ "approved", "return", "returned", "c", "r" },
	{ "draft", "withdraw", "withdrawn", "uc", "" },
	{ "submitted", "withdraw", "withdrawn", "uc", "" },
	{ "returned", "withdraw", "withdrawn", "uc", "" },
	{ "verifying", "approve", "approved", "c", "two" },
	{ "approved", "take_effect", "effective", "s", "" },
	{ "effective", "supersede", "superseded", "s", "" },
};

static bool is_one_of(const char *who, enum role role)
{
	bool head = role == ROLE_UNIT_HEAD;
	bool unit = head || role == ROLE_OFFICER || role == ROLE_SPECIALIST;
	bool centre = role == ROLE_OPERATOR || role == ROLE_DIRECTOR;
	return (strchr(who, 'u') != NULL && unit) || (strchr(who, 'h') != NULL && head) ||
	       (strchr(who, 'c') != NULL && centre) ||
	       (strchr(who, 's') != NULL && role == ROLE_SYSTEM);
}

static bool has(const struct filing_facts *f, char need)
{
	switch (need) {
	case 'p':
		return f->phones_distinct;
	case 'm':
		return f->mail_known;
	case 'n':
		return f->person_changes;
	case 'f':
		return f->has_form;
	case 'r':
		return f->reason_given;
	case 't':
		return f->tested;
	case 'w':
		return !f->warnings || f->warnings_taken;
	default: /* a school of two has nobody else */
		return !f->actor_involved ||
		       (f->staffing.small_mode && f->staffing.centre_people < 3);
	}
}

static const char *wanted(const struct filing_facts *f, const char *act, enum role role)
{
	const char *from = name_id(&filing_state_names, f->state);
	for (size_t i = 0; i < sizeof(reference) / sizeof(reference[0]); i++) {
		bool here = strcmp(reference[i].from, from) == 0 &&
			    strcmp(reference[i].act, act) == 0 &&
			    is_one_of(reference[i].who, role);
		bool may = here;
		for (const char *need = reference[i].needs; here && *need != '\0'; need++) {
			may = may && has(f, *need);
		}
		if (may) {
			return reference[i].to;
		}
	}
	return NULL;
}

enum { FACTS = 12 };

static struct filing_facts facts_of(unsigned bits, enum filing_state state)
{
	return (struct filing_facts) { .state = state,
		.staffing = { (bits & 1) != 0, (bits & 2) != 0 ? 3 : 2 },
		.phones_distinct = (bits & 4) != 0,
		.mail_known = (bits & 8) != 0,
		.person_changes = (bits & 16) != 0,
		.has_form = (bits & 32) != 0,
		.reason_given = (bits & 64) != 0,
		.tested = (bits & 128) != 0,
		.warnings = (bits & 256) != 0,
		.warnings_taken = (bits & 512) != 0,
		.actor_involved = (bits & 1024) != 0 };
}

static void every_state_act_role_and_fact_agrees_with_the_reference(void **state)
{
	(void)state;
	unsigned walks = FILING_COUNT * FILING_ACT_COUNT * ROLE_COUNT;
	for (unsigned i = 0; i < walks << (FACTS - 1); i++) {
		unsigned at = i >> (FACTS - 1);
		unsigned act = at % FILING_ACT_COUNT;
		enum role role = (enum role)(at / FILING_ACT_COUNT % ROLE_COUNT);
		struct filing_facts facts =
			facts_of(i, (enum filing_state)(at / FILING_ACT_COUNT / ROLE_COUNT));
		struct filing_outcome got = { .to = FILING_COUNT };
		int error = filing_step(&facts, (enum filing_act)act, role, &got, NULL);
		const char *want = wanted(&facts, name_id(&filing_act_names, act), role);
		if ((error == 0) != (want != NULL) ||
			(want != NULL &&
				strcmp(want, name_id(&filing_state_names, got.to)) != 0)) {
			fail_msg("%s %s by %s: %d", name_id(&filing_state_names, facts.state),
				name_id(&filing_act_names, act), name_id(&role_names, role),
				error);
		}
		bool offered = (filing_acts(facts.state, role) >> act & 1U) != 0;
		assert_true(offered || error != 0); /* what may be done is offered */
	}
}

static void a_refusal_says_which_rule(void **state)
{
	(void)state;
	static const struct {
		enum filing_state at;
		enum filing_act act;
		enum role role;
		int error;
		const char *code;
	} cases[] = {
		{ FILING_DRAFT, FILING_ACT_SUBMIT, ROLE_OFFICER, E_INPUT, "phones" },
		{ FILING_DRAFT, FILING_ACT_APPROVE, ROLE_OPERATOR, E_STATE, "no_such_step" },
		{ FILING_SUBMITTED, FILING_ACT_SIGN, ROLE_OFFICER, E_DENIED, "role" },
		{ FILING_SUBMITTED, FILING_ACT_ACCEPT_FORM, ROLE_OPERATOR, E_STATE, "form" },
		{ FILING_VERIFYING, FILING_ACT_APPROVE, ROLE_OPERATOR, E_STATE, "tested" },
		{ FILING_EFFECTIVE, FILING_ACT_SUBMIT, ROLE_OFFICER, E_STATE, "no_such_step" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filing_facts facts = facts_of(0, cases[i].at);
		struct filing_outcome got = { 0 };
		struct diag diag = { 0 };
		assert_int_equal(filing_step(&facts, cases[i].act, cases[i].role, &got, &diag),
			cases[i].error);
		assert_string_equal(diag.source, cases[i].code);
	}
}

static void posts_act_in_a_role_and_signals_have_words(void **state)
{
	(void)state;
	assert_int_equal(post_role(POST_BACKUP), ROLE_OFFICER);
	assert_int_equal(post_role(POST_LEADER), ROLE_UNIT_HEAD);
	for (unsigned i = 0; i < TENURE_SIGNAL_COUNT; i++) {
		assert_true(name_text(&tenure_signal_names, i, LANG_ZH)[0] != '\0');
	}
	assert_true(filing_waits(FILING_RETURNED) && !filing_waits(FILING_EFFECTIVE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_act_role_and_fact_agrees_with_the_reference),
		cmocka_unit_test(a_refusal_says_which_rule),
		cmocka_unit_test(posts_act_in_a_role_and_signals_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
