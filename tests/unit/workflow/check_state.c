/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/check_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "china.h"

/* One letter an answer: o ok, s slow, f failed, a away (unreachable), x unable. */
static enum check_result result_of(char letter)
{
	return (enum check_result)(strchr("osfax", letter) - "osfax");
}

/* One letter a state: u up, g degraded, d down, r unreachable, ? unknown, m maintenance. */
static char letter_of(enum check_state state)
{
	return "ugdr?m"[state];
}

static const struct {
	const char *name;
	struct check_rule rule;
	const char *answers;
	const char *states;
} cases[] = {
	{ "the first good answer is believed", { 3, 3, 2, 0 }, "ooo", "uuu" },
	{ "one lost answer changes nothing", { 3, 3, 2, 0 }, "ofofoffo", "uuuuuuuu" },
	{ "three failures are down", { 3, 3, 2, 0 }, "offf", "uuud" },
	{ "a bad start needs its three failures too", { 3, 3, 2, 0 }, "fff", "??d" },
	{ "one good answer does not end an outage", { 3, 3, 2, 0 }, "offfofo", "uuudddd" },
	{ "two good answers end it", { 3, 3, 2, 0 }, "offfoo", "uuuddu" },
	{ "alternating answers lead down once and never back", { 2, 3, 2, 0 }, "ofofofofof",
		"uuuddddddd" },
	{ "an answer is evidence for one change only", { 3, 5, 2, 0 }, "ofofoffoofoofoo",
		"uuuuuddduuuuuuu" },
	{ "slow answers degrade", { 3, 3, 2, 0 }, "osss", "uuug" },
	{ "slow and failed together degrade", { 3, 3, 2, 0 }, "osfs", "uuug" },
	{ "degraded turns down by failures", { 3, 3, 2, 0 }, "osssfff", "uuugggd" },
	{ "down turns degraded by answers, slow ones included", { 3, 3, 2, 0 }, "offfss",
		"uuuddg" },
	{ "something in between is down", { 3, 3, 2, 0 }, "ofaa", "uuur" },
	{ "down stays down until all say away", { 2, 3, 2, 0 }, "offafafaa", "uuddddddr" },
	{ "we cannot ask", { 3, 3, 2, 0 }, "oxxx", "uuu?" },
};

static void answers_lead_to_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_status status;
		check_status_init(&status, 0);
		char got[32] = "";
		for (size_t k = 0; cases[i].answers[k] != '\0'; k++) {
			(void)check_answer(&status, &cases[i].rule,
				result_of(cases[i].answers[k]), (int64_t)k + 1);
			got[k] = letter_of(status.state);
		}
		if (strcmp(got, cases[i].states) != 0) {
			fail_msg("%s: %s gives %s, not %s", cases[i].name, cases[i].answers,
				got, cases[i].states);
		}
	}
}

static void a_disagreeing_answer_asks_for_another_soon(void **state)
{
	(void)state;
	struct check_rule rule = { 3, 3, 2, 0 };
	struct check_status status;
	check_status_init(&status, 0);
	assert_false(check_answer(&status, &rule, CHECK_RESULT_OK, 1).ask_soon);
	assert_true(check_answer(&status, &rule, CHECK_RESULT_FAILED, 2).ask_soon);
	assert_true(check_answer(&status, &rule, CHECK_RESULT_FAILED, 3).ask_soon);
	struct check_change change = check_answer(&status, &rule, CHECK_RESULT_FAILED, 4);
	assert_true(change.changed && !change.ask_soon);
	assert_int_equal(change.from, CHECK_UP);
	assert_int_equal(change.to, CHECK_DOWN);
	assert_int_equal(status.since_ms, 4);
}

static void silence_is_unknown_and_maintenance_is_quiet(void **state)
{
	(void)state;
	struct check_rule rule = { 2, 2, 2, 1000 };
	struct check_status status;
	check_status_init(&status, 0);
	(void)check_answer(&status, &rule, CHECK_RESULT_OK, 10);
	assert_false(check_tick(&status, &rule, 1009).changed);
	assert_int_equal(check_tick(&status, &rule, 1010).to, CHECK_UNKNOWN);
	assert_false(check_tick(&status, &rule, 5000).changed);
	(void)check_answer(&status, &rule, CHECK_RESULT_OK, 5001);
	assert_int_equal(check_maintain(&status, true, 5002).to, CHECK_MAINTENANCE);
	for (int64_t at_ms = 5003; at_ms < 5010; at_ms++) {
		assert_false(check_answer(&status, &rule, CHECK_RESULT_FAILED, at_ms).changed);
	}
	assert_false(check_tick(&status, &rule, 99999).changed);
	assert_int_equal(check_maintain(&status, false, 99999).to, CHECK_UNKNOWN);
	/* What failed during maintenance does not count afterwards. */
	assert_false(check_answer(&status, &rule, CHECK_RESULT_FAILED, 100000).changed);
	assert_int_equal(check_answer(&status, &rule, CHECK_RESULT_OK, 100001).to, CHECK_UP);
}

static void changes_are_never_closer_than_the_evidence_they_need(void **state)
{
	(void)state;
	uint64_t seed = 11;
	for (int run = 0; run < 400; run++) {
		struct check_rule rule = { 0 };
		rule.window = (uint8_t)(1 + roll(&seed, CHECK_WINDOW_MAX));
		rule.fail_n = (uint8_t)(1 + roll(&seed, rule.window));
		rule.recover_n = (uint8_t)(1 + roll(&seed, 5));
		assert_true(check_rule_valid(&rule));
		uint32_t least = rule.fail_n < rule.recover_n ? rule.fail_n : rule.recover_n;
		struct check_status status;
		check_status_init(&status, 0);
		uint32_t since = least;
		for (int k = 0; k < 400; k++) {
			bool from_unknown = status.state == CHECK_UNKNOWN;
			since++;
			enum check_result result =
				(enum check_result)roll(&seed, CHECK_RESULT_COUNT);
			if (check_answer(&status, &rule, result, k).changed) {
				assert_true(from_unknown || since >= least);
				since = 0;
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_lead_to_states),
		cmocka_unit_test(a_disagreeing_answer_asks_for_another_soon),
		cmocka_unit_test(silence_is_unknown_and_maintenance_is_quiet),
		cmocka_unit_test(changes_are_never_closer_than_the_evidence_they_need),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
