/* SPDX-License-Identifier: Apache-2.0 */
/* A superior's deadline, and the days a school or a unit decides on for itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "china.h"
#include "workflow/calendar_layer.h"
#include "workflow/due_superior.h"
#include "workflow/explain.h"

enum { CASES = 250000, HOUR_MS = 3600000 };

static struct calendar china;

static int china_open(void **state)
{
	(void)state;
	china_load(&china);
	return 0;
}

static struct due_superior superior_of(const char *due)
{
	return (struct due_superior) { china_at(due), { 1, DUE_WORKING_DAYS }, 25, 72 };
}

static const struct {
	const char *name;
	const char *seen;
	const char *superior;
	const char *limit;
} limits[] = {
	{ "a paper of Friday 16:00 due Sunday 18:00 leaves until Sunday 06:00",
		"2026-03-06T16:00", "2026-03-08T18:00", "2026-03-08T06:00" },
	{ "a week on, one working day is kept back", "2026-03-02T09:00", "2026-03-13T18:00",
		"2026-03-12T17:30" },
	{ "over a weekend a quarter of the time is less than a working day", "2026-03-05T09:00",
		"2026-03-09T09:00", "2026-03-08T09:00" },
	{ "across the Spring Festival the working day before is weeks ago, so the share counts",
		"2026-02-10T09:00", "2026-02-24T09:00", "2026-02-20T21:00" },
	{ "under three days only whole hours of the share", "2026-03-02T09:00",
		"2026-03-03T16:00", "2026-03-03T09:00" },
	{ "a share is of whole hours, whatever minute the paper came in", "2026-03-05T09:17",
		"2026-03-09T09:00", "2026-03-08T10:00" },
	{ "a deadline that has passed when it is seen is now", "2026-03-06T16:00",
		"2026-03-06T12:00", "2026-03-06T16:00" },
	{ "the last hour leaves all of it", "2026-03-06T16:00", "2026-03-06T17:00",
		"2026-03-06T17:00" },
};

static void what_is_kept_back_is_the_shorter_of_a_working_day_and_a_share(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct due_superior superior = superior_of(limits[i].superior);
		int64_t limit_ms = 0;
		bool provisional = false;
		assert_int_equal(due_superior_limit(&china, china_at(limits[i].seen), &superior,
					 &limit_ms, &provisional),
			0);
		if (limit_ms != china_at(limits[i].limit)) {
			AUTO_BUF struct buf got;
			buf_init(&got, 40);
			calendar_put_local(&china, limit_ms, &got);
			fail_msg("%s: %s", limits[i].name, (const char *)got.p);
		}
	}
}

static void a_unit_is_due_by_the_earlier_of_policy_and_superior(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 5, DUE_WORKING_DAYS };
	int64_t issued_ms = china_at("2026-03-06T16:00");
	struct due_superior superior = superior_of("2026-03-08T18:00");
	assert_int_equal(due_begin(&china, "v", "remediation.high", issued_ms, rule, &due), 0);
	assert_int_equal(due_superior(&china, &due, issued_ms, &superior), 0);
	assert_true(due.due_ms == china_at("2026-03-08T06:00") && due_superior_binds(&due));
	/* Said in the explanation, in both languages. */
	struct explanation explanation;
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	explain_due(&due, &explanation);
	explain_put_text(&china, &explanation, LANG_ZH, &text);
	assert_non_null(strstr((const char *)text.p, "来文时限短于校内时限"));
	assert_non_null(strstr((const char *)text.p, "2026-03-08 06:00"));
	/* One that leaves more time than the school does changes nothing. */
	superior = superior_of("2026-06-30T18:00");
	assert_int_equal(due_begin(&china, "v", "remediation.high", issued_ms, rule, &due), 0);
	assert_int_equal(due_superior(&china, &due, issued_ms, &superior), 0);
	assert_true(due.due_ms == china_at("2026-03-13T17:30") && !due_superior_binds(&due));
	/* It stands at the beginning or nowhere. */
	assert_int_equal(due_superior(&china, &due, issued_ms, &superior), E_STATE);
	assert_int_equal(due_adjust(&china, &due, DUE_SUPERIOR, issued_ms, rule), E_RANGE);
}

