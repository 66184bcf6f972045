/* SPDX-License-Identifier: Apache-2.0 */
#include "model/expiry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/civil.h"
#include "base/err.h"

static int64_t at(int month, int day, int hour)
{
	struct civil civil = { .year = 2026,
		.month = (uint8_t)month,
		.day = (uint8_t)day,
		.hour = (uint8_t)hour };
	return civil_to_ms(&civil, CIVIL_CHINA_OFFSET_MIN);
}

static void steps_as_people_write_them(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *steps; /* joined by blanks; empty = refused */
	} cases[] = {
		{ "nothing is the default", "", "60 30 7 1 0" },
		{ "with commas and blanks", "60, 30, 7, 1", "60 30 7 1 0" },
		{ "in any order, each once", "1 30 7 30", "30 7 1 0" },
		{ "as a Chinese keyboard writes them", "90、30，7", "90 30 7 0" },
		{ "one is enough", "14", "14 0" },
		{ "words are none", "30, bald", "" },
		{ "the day itself is not to be asked for", "30, 0", "" },
		{ "nor a day after it", "-3", "" },
		{ "nor what is further off than two years", "731", "" },
		{ "only commas", ",,", "" },
		{ "no more than there is room for", "1 2 3 4 5 6 7 8 9", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct expiry_steps steps = { .count = 0 };
		char said[128] = "";
		int error = expiry_parse(slice_str(cases[i].text), &steps);
		for (size_t n = 0; error == 0 && n < steps.count; n++) {
			size_t used = strlen(said);
			(void)snprintf(said + used, sizeof(said) - used, "%s%d",
				n > 0 ? " " : "", (int)steps.days[n]);
		}
		if (strcmp(said, cases[i].steps) != 0) {
			fail_msg("%s: %s", cases[i].name, said);
		}
	}
}

static void reminders_are_due_in_the_morning(void **state)
{
	struct expiry_steps steps;
	int64_t end = at(12, 31, 0);
	(void)state;
	assert_int_equal(expiry_parse(slice_str("30, 7"), &steps), 0);
	assert_int_equal(expiry_instant(end, 7), at(12, 24, 9));
	assert_int_equal(expiry_next(&steps, end, at(11, 1, 0)), at(12, 1, 9));
	assert_int_equal(expiry_last(&steps, end, at(11, 1, 0)), -1);
	assert_int_equal(expiry_last(&steps, end, at(12, 1, 9)), at(12, 1, 9));
	assert_int_equal(expiry_next(&steps, end, at(12, 1, 9)), at(12, 24, 9));
	assert_int_equal(expiry_next(&steps, end, at(12, 30, 0)), at(12, 31, 9));
	assert_int_equal(expiry_next(&steps, end, at(12, 31, 9)), INT64_MAX);
	/* Whatever hour of the last day was typed in. */
	assert_int_equal(expiry_instant(at(12, 31, 17), 7), at(12, 24, 9));
}

static void days_are_counted_by_the_calendar(void **state)
{
	(void)state;
	assert_int_equal(expiry_days_left(at(12, 31, 0), at(12, 30, 23)), 1);
	assert_int_equal(expiry_days_left(at(12, 31, 0), at(12, 31, 23)), 0);
	assert_int_equal(expiry_days_left(at(12, 29, 17), at(12, 31, 1)), -2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_as_people_write_them),
		cmocka_unit_test(reminders_are_due_in_the_morning),
		cmocka_unit_test(days_are_counted_by_the_calendar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
