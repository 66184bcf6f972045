/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/regulation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "china.h"
#include "workflow/notice_clock.h"
#include "workflow/policy.h"
#include "workflow/policy_impact.h"
#include "workflow/routing.h"

/* ---- the machine, every state by every act, against a table written by hand */

#define D ROLE_BIT(ROLE_DIRECTOR)
#define L ROLE_BIT(ROLE_LEADING_GROUP)
#define O ROLE_BIT(ROLE_OPERATOR)
#define A ROLE_BIT(ROLE_SECURITY_ADMIN)
#define S ROLE_BIT(ROLE_SYSTEM)

static const struct {
	const char *from;
	const char *act;
	const char *to;
	uint32_t roles;
} table[] = {
	{ "draft", "edit", "draft", D | O | A },
	{ "draft", "consult", "consulting", D | O | A },
	{ "draft", "adopt", "adopted", D | L },
	{ "draft", "drop", "dropped", D | O | A },
	{ "consulting", "recall", "draft", D | O | A },
	{ "consulting", "adopt", "adopted", D | L },
	{ "consulting", "drop", "dropped", D | O | A },
	{ "adopted", "recall", "draft", D | L },
	{ "adopted", "enter", "in_force", S },
	{ "in_force", "supersede", "superseded", S },
	{ "in_force", "carry", "in_force", D | L },
};

/* By hand: where an act of a role leads, or why not. */
static int wanted(unsigned from, unsigned act, unsigned role, const char **ret_to)
{
	*ret_to = name_id(&regulation_state_names, from);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].from, *ret_to) == 0 &&
			strcmp(table[i].act, name_id(&regulation_act_names, act)) == 0) {
			bool may = (table[i].roles & ROLE_BIT(role)) != 0;
			*ret_to = may ? table[i].to : *ret_to;
			return may ? 0 : E_DENIED;
		}
	}
	return E_STATE;
}

static void one_pair(unsigned from, unsigned act, unsigned role)
{
	struct regulation_facts facts = { (enum regulation_state)from, { false, 5 }, true, true,
		true, false, true };
	enum regulation_state to = (enum regulation_state)from;
	struct diag diag = { 0 };
	const char *leads = NULL;
	int want = wanted(from, act, role, &leads);
	assert_int_equal(
		regulation_step(&facts, (enum regulation_act)act, (enum role)role, &to, &diag),
		want);
	assert_string_equal(name_id(&regulation_state_names, to), leads);
}

static void every_pair_of_state_and_act_does_what_the_table_says_or_nothing(void **state)
{
	(void)state;
	for (unsigned from = 0; from < REGULATION_COUNT; from++) {
		for (unsigned act = 0; act < REGULATION_ACT_COUNT; act++) {
			for (unsigned role = 0; role <= ROLE_SYSTEM; role++) {
				one_pair(from, act, role);
			}
		}
	}
}

static const struct {
	const char *name;
	struct regulation_facts facts;
	enum regulation_act act;
	int error;
	const char *guard;
} guarded[] = {
	{ "a text out of its ranges is not adopted",
		{ REGULATION_DRAFT, { false, 5 }, false, true, true, false, true },
		REGULATION_ACT_ADOPT, E_INPUT, "complete" },
	{ "nor one over a text that is no longer in force",
		{ REGULATION_DRAFT, { false, 5 }, true, false, true, false, true },
		REGULATION_ACT_ADOPT, E_CONFLICT, "base" },
	{ "nor one without number and day",
		{ REGULATION_CONSULTING, { false, 5 }, true, true, false, false, true },
		REGULATION_ACT_ADOPT, E_INPUT, "numbered" },
	{ "nor by its author", { REGULATION_DRAFT, { false, 5 }, true, true, true, true, true },
		REGULATION_ACT_ADOPT, E_DENIED, "other_person" },
	{ "but by him where there is no third person",
		{ REGULATION_DRAFT, { true, 2 }, true, true, true, true, true },
		REGULATION_ACT_ADOPT, 0, "" },
	{ "what was adopted is recalled for a reason",
		{ REGULATION_ADOPTED, { false, 5 }, true, true, true, false, false },
		REGULATION_ACT_RECALL, E_INPUT, "reason" },
	{ "open work is carried over for a reason",
		{ REGULATION_IN_FORCE, { false, 5 }, true, true, true, false, false },
		REGULATION_ACT_CARRY, E_INPUT, "reason" },
};