static struct due_superior superior_draw(uint64_t *seed, int64_t start_ms)
{
	return (struct due_superior) { start_ms - 40 * HOUR_MS +
					       (int64_t)roll(seed, 2000) * HOUR_MS,
		{ 1 + roll(seed, 3), roll(seed, 2) == 0 ? DUE_WORKING_DAYS : DUE_HOURS },
		(int32_t)roll(seed, 91), (int32_t)roll(seed, 200) };
}

/* Never before it was seen, never after policy or superior, and it reads back the same. */
static void a_superior_never_lengthens_and_never_reaches_back(void **state)
{
	(void)state;
	uint64_t seed = 11;
	AUTO_BUF struct buf text;
	buf_init(&text, DUE_TEXT_MAX);
	for (int i = 0; i < CASES; i++) {
		struct due due;
		int64_t start_ms =
			china_at("2025-01-01") + (int64_t)(dice(&seed) % UINT64_C(60000000000));
		struct due_rule rule = { 1 + roll(&seed, 40),
			roll(&seed, 2) == 0 ? DUE_WORKING_DAYS : DUE_HOURS };
		assert_int_equal(due_begin(&china, "v", "p", start_ms, rule, &due), 0);
		int64_t policy_ms = due.due_ms;
		struct due_superior superior = superior_draw(&seed, start_ms);
		assert_int_equal(due_superior(&china, &due, start_ms, &superior), 0);
		assert_true(due.due_ms <= policy_ms && due.due_ms >= start_ms);
		assert_true(due.due_ms <= superior.due_ms || superior.due_ms < start_ms ||
			    due.due_ms == start_ms || due.due_ms == policy_ms);
		int64_t again_ms = 0;
		bool provisional = false;
		assert_int_equal(due_recompute(&china, &due, &again_ms, &provisional), 0);
		assert_true(again_ms == due.due_ms);
		if (i % 16 == 0) {
			struct jw jw;
			struct due back;
			buf_clear(&text);
			jw_init(&jw, &text);
			due_put_json(&jw, &due);
			assert_int_equal(due_parse_json(buf_slice(&text), &back, NULL), 0);
			assert_true(back.due_ms == due.due_ms &&
				    due_superior_binds(&back) == due_superior_binds(&due));
			assert_int_equal(
				due_recompute(&china, &back, &again_ms, &provisional), 0);
			assert_true(again_ms == due.due_ms);
		}
	}
}

/* ---- the school's and a unit's own days */

static const char school_text[] =
	"{\"version\":\"school-1\",\"spans\":[{\"from\":\"2026-03-11\",\"to\":\"2026-03-12\","
	"\"kind\":\"off\",\"reason\":\"校庆\"},{\"from\":\"2026-03-14\",\"to\":\"2026-03-14\","
	"\"kind\":\"work\"},{\"from\":\"2026-07-11\",\"to\":\"2026-08-30\",\"kind\":\"break\"}]}";
static const char unit_text[] =
	"{\"version\":\"unit-7-1\",\"spans\":[{\"from\":\"2026-03-12\",\"to\":\"2026-03-12\","
	"\"kind\":\"work\"},{\"from\":\"2026-03-16\",\"to\":\"2026-03-17\",\"kind\":\"off\"}]}";

static int64_t due_of(const struct calendar *calendar, const char *start, uint32_t n)
{
	struct due due;
	struct due_rule rule = { n, DUE_WORKING_DAYS };
	assert_int_equal(due_begin(calendar, "", "", china_at(start), rule, &due), 0);
	return due.due_ms;
}

static void own_days_lie_over_the_published_ones_and_a_units_over_the_schools(void **state)
{
	(void)state;
	struct calendar school = china;
	assert_int_equal(calendar_add_layer(&school, slice_str(school_text), NULL), 0);
	struct calendar unit = school;
	assert_int_equal(calendar_add_layer(&unit, slice_str(unit_text), NULL), 0);
	assert_true(due_of(&china, "2026-03-10T10:00", 3) == china_at("2026-03-13T17:30"));
	assert_true(due_of(&school, "2026-03-10T10:00", 3) == china_at("2026-03-16T17:30"));
	assert_true(due_of(&unit, "2026-03-10T10:00", 3) == china_at("2026-03-14T17:30"));
	assert_true(due_of(&unit, "2026-03-10T10:00", 4) == china_at("2026-03-18T17:30"));
	assert_true(calendar_in_break(&school, civil_day(2026, 8, 1)));
	assert_true(calendar_working(&school, civil_day(2026, 7, 13)));
	/* The derivation names what it was counted by. */
	struct due due;
	struct due_rule rule = { 3, DUE_WORKING_DAYS };
	assert_int_equal(due_begin(&unit, "", "", china_at("2026-03-10"), rule, &due), 0);
	assert_string_equal(due.calendar_version, "cn-2026-1+school-1+unit-7-1");
}

