/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/flap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct flap_rule port = { FLAP_HIGH_PERCENT, FLAP_LOW_PERCENT, FLAP_MISSES_OTHER };
static const struct flap_rule ping = { FLAP_HIGH_PERCENT, FLAP_LOW_PERCENT, FLAP_MISSES_PING };

/* '-' = a good result in its turn, 'x' = a bad one; '.' and 'o' the same out of turn. */
static unsigned run(struct flap *flap, struct flap_rule rule, const char *text, unsigned *ends)
{
	unsigned begins = 0;
	for (const char *at = text; *at != '\0'; at++) {
		enum flap_said said = flap_take(
			flap, rule, *at == 'x' || *at == 'o', *at == '-' || *at == 'x');
		begins += said == FLAP_BEGINS;
		*ends += said == FLAP_ENDS;
	}
	return begins;
}

static void shares_and_thresholds(void **state)
{
	static const struct {
		const char *name;
		struct flap_rule rule;
		const char *results;
		unsigned begins;
		unsigned ends;
	} cases[] = {
		{ "a steady good one never flaps", port, "-----------------------------", 0,
			0 },
		{ "a single outage is no flapping", port, "----------xxxxxxxxxx---------", 0,
			0 },
		{ "two outages in a row of results are none yet", port,
			"---xxx----xxx-----------------", 0, 0 },
		{ "every other result bad begins at once it is clear", port, "-x-x-x-x-x", 1,
			0 },
		{ "it ends when it has been quiet for long enough", port,
			"-x-x-x-x-x-x-x-------------------", 1, 1 },
		{ "and ends as well when it stays bad", port,
			"-x-x-x-x-x-xxxxxxxxxxxxxxxxxxxxx", 1, 1 },
		{ "bursts of three lost pings are no changes", ping,
			"-xxx-xxx-xxx-xxx-xxx-xxx-xxx-xxx", 0, 0 },
		{ "four lost in a row are", ping, "-xooo.-xooo.-xooo.-xooo.-xooo.-xooo.", 1,
			0 },
		{ "quick looks do not make the past longer ago", port,
			"-x-x-x-x-x......................", 1, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flap flap = { 0 };
		unsigned ends = 0;
		unsigned begins = run(&flap, cases[i].rule, cases[i].results, &ends);
		if (begins != cases[i].begins || ends != cases[i].ends) {
			fail_msg("%s: %u begins, %u ends", cases[i].name, begins, ends);
		}
	}
}

static void later_changes_weigh_more(void **state)
{
	(void)state;
	struct flap flap = { .changes = 1 };
	assert_int_equal(flap_percent(&flap), 6);
	flap.changes = 1u << (FLAP_RESULTS - 2);
	assert_int_equal(flap_percent(&flap), 3);
	flap.changes = (1u << (FLAP_RESULTS - 1)) - 1;
	assert_int_equal(flap_percent(&flap), 100);
}

/* 10 minutes at one result a second, changing every second; then quiet. */
static void ten_minutes_at_half_a_hertz_begin_once_and_end_once(void **state)
{
	(void)state;
	struct flap flap = { 0 };
	unsigned begins = 0;
	unsigned ends = 0;
	for (unsigned second = 0; second < 1800; second++) {
		bool bad = second >= 600 && second < 1200 && second % 2 == 1;
		enum flap_said said = flap_take(&flap, port, bad, true);
		begins += said == FLAP_BEGINS;
		ends += said == FLAP_ENDS;
		assert_true(said != FLAP_ENDS || second > 1200);
	}
	assert_int_equal(begins, 1);
	assert_int_equal(ends, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_and_thresholds),
		cmocka_unit_test(later_changes_weigh_more),
		cmocka_unit_test(ten_minutes_at_half_a_hertz_begin_once_and_end_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
