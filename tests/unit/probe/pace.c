/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "probe/snmp/breaker.h"

static void waiting_follows_the_answers(void **state)
{
	(void)state;
	struct pace pace = { 0 };
	assert_int_equal(pace_wait_ms(&pace, 0), PACE_WAIT_FIRST_MS);
	for (int i = 0; i < 50; i++) {
		pace_answered(&pace, 500);
	}
	assert_int_equal(pace_wait_ms(&pace, 0), PACE_WAIT_MIN_MS);
	for (int i = 0; i < 50; i++) {
		pace_answered(&pace, 2000000);
	}
	/* A device that takes two seconds is given more, and not much more. */
	assert_in_range(pace_wait_ms(&pace, 0), 2000, 2200);
	assert_in_range(pace_wait_ms(&pace, 1), 4000, 4400);
	assert_int_equal(pace_wait_ms(&pace, 60), PACE_WAIT_MAX_MS);
	/* A clock that went back asks for nothing absurd. */
	pace_answered(&pace, -5);
	assert_true(pace_wait_ms(&pace, 0) <= PACE_WAIT_MAX_MS);
}

static void what_is_asked_at_once_grows_until_it_fails(void **state)
{
	(void)state;
	struct pace pace = { 0 };
	assert_int_equal(pace_repetitions(&pace, 1), PACE_VARBINDS_FIRST);
	pace_took(&pace, PACE_VARBINDS_FIRST);
	pace_took(&pace, 2 * PACE_VARBINDS_FIRST);
	assert_int_equal(pace_repetitions(&pace, 1), PACE_VARBINDS_MAX);
	assert_int_equal(pace_repetitions(&pace, 12), PACE_VARBINDS_MAX / 12);
	assert_int_equal(pace_repetitions(&pace, 200), 1);
}

static void a_device_that_takes_few_is_asked_for_few(void **state)
{
	(void)state;
	/* An agent that takes at most so many: the search ends there and stays. */
	for (unsigned most = 1; most < PACE_VARBINDS_MAX; most++) {
		struct pace pace = { 0 };
		unsigned refused = 0;
		for (int i = 0; i < 60; i++) {
			unsigned asked = pace_repetitions(&pace, 1);
			if (asked > most) {
				refused++;
				assert_true(pace_refused(&pace, asked));
			} else {
				pace_took(&pace, asked);
			}
		}
		assert_in_range(pace_repetitions(&pace, 1), (most + 1) / 2, most);
		assert_in_range(refused, 0, 12);
	}
	struct pace one = { 0 };
	assert_false(pace_refused(&one, 1));
}

static void an_answer_cut_short_says_how_much_fits(void **state)
{
	(void)state;
	struct pace pace = { 0 };
	pace_cut(&pace, 17);
	assert_int_equal(pace_repetitions(&pace, 1), 17);
	pace_took(&pace, 17);
	assert_int_equal(pace_repetitions(&pace, 1), 17);
	/* It may have been busy: much later more is tried again. */
	for (int i = 0; i < 300; i++) {
		pace_took(&pace, pace_repetitions(&pace, 1));
	}
	assert_int_equal(pace_repetitions(&pace, 1), PACE_VARBINDS_MAX);
}

static void the_dead_are_asked_seldom_and_found_again(void **state)
{
	(void)state;
	struct breaker breaker = { 0 };
	int64_t now_ms = 1000;
	for (int i = 0; i < BREAKER_FAILURES; i++) {
		assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_GO);
		breaker_bad(&breaker, now_ms, 0);
	}
	assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_REFUSE);
	int64_t waits[8] = { 0 };
	for (size_t i = 0; i < 8; i++) {
		int64_t from_ms = now_ms;
		while (breaker_ask(&breaker, now_ms) == BREAKER_REFUSE) {
			now_ms += 100;
		}
		waits[i] = now_ms - from_ms;
		/* While its one question is under way nothing else goes out. */
		assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_REFUSE);
		breaker_bad(&breaker, now_ms, 0);
	}
	assert_int_equal(waits[0], BREAKER_WAIT_FIRST_MS);
	assert_int_equal(waits[1], 2 * BREAKER_WAIT_FIRST_MS);
	assert_int_equal(waits[7], BREAKER_WAIT_MAX_MS);
	breaker_wake(&breaker);
	assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_PROBE);
	breaker_bad(&breaker, now_ms, 0);
	now_ms += BREAKER_WAIT_MAX_MS;
	assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_PROBE);
	breaker_good(&breaker);
	assert_int_equal(breaker_ask(&breaker, now_ms), BREAKER_GO);
}

static void devices_that_died_together_are_not_asked_together(void **state)
{
	(void)state;
	struct breaker a = { .failures = BREAKER_FAILURES };
	struct breaker b = { .failures = BREAKER_FAILURES };
	breaker_bad(&a, 0, 0);
	breaker_bad(&b, 0, 255);
	assert_int_equal(a.probe_ms - b.probe_ms, BREAKER_WAIT_FIRST_MS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_follows_the_answers),
		cmocka_unit_test(what_is_asked_at_once_grows_until_it_fails),
		cmocka_unit_test(a_device_that_takes_few_is_asked_for_few),
		cmocka_unit_test(an_answer_cut_short_says_how_much_fits),
		cmocka_unit_test(the_dead_are_asked_seldom_and_found_again),
		cmocka_unit_test(devices_that_died_together_are_not_asked_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
