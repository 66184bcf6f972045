/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "china.h"
#include "workflow/notice_clock.h"

static struct buf text;
static struct policy school;
static struct calendar china;

static int school_open(void **state)
{
	(void)state;
	china_load(&china);
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	struct diag_list errors;
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&text), &school, &errors);
	for (size_t i = 0; i < errors.count; i++) {
		print_error("%s: %s\n", errors.items[i].source, errors.items[i].text);
	}
	diag_list_fini(&errors);
	return error;
}

static int school_close(void **state)
{
	(void)state;
	buf_fini(&text);
	return 0;
}

static const struct {
	enum policy_rule rule;
	enum grade grade;
	const char *name;
	struct due_rule want;
} cases[] = {
	{ POLICY_REMEDIATION, GRADE_URGENT, "remediation.urgent", { 3, DUE_WORKING_DAYS } },
	{ POLICY_REMEDIATION, GRADE_EXTREME, "remediation.urgent", { 3, DUE_WORKING_DAYS } },
	{ POLICY_REMEDIATION, GRADE_HIGH, "remediation.high", { 5, DUE_WORKING_DAYS } },
	{ POLICY_REMEDIATION, GRADE_MEDIUM, "remediation.medium", { 10, DUE_WORKING_DAYS } },
	{ POLICY_REMEDIATION, GRADE_LOW, "remediation.low", { 20, DUE_WORKING_DAYS } },
	{ POLICY_SIGN_FOR, GRADE_URGENT, "sign_for.urgent", { 30, DUE_MINUTES } },
	{ POLICY_SIGN_FOR, GRADE_LOW, "sign_for.normal", { 1, DUE_WORKING_DAYS } },
	{ POLICY_BRIEF, GRADE_HIGH, "brief.high", { 1, DUE_WORKING_DAYS } },
	{ POLICY_LADDER_3, GRADE_EXTREME, "ladder.urgent.3", { 12, DUE_HOURS } },
};

static void the_first_edition_says_what_the_school_adopted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct due_rule rule = policy_rule(&school, cases[i].rule, cases[i].grade);
		assert_string_equal(
			policy_rule_name(cases[i].rule, cases[i].grade), cases[i].name);
		assert_true(rule.n == cases[i].want.n && rule.unit == cases[i].want.unit);
	}
	assert_string_equal(school.version, "school-2023-v1");
	assert_int_equal(school.day_end_min, 17 * 60 + 30);
	assert_int_equal(school.extension_count_max, 2);
	for (unsigned rule = 0; rule < POLICY_RULE_COUNT; rule++) {
		for (unsigned grade = 0; grade < GRADE_COUNT; grade++) {
			assert_true(
				policy_rule(&school, (enum policy_rule)rule, (enum grade)grade)
					.n > 0);
		}
	}
}

static void nights_give_a_little_more_time_to_wake_up(void **state)
{
	(void)state;
	static const struct {
		const char *at;
		uint32_t minutes;
	} nights[] = { { "2026-03-02T21:59", 5 }, { "2026-03-02T22:00", 10 },
		{ "2026-03-03T02:00", 10 }, { "2026-03-03T07:29", 10 },
		{ "2026-03-03T07:30", 5 } };
	for (size_t i = 0; i < sizeof(nights) / sizeof(nights[0]); i++) {
		struct due_rule rule = policy_ack(&school, ALERT_SEVERITY_CRITICAL,
			china_at(nights[i].at), CIVIL_CHINA_OFFSET_MIN);
		assert_true(rule.n == nights[i].minutes && rule.unit == DUE_MINUTES);
	}
}

static const struct {
	const char *from;
	const char *to;
	const char *source;
	const char *says;
} broken[] = {
	{ "\"remediation.high\", \"value\": \"5 wd\"",
		"\"remediation.high\", \"value\": \"5 weeks\"", "remediation.high",
		"must be a duration" },
	{ "\"remediation.high\", \"value\": \"5 wd\"",
		"\"remediation.high\", \"value\": \"99 wd\"", "remediation.high",
		"from 60 to" },
	{ "\"remediation.high\", \"value\": \"5 wd\"",
		"\"remediation.high\", \"value\": \"11 wd\"", "remediation.medium", "graver" },
	{ "\"remediation.high\"", "\"remediation.hihg\"", "remediation.hihg", "no such" },
	{ "\"remediation.high\"", "\"remediation.hihg\"", "remediation.high", "missing" },
	{ "\"remediation.high\"", "\"remediation.low\"", "remediation.low", "twice" },
	{ "\"22:00\"", "\"24:00\"", "night.from", "must be a time" },
	{ "\"extension.count_max\", \"value\": 2", "\"extension.count_max\", \"value\": 2.5",
		"extension.count_max", "whole number" },
	{ "\"ladder.urgent.2\", \"value\": \"6 h\"", "\"ladder.urgent.2\", \"value\": \"1 h\"",
		"ladder.urgent.2", "later" },
	{ "\"10 wd\", \"origin\": \"default\"", "\"10 wd\", \"origin\": \"\"",
		"remediation.medium", "origin" },
	{ "\"school-2023-v1\"", "\"\"", "id", "1 to" },
	{ "\"parameters\"", "\"parameter\"", "parameters", "missing" },
};

static bool says(const struct diag_list *errors, const char *source, const char *words)
{
	for (size_t i = 0; i < errors->count; i++) {
		if (strcmp(errors->items[i].source, source) == 0 &&
			strstr(errors->items[i].text, words) != NULL) {
			return true;
		}
	}
	return false;
}