static void a_calendar_that_changes_moves_nothing_until_it_is_counted_anew(void **state)
{
	(void)state;
	struct due due;
	struct due_rule rule = { 3, DUE_WORKING_DAYS };
	struct calendar school = china;
	assert_int_equal(calendar_add_layer(&school, slice_str(school_text), NULL), 0);
	assert_int_equal(due_begin(&china, "", "", china_at("2026-03-10"), rule, &due), 0);
	assert_int_equal(due_pause(&due, china_at("2026-03-11T09:00")), 0);
	assert_int_equal(due_resume(&china, &due, china_at("2026-03-11T10:00")), 0);
	assert_true(due.due_ms == china_at("2026-03-13T18:30"));
	assert_int_equal(due_recount(&school, &due), 0);
	assert_true(due.due_ms == china_at("2026-03-16T18:30"));
	assert_string_equal(due.calendar_version, "cn-2026-1+school-1");
}

static const struct {
	const char *text;
	const char *says;
} wrong[] = {
	{ "{\"spans\":[]}", "version" },
	{ "{\"version\":\"school-1\"}", "spans" },
	{ "{\"version\":\"s\",\"spans\":[{\"from\":\"2026-03-11\",\"to\":\"2026-03-10\",\"kind\":"
	  "\"off\"}]}",
		"ends before" },
	{ "{\"version\":\"s\",\"spans\":[{\"from\":\"2026-02-30\",\"to\":\"2026-03-10\",\"kind\":"
	  "\"off\"}]}",
		"are dates" },
	{ "{\"version\":\"s\",\"spans\":[{\"from\":\"2026-03-11\",\"to\":\"2026-03-11\",\"kind\":"
	  "\"party\"}]}",
		"off" },
};

static void wrong_days_are_refused_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct calendar calendar = china;
		struct diag diag = { 0 };
		assert_true(calendar_add_layer(&calendar, slice_str(wrong[i].text), &diag) < 0);
		assert_non_null(strstr(diag.text, wrong[i].says));
		assert_true(calendar.span_count == 0 && calendar.layer_count == 0);
	}
}

static void days_that_leave_nothing_to_work_are_refused_and_not_walked_for_ever(void **state)
{
	(void)state;
	struct calendar never = china;
	int64_t due_ms = 0;
	bool provisional = false;
	struct due_rule rule = { 1, DUE_WORKING_DAYS };
	assert_int_equal(calendar_add_layer(&never,
				 SLICE("{\"version\":\"s\",\"spans\":[{\"from\":\"1971-01-01\","
				       "\"to\":\"8999-12-31\",\"kind\":\"off\"}]}"),
				 NULL),
		0);
	assert_int_equal(
		calendar_add(&never, china_at("2026-03-10"), rule, &due_ms, &provisional),
		E_RANGE);
	assert_int_equal(
		calendar_before(&never, china_at("2026-03-10"), rule, &due_ms, &provisional),
		E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_back_is_the_shorter_of_a_working_day_and_a_share),
		cmocka_unit_test(a_unit_is_due_by_the_earlier_of_policy_and_superior),
		cmocka_unit_test(a_superior_never_lengthens_and_never_reaches_back),
		cmocka_unit_test(
			own_days_lie_over_the_published_ones_and_a_units_over_the_schools),
		cmocka_unit_test(
			a_calendar_that_changes_moves_nothing_until_it_is_counted_anew),
		cmocka_unit_test(wrong_days_are_refused_whole),
		cmocka_unit_test(
			days_that_leave_nothing_to_work_are_refused_and_not_walked_for_ever),
	};
	return cmocka_run_group_tests(tests, china_open, NULL);
}
