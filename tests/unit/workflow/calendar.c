/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "china.h"

static struct calendar china;

static int china_open(void **state)
{
	(void)state;
	china_load(&china);
	return 0;
}

static const struct {
	const char *start;
	uint32_t n;
	const char *due;
	bool provisional;
} vectors[] = {
	{ "2026-02-13", 3, "2026-02-25", false },
	{ "2026-02-14", 1, "2026-02-24", false }, /* a Saturday that is worked */
	{ "2026-02-15", 1, "2026-02-24", false },
	{ "2026-09-30", 5, "2026-10-13", false },
	{ "2026-04-30", 5, "2026-05-11", false },
	{ "2026-01-01", 3, "2026-01-06", false },
	{ "2026-09-18", 5, "2026-09-24", false },
	{ "2025-09-30", 3, "2025-10-11", false },
	{ "2026-06-18", 2, "2026-06-23", false },
	{ "2026-05-08", 1, "2026-05-09", false },
	{ "2026-12-31", 1, "2027-01-04", true }, /* New Year's Day is off in any year */
	{ "2026-12-30", 1, "2026-12-31", false },
	{ "2024-12-31", 1, "2025-01-02", false },
	{ "2024-12-30", 1, "2024-12-31", true },
};

static void working_days_end_where_the_notices_of_the_state_council_put_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		/* The hour at which something starts changes nothing. */
		for (int hour = 0; hour < 24; hour += 23) {
			int64_t due_ms = 0;
			bool provisional = false;
			struct due_rule rule = { vectors[i].n, DUE_WORKING_DAYS };
			int64_t start_ms =
				china_at(vectors[i].start) + hour * 3600000 + 59 * 60000;
			assert_int_equal(
				calendar_add(&china, start_ms, rule, &due_ms, &provisional), 0);
			char want[32];
			(void)snprintf(want, sizeof(want), "%sT17:30", vectors[i].due);
			if (due_ms != china_at(want) || provisional != vectors[i].provisional) {
				fail_msg("%s + %u: %lld, not %s", vectors[i].start,
					vectors[i].n, (long long)due_ms, want);
			}
		}
	}
}

static void a_year_has_248_working_days(void **state)
{
	(void)state;
	for (int32_t year = 2025; year <= 2026; year++) {
		assert_int_equal(
			calendar_count(&china, civil_day(year, 1, 1), civil_day(year, 12, 31)),
			248);
	}
	assert_int_equal(
		calendar_count(&china, civil_day(2026, 1, 2), civil_day(2026, 1, 1)), 0);
}

static void hours_run_round_the_clock(void **state)
{
	(void)state;
	int64_t due_ms = 0;
	bool provisional = true;
	struct due_rule day = { 24, DUE_HOURS };
	assert_int_equal(
		calendar_add(&china, china_at("2026-02-14T16:50"), day, &due_ms, &provisional),
		0);
	assert_true(due_ms == china_at("2026-02-15T16:50") && !provisional);
	struct due_rule half = { 30, DUE_MINUTES };
	assert_int_equal(
		calendar_add(&china, china_at("2027-01-01T23:45"), half, &due_ms, &provisional),
		0);
	assert_true(due_ms == china_at("2027-01-02T00:15") && !provisional);
	struct due_rule days = { 30, DUE_DAYS };
	assert_int_equal(
		calendar_add(&china, china_at("2026-01-31T09:00"), days, &due_ms, &provisional),
		0);
	assert_true(due_ms == china_at("2026-03-02T17:30"));
}

static void refuses_what_no_rule_may_ask(void **state)
{
	(void)state;
	int64_t due_ms = 7;
	bool provisional = true;
	struct due_rule none = { 0, DUE_WORKING_DAYS };
	struct due_rule vast = { CALENDAR_ADD_MAX + 1, DUE_HOURS };
	struct due_rule one = { 1, DUE_WORKING_DAYS };
	assert_int_equal(calendar_add(&china, 0, one, &due_ms, &provisional), E_RANGE);
	assert_int_equal(calendar_add(&china, INT64_MAX, one, &due_ms, &provisional), E_RANGE);
	assert_int_equal(calendar_add(&china, INT64_MIN, one, &due_ms, &provisional), E_RANGE);
	assert_int_equal(
		calendar_add(&china, china_at("2026-01-01"), none, &due_ms, &provisional),
		E_RANGE);
	assert_int_equal(
		calendar_add(&china, china_at("2026-01-01"), vast, &due_ms, &provisional),
		E_RANGE);
	assert_true(due_ms == 7 && provisional);
}

static const struct {
	const char *text;
	int error;
	uint32_t n;
	enum due_unit unit;
} rules[] = {
	{ "5 wd", 0, 5, DUE_WORKING_DAYS },
	{ "24 h", 0, 24, DUE_HOURS },
	{ "30 min", 0, 30, DUE_MINUTES },
	{ "180 d", 0, 180, DUE_DAYS },
	{ "0 wd", E_RANGE, 0, DUE_WORKING_DAYS },
	{ "4000 d", E_RANGE, 0, DUE_WORKING_DAYS },
	{ "99999999999999999999 d", E_RANGE, 0, DUE_WORKING_DAYS },
	{ "5wd", E_FORMAT, 0, DUE_WORKING_DAYS },
	{ "5 weeks", E_FORMAT, 0, DUE_WORKING_DAYS },
	{ "-1 wd", E_FORMAT, 0, DUE_WORKING_DAYS },
	{ "", E_FORMAT, 0, DUE_WORKING_DAYS },
};