static void a_spoilt_policy_names_every_mistake(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		AUTO_BUF struct buf bad;
		buf_init(&bad, POLICY_TEXT_MAX);
		size_t at = slice_find(buf_slice(&text), slice_str(broken[i].from));
		assert_true(at != SIZE_MAX);
		buf_put(&bad, slice_head(buf_slice(&text), at));
		buf_put_str(&bad, broken[i].to);
		buf_put(&bad, slice_skip(buf_slice(&text), at + strlen(broken[i].from)));
		struct diag_list errors;
		diag_list_init(&errors);
		struct policy policy;
		int error = policy_parse(buf_slice(&bad), &policy, &errors);
		if (error != E_INPUT || !says(&errors, broken[i].source, broken[i].says)) {
			fail_msg("%s: %d, first: %s %s", broken[i].to, error,
				errors.count > 0 ? errors.items[0].source : "-",
				errors.count > 0 ? errors.items[0].text : "-");
		}
		diag_list_fini(&errors);
	}
	struct diag_list errors;
	diag_list_init(&errors);
	struct policy policy;
	assert_int_equal(policy_parse(SLICE("{\"parameters\":[]}"), &policy, &errors), E_INPUT);
	assert_true(errors.count > 40); /* all at once, not one after the other */
	diag_list_fini(&errors);
}

static void the_clock_starts_when_somebody_was_reached_or_an_hour_after_issue(void **state)
{
	(void)state;
	int64_t issued_ms = china_at("2026-09-18T16:50");
	struct notice_timing timing = { &china, &school, GRADE_HIGH, issued_ms, issued_ms, NULL,
		0, false, NULL, 0 };
	int64_t t0_ms = 0;
	assert_int_equal(notice_t0(&timing, 0, &t0_ms), 0);
	assert_true(t0_ms == china_at("2026-09-18T17:50"));
	assert_int_equal(notice_t0(&timing, china_at("2026-09-18T16:52"), &t0_ms), 0);
	assert_true(t0_ms == china_at("2026-09-18T16:52"));
	assert_int_equal(notice_t0(&timing, china_at("2026-09-18T19:00"), &t0_ms), 0);
	assert_true(t0_ms == china_at("2026-09-18T17:50"));
}

/* One notice through all its clocks, by hand on the calendar of 2026. */
static void a_notice_keeps_its_clock_through_return_and_failure(void **state)
{
	(void)state;
	struct notice_timing timing = { &china, &school, GRADE_HIGH,
		china_at("2026-03-02T10:00"), china_at("2026-03-02T10:00"), NULL, 0, false,
		NULL, 0 };
	struct due due;
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_START, &due), 0);
	assert_true(due.start_ms == china_at("2026-03-02T11:00"));
	timing.now_ms = china_at("2026-03-02T10:03");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_REACHED, &due), 0);
	assert_true(
		due.start_ms == timing.now_ms && due.due_ms == china_at("2026-03-09T17:30"));
	assert_string_equal(due.parameter, "remediation.high");
	timing.now_ms = china_at("2026-03-09T16:30");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_PAUSE, &due), 0);
	/* Returned a day later with an hour left: the correction time is longer. */
	timing.now_ms = china_at("2026-03-10T16:30");
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_RESUME, &due), 0);
	assert_true(due.due_ms == china_at("2026-03-11T17:30"));
	assert_int_equal(notice_overdue_level(&timing, &due), 0);
	/* Failed: half of five working days, rounded up. */
	timing.now_ms = china_at("2026-03-12T09:00");
	assert_int_equal(notice_overdue_level(&timing, &due), 0);
	timing.now_ms = china_at("2026-03-12T17:30");
	assert_int_equal(notice_overdue_level(&timing, &due), 1);
	timing.now_ms = china_at("2026-03-25T17:30");
	assert_int_equal(notice_overdue_level(&timing, &due), 4);
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_AGAIN, &due), 0);
	assert_true(
		due.due_ms == china_at("2026-03-30T17:30") && due.start_ms == timing.now_ms);
	assert_int_equal(notice_remedy(&timing, NOTICE_CLOCK_REMEDY_STOP, &due), 0);
}

static void plain_clocks_start_when_the_outcome_says_so(void **state)
{
	(void)state;
	int64_t now_ms = china_at("2026-03-06T16:50"); /* a Friday */
	struct notice_timing timing = { &china, &school, GRADE_MEDIUM, now_ms, now_ms, NULL, 0,
		false, NULL, 0 };
	struct due due;
	assert_int_equal(
		notice_clock_start(&timing, NOTICE_CLOCK_SIGN_START, POLICY_SIGN_FOR, &due), 0);
	assert_true(due.due_ms == china_at("2026-03-09T17:30"));
	assert_int_equal(
		notice_clock_start(&timing, NOTICE_CLOCK_SIGN_START, POLICY_BRIEF, &due),
		E_ABSENT);
	timing.grade = GRADE_URGENT;
	assert_int_equal(
		notice_clock_start(&timing, NOTICE_CLOCK_SIGN_START, POLICY_SIGN_FOR, &due), 0);
	assert_true(due.due_ms == now_ms + 30 * 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_edition_says_what_the_school_adopted),
		cmocka_unit_test(nights_give_a_little_more_time_to_wake_up),
		cmocka_unit_test(a_spoilt_policy_names_every_mistake),
		cmocka_unit_test(
			the_clock_starts_when_somebody_was_reached_or_an_hour_after_issue),
		cmocka_unit_test(a_notice_keeps_its_clock_through_return_and_failure),
		cmocka_unit_test(plain_clocks_start_when_the_outcome_says_so),
	};
	return cmocka_run_group_tests(tests, school_open, school_close);
}