static void guards_name_what_is_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
		struct diag diag = { 0 };
		enum regulation_state to = REGULATION_DRAFT;
		int error = regulation_step(
			&guarded[i].facts, guarded[i].act, ROLE_DIRECTOR, &to, &diag);
		if (error != guarded[i].error || strcmp(diag.source, guarded[i].guard) != 0) {
			fail_msg("%s: %d %s", guarded[i].name, error, diag.source);
		}
	}
}

/* ---- whom a finding goes to */

static struct policy school;
static struct calendar china;

static int school_open(void **state)
{
	(void)state;
	struct buf text;
	struct diag_list errors;
	china_load(&china);
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&text), &school, &errors);
	diag_list_fini(&errors);
	buf_fini(&text);
	return error;
}

static const struct {
	const char *name;
	const char *kind;
	struct routing_units units; /* own, operate, use */
	int64_t unit_id;
	enum owner as;
	size_t copies;
} ways[] = {
	{ "a weak password goes to who operates", "weak_password", { { 1, 2, 3 } }, 2,
		OWNER_OPERATE, 2 },
	{ "a leak goes to who is in charge", "info_leak", { { 1, 2, 3 } }, 1, OWNER_OWN, 2 },
	{ "without an operating unit the one in charge answers", "weak_password",
		{ { 1, 0, 3 } }, 1, OWNER_OWN, 1 },
	{ "and whoever there is where nobody is in charge", "info_leak", { { 0, 0, 3 } }, 3,
		OWNER_USE, 0 },
	{ "a unit that is all three is told once", "weak_password", { { 4, 4, 4 } }, 4,
		OWNER_OPERATE, 0 },
	{ "an asset of nobody goes to nobody", "weak_password", { { 0, 0, 0 } }, 0, OWNER_USE,
		0 },
	{ "a kind nobody knows goes to who is in charge", "unheard_of", { { 1, 2, 3 } }, 1,
		OWNER_OWN, 2 },
};

static void each_kind_goes_to_the_unit_that_answers_for_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct routing_answer answer;
		routing_ask(school.routes, slice_str(ways[i].kind), &ways[i].units, &answer);
		if (answer.unit_id != ways[i].unit_id || answer.copies != ways[i].copies ||
			(answer.unit_id != 0 && answer.as != ways[i].as)) {
			fail_msg("%s: unit %lld, %zu copies", ways[i].name,
				(long long)answer.unit_id, answer.copies);
		}
	}
}

/* ---- the stricter holds */

static void of_two_durations_the_shorter_holds(void **state)
{
	(void)state;
	static const struct {
		const char *own;
		const char *above;
		enum policy_holds holds;
	} cases[] = { { "2 h", "4 h", POLICY_OWN }, { "5 h", "4 h", POLICY_ABOVE },
		{ "5 wd", "30 d", POLICY_OWN }, { "4 h", "4 h", POLICY_OWN },
		{ "", "4 h", POLICY_ABOVE }, { "2 h", "", POLICY_OWN } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			policy_stricter(slice_str(cases[i].own), slice_str(cases[i].above)),
			cases[i].holds);
	}
}

/* ---- what another text would change */