static void rules_are_read_and_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct due_rule rule = { 0, DUE_WORKING_DAYS };
		int error = due_rule_parse(slice_str(rules[i].text), &rule);
		if (error != rules[i].error || rule.n != rules[i].n ||
			rule.unit != rules[i].unit) {
			fail_msg("%s: %d", rules[i].text, error);
		}
		if (error == 0) {
			AUTO_BUF struct buf buf;
			buf_init(&buf, 40);
			due_rule_put(&buf, rule);
			assert_true(slice_is(buf_slice(&buf), rules[i].text));
		}
	}
}

static const struct {
	const char *text;
	int error;
	const char *says;
} bad[] = {
	{ "{", E_SHORT, "" },
	{ "[]", E_INPUT, "\"year\"" },
	{ "{\"year\":1,\"version\":\"x\",\"off\":[],\"work\":[]}", E_INPUT, "\"year\"" },
	{ "{\"year\":2026,\"version\":\"x\",\"off\":[],\"work\":[]}", E_EXISTS, "2026" },
	{ "{\"year\":2027,\"version\":\"\",\"off\":[],\"work\":[]}", E_INPUT, "\"version\"" },
	{ "{\"year\":2027,\"version\":\"x\",\"work\":[]}", E_INPUT, "\"off\"" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[],\"work\":{}}", E_INPUT, "\"work\"" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[\"2027-02-29\"],\"work\":[]}", E_INPUT,
		"2027-02-29" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[7],\"work\":[]}", E_INPUT, "not a date" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[\"2026-11-30\"],\"work\":[]}", E_INPUT,
		"does not belong" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[\"2027-01-01\",\"2027-01-01\"],\"work\":[]"
	  "}",
		E_INPUT, "twice" },
	{ "{\"year\":2027,\"version\":\"x\",\"off\":[],\"work\":[\"2027-01-04\"]}", E_INPUT,
		"weekend" },
};

static void a_wrong_file_is_refused_whole_and_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct diag diag = { 0 };
		size_t days = china.day_count;
		int error = calendar_add_json(&china, slice_str(bad[i].text), &diag);
		if (error != bad[i].error || strstr(diag.text, bad[i].says) == NULL) {
			fail_msg("%s: %d %s", bad[i].text, error, diag.text);
		}
		assert_int_equal(china.day_count, days);
		assert_int_equal(china.year_count, 2);
	}
}

static void a_seventeenth_year_is_refused(void **state)
{
	(void)state;
	struct calendar calendar;
	calendar_init(&calendar);
	for (int year = 2001; year <= 2017; year++) {
		char text[120];
		(void)snprintf(text, sizeof(text),
			"{\"year\":%d,\"version\":\"v\",\"off\":[\"%d-12-31\"],\"work\":[]}",
			year, year - 1);
		int want = year <= 2016 ? 0 : E_LIMIT;
		assert_int_equal(calendar_add_json(&calendar, slice_str(text), NULL), want);
	}
	assert_false(calendar_working(&calendar, civil_day(2000, 12, 31)));
	assert_null(calendar_version(&calendar, 2017));
}

static void breaks_are_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "{\"breaks\":[{\"from\":\"2027-01-16\",\"to\":\"2027-02-28\"},\"2027-05-04\"]}",
			0 },
		{ "{\"breaks\":[\"2027-06-01\",{\"from\":\"2027-02-28\",\"to\":\"2027-01-16\"}]}",
			E_INPUT },
		{ "{\"breaks\":[\"2027-06-01\",{\"from\":\"2027-02-28\"}]}", E_INPUT },
		{ "{\"breaks\":[\"2027-13-01\"]}", E_INPUT },
		{ "{\"breaks\":[\"2027-06-01T00:00\"]}", E_INPUT },
		{ "{}", 0 },
	};
	struct calendar calendar;
	(void)state;
	calendar_init(&calendar);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(calendar_add_breaks(&calendar, slice_str(cases[i].text), NULL),
			cases[i].want);
	}
	assert_true(calendar_in_break(&calendar, civil_day(2027, 1, 16)));
	assert_true(calendar_in_break(&calendar, civil_day(2027, 2, 28)));
	assert_false(calendar_in_break(&calendar, civil_day(2027, 3, 1)));
	assert_true(calendar_in_break(&calendar, civil_day(2027, 5, 4)));
	assert_false(calendar_in_break(&calendar, civil_day(2027, 6, 1)));
	assert_int_equal(calendar.break_count, 2);
	for (int i = 2; i < CALENDAR_BREAKS_MAX; i++) {
		assert_int_equal(calendar_add_breaks(&calendar,
					 SLICE("{\"breaks\":[\"2028-01-01\"]}"), NULL),
			0);
	}
	assert_int_equal(
		calendar_add_breaks(&calendar, SLICE("{\"breaks\":[\"2028-01-01\"]}"), NULL),
		E_LIMIT);
}

static void local_time_shows_its_zone(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 40);
	calendar_put_local(&china, china_at("2026-02-25T17:30"), &buf);
	assert_true(slice_is(buf_slice(&buf), "2026-02-25T17:30:00+08:00"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			working_days_end_where_the_notices_of_the_state_council_put_them),
		cmocka_unit_test(a_year_has_248_working_days),
		cmocka_unit_test(hours_run_round_the_clock),
		cmocka_unit_test(refuses_what_no_rule_may_ask),
		cmocka_unit_test(rules_are_read_and_written),
		cmocka_unit_test(a_wrong_file_is_refused_whole_and_says_why),
		cmocka_unit_test(a_seventeenth_year_is_refused),
		cmocka_unit_test(breaks_are_read_whole_or_not_at_all),
		cmocka_unit_test(local_time_shows_its_zone),
	};
	return cmocka_run_group_tests(tests, china_open, NULL);
}