static void a_running_clock_moves_with_its_pauses(void **state)
{
	(void)state;
	struct policy other = school;
	struct due due;
	struct due moved;
	other.rules[POLICY_REMEDIATION][GRADE_HIGH] = (struct due_rule) { 3, DUE_WORKING_DAYS };
	struct notice_timing timing = { &china, &school, GRADE_HIGH,
		china_at("2026-03-02T10:00"), china_at("2026-03-02T10:03"), NULL, 0, false,
		NULL, 0 };
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_REACHED, &due), 0);
	assert_int_equal(policy_move_due(&china, &other, GRADE_HIGH, &due, &moved), 0);
	assert_true(moved.start_ms == due.start_ms);
	assert_true(moved.due_ms == china_at("2026-03-05T17:30"));
	/* It stood for a day: under the other text as well. */
	timing.now_ms = china_at("2026-03-03T10:00");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_PAUSE, &due), 0);
	timing.now_ms = china_at("2026-03-04T10:00");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_RESUME, &due), 0);
	assert_int_equal(policy_move_due(&china, &other, GRADE_HIGH, &due, &moved), 0);
	assert_true(moved.due_ms - china_at("2026-03-05T17:30") ==
		    due.due_ms - china_at("2026-03-09T17:30"));
	/* The same text moves nothing. */
	assert_int_equal(policy_move_due(&china, &school, GRADE_HIGH, &due, &moved), 0);
	assert_true(moved.due_ms == due.due_ms && moved.step_count == due.step_count);
	/* A further round has half of the other's time. */
	timing.now_ms = china_at("2026-03-12T09:00");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_AGAIN, &due), 0);
	assert_int_equal(policy_move_due(&china, &other, GRADE_HIGH, &due, &moved), 0);
	assert_true(moved.rule.n == 2 && moved.due_ms == china_at("2026-03-16T17:30"));
	(void)snprintf(due.parameter, sizeof(due.parameter), "sign_for.normal");
	assert_int_equal(policy_move_due(&china, &other, GRADE_HIGH, &due, &moved), E_ABSENT);
}

static void what_becomes_overdue_is_told_apart(void **state)
{
	(void)state;
	assert_int_equal(policy_move_of(200, 90, 100), POLICY_BECOMES_OVERDUE);
	assert_int_equal(policy_move_of(90, 200, 100), POLICY_NO_LONGER_OVERDUE);
	assert_int_equal(policy_move_of(200, 150, 100), POLICY_EARLIER);
	assert_int_equal(policy_move_of(150, 200, 100), POLICY_LATER);
	assert_int_equal(policy_move_of(100, 100, 100), POLICY_SAME);
	assert_int_equal(policy_move_of(200, 90, INT64_MIN), POLICY_EARLIER);
}

static void an_older_text_takes_what_it_lacks_from_the_newer(void **state)
{
	(void)state;
	struct policy read;
	struct diag_list errors;
	diag_list_init(&errors);
	struct slice old =
		SLICE("{\"id\":\"old\",\"parameters\":[{\"name\":\"remediation.high\","
		      "\"value\":\"4 wd\",\"origin\":\"adopted\"}]}");
	assert_int_equal(policy_parse(old, &read, &errors), E_INPUT);
	assert_int_equal(policy_parse_over(old, &school, &read, &errors), 0);
	assert_int_equal(policy_rule(&read, POLICY_REMEDIATION, GRADE_HIGH).n, 4);
	assert_int_equal(policy_rule(&read, POLICY_REMEDIATION, GRADE_LOW).n, 20);
	assert_int_equal(read.routes[0], school.routes[0]);
	diag_list_fini(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_pair_of_state_and_act_does_what_the_table_says_or_nothing),
		cmocka_unit_test(guards_name_what_is_missing),
		cmocka_unit_test(each_kind_goes_to_the_unit_that_answers_for_it),
		cmocka_unit_test(of_two_durations_the_shorter_holds),
		cmocka_unit_test(a_running_clock_moves_with_its_pauses),
		cmocka_unit_test(what_becomes_overdue_is_told_apart),
		cmocka_unit_test(an_older_text_takes_what_it_lacks_from_the_newer),
	};
	return cmocka_run_group_tests(tests, school_open, NULL);
}
