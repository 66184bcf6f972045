/* SPDX-License-Identifier: Apache-2.0 */
/* The pack that comes along: classes, grades that answers come to, authorities, clocks. */
#include "workflow/event_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "china.h"
#include "workflow/event_clock.h"

static struct arena *arena;
static struct buf text;
static struct event_pack pack;
static struct policy policy;
static struct calendar china;

static int open_all(void **state)
{
	(void)state;
	struct diag diag = { 0 };
	struct diag_list errors;
	AUTO_BUF struct buf rules;
	arena = arena_create(0);
	china_load(&china);
	buf_init(&text, EVENT_PACK_MAX);
	buf_init(&rules, POLICY_TEXT_MAX);
	policy_file_read("events.json", &text);
	policy_file_read("school-2023-v1.json", &rules);
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&rules), &policy, &errors);
	diag_list_fini(&errors);
	error = error < 0 ? error : event_pack_parse(arena, buf_slice(&text), &pack, &diag);
	if (error < 0) {
		print_error("%s\n", diag.text);
	}
	return error;
}

static int close_all(void **state)
{
	(void)state;
	buf_fini(&text);
	arena_destroy(arena);
	return 0;
}

static struct event_proposal propose(const char *answers, int want)
{
	const struct json *root = NULL;
	struct event_proposal p = { 0 };
	assert_int_equal(json_parse(arena, slice_str(answers), 0, &root, NULL), 0);
	assert_int_equal(event_propose(&pack, root, &p, NULL), want);
	return p;
}

/* "以上" includes the number itself. */
static const struct {
	const char *name;
	const char *answers;
	enum event_grade grade;
	size_t hits;
} grades[] = {
	{ "nothing is known yet", "{}", EVENT_GRADE_IV, 0 },
	{ "a million persons", "{\"leaked\":\"yes\",\"persons\":1000000}", EVENT_GRADE_III, 1 },
	{ "one less", "{\"leaked\":\"yes\",\"persons\":999999}", EVENT_GRADE_IV, 0 },
	{ "ten million", "{\"leaked\":\"yes\",\"persons\":10000000}", EVENT_GRADE_II, 1 },
	{ "a hundred million", "{\"leaked\":\"yes\",\"persons\":100000000}", EVENT_GRADE_I, 1 },
	{ "a number whose question does not apply", "{\"leaked\":\"no\",\"persons\":100000000}",
		EVENT_GRADE_IV, 0 },
	{ "the home page for half an hour", "{\"tampered\":\"home\",\"home_minutes\":30}",
		EVENT_GRADE_III, 1 },
	{ "another page for half an hour", "{\"tampered\":\"page\",\"page_minutes\":30}",
		EVENT_GRADE_IV, 0 },
	{ "the worst of several counts",
		"{\"loss\":5000000,\"data\":\"serious\",\"portal\":\"yes\",\"portal_minutes\":130}",
		EVENT_GRADE_II, 3 },
	{ "an important system, seriously hit",
		"{\"importance\":\"important\",\"damage\":\"serious\"}", EVENT_GRADE_III, 1 },
	{ "half of the matrix says nothing", "{\"importance\":\"special\"}", EVENT_GRADE_IV,
		0 },
	{ "an authority has said so", "{\"authority\":\"iii\",\"loss\":null}", EVENT_GRADE_III,
		1 },
};

static void answers_come_to_a_grade(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(grades) / sizeof(grades[0]); i++) {
		struct event_proposal p = propose(grades[i].answers, 0);
		if (p.grade != grades[i].grade || p.hit_count != grades[i].hits) {
			fail_msg("%s: %s by %zu", grades[i].name,
				name_id(&event_grade_names, p.grade), p.hit_count);
		}
	}
	/* What is not known yet is counted; what does not apply is not. */
	size_t open = propose("{}", 0).open;
	assert_int_equal(propose("{\"leaked\":\"yes\"}", 0).open, open);
	assert_int_equal(propose("{\"leaked\":\"no\"}", 0).open, open - 1);
}

static void what_is_no_answer_is_refused(void **state)
{
	(void)state;
	(void)propose("{\"nobody_asked\":1}", E_INPUT);
	(void)propose("{\"leaked\":\"perhaps\"}", E_INPUT);
	(void)propose("{\"leaked\":\"yes\",\"persons\":-1}", E_INPUT);
	(void)propose("{\"leaked\":\"yes\",\"persons\":\"many\"}", E_INPUT);
	(void)propose("{\"matrix\":\"i\"}", E_INPUT);
}

static void classes_map_to_those_of_2023(void **state)
{
	(void)state;
	assert_true(event_pack_kind(&pack, EVENT_CLASS_MALWARE, SLICE("malware.worm")));
	assert_false(event_pack_kind(&pack, EVENT_CLASS_ATTACK, SLICE("malware.worm")));
	struct slice to = event_pack_propose_new(
		&pack, EVENT_CLASS_DESTRUCTION, SLICE("destruction.tamper"));
	assert_true(slice_is(to, "na.deface"));
	assert_true(event_pack_new(&pack, to));
	assert_true(event_pack_new(&pack, SLICE("na")));
	assert_false(event_pack_new(&pack, SLICE("zz")));
	assert_int_equal(
		event_pack_propose_new(&pack, EVENT_CLASS_MALWARE, SLICE("none")).n, 0);
	for (unsigned i = 0; i < EVENT_CLASS_COUNT; i++) {
		char tick[EVENT_PACK_ID_MAX];
		(void)snprintf(tick, sizeof(tick), "%s.1", name_id(&event_class_names, i));
		assert_true(event_pack_tick(&pack, (enum event_class)i, slice_str(tick)));
	}
}

static void who_must_be_told_depends_on_grade_and_crime(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		enum event_grade grade;
		bool crime;
		bool asks;
	} cases[] = {
		{ "cac", EVENT_GRADE_IV, false, false },
		{ "cac", EVENT_GRADE_III, false, true },
		{ "cac", EVENT_GRADE_I, false, true },
		{ "cac", EVENT_GRADE_IV, true, false },
		{ "police", EVENT_GRADE_I, false, false },
		{ "police", EVENT_GRADE_IV, true, true },
		{ "province", EVENT_GRADE_III, false, true },
		{ "ministry", EVENT_GRADE_II, false, false },
		{ "ministry", EVENT_GRADE_I, false, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event_authority a = { 0 };
		size_t at = 0;
		while (event_pack_authority(&pack, at, &a) && !slice_is(a.id, cases[i].id)) {
			at++;
		}
		assert_true(slice_is(a.id, cases[i].id));
		assert_true(event_authority_asks(&a, cases[i].grade, cases[i].crime) ==
			    cases[i].asks);
	}
}

/* ---- clocks */

static const struct {
	const char *name;
	enum event_clock_kind kind;
	enum event_grade grade;
	const char *from;
	const char *due;
} clocks[] = {
	{ "the first report of a larger event", EVENT_CLOCK_INITIAL, EVENT_GRADE_III,
		"2026-03-03T09:00", "2026-03-03T10:00" },
	{ "of an ordinary one", EVENT_CLOCK_INITIAL, EVENT_GRADE_IV, "2026-03-03T09:00",
		"2026-03-03T13:00" },
	{ "and of one nobody has graded", EVENT_CLOCK_INITIAL, EVENT_UNGRADED,
		"2026-03-03T09:00", "2026-03-03T13:00" },
	{ "grading", EVENT_CLOCK_GRADE, EVENT_UNGRADED, "2026-03-03T23:50",
		"2026-03-04T00:20" },
	{ "follow-up of grade I", EVENT_CLOCK_FOLLOW_UP, EVENT_GRADE_I, "2026-03-03T23:00",
		"2026-03-04T01:00" },
	{ "of grade III", EVENT_CLOCK_FOLLOW_UP, EVENT_GRADE_III, "2026-03-03T23:00",
		"2026-03-04T05:00" },
	{ "of grade IV, over a weekend", EVENT_CLOCK_FOLLOW_UP, EVENT_GRADE_IV,
		"2026-03-06T23:00", "2026-03-07T23:00" },
	{ "the final report skips a weekend", EVENT_CLOCK_FINAL, EVENT_GRADE_III,
		"2026-03-06T10:00", "2026-03-13T17:30" },
	{ "the national summary does not", EVENT_CLOCK_NATIONAL, EVENT_GRADE_III,
		"2026-03-06T10:00", "2026-04-05T17:30" },
};

static void each_clock_runs_by_its_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct due due;
		assert_int_equal(event_clock_begin(&china, &policy, clocks[i].kind,
					 clocks[i].grade, china_at(clocks[i].from), &due),
			0);
		if (due.due_ms != china_at(clocks[i].due)) {
			fail_msg("%s: %lld", clocks[i].name, (long long)due.due_ms);
		}
		assert_string_not_equal(due.parameter, "");
	}
}

static void a_graver_grade_counts_from_the_same_moment(void **state)
{
	(void)state;
	int64_t known_ms = china_at("2026-03-03T09:00");
	struct due due;
	assert_int_equal(event_clock_begin(&china, &policy, EVENT_CLOCK_INITIAL, EVENT_GRADE_IV,
				 known_ms, &due),
		0);
	int64_t now_ms = china_at("2026-03-03T11:00");
	assert_int_equal(event_clock_regrade(&china, &policy, EVENT_CLOCK_INITIAL,
				 EVENT_GRADE_II, now_ms, &due),
		1);
	/* It was due before anybody knew how grave it is, and says so. */
	assert_true(due.due_ms == china_at("2026-03-03T10:00"));
	assert_int_equal(event_clock_regrade(&china, &policy, EVENT_CLOCK_INITIAL,
				 EVENT_GRADE_III, now_ms, &due),
		0);
	assert_int_equal(event_clock_regrade(&china, &policy, EVENT_CLOCK_INITIAL,
				 EVENT_GRADE_IV, now_ms, &due),
		1);
	assert_true(due.due_ms == china_at("2026-03-03T13:00"));
	assert_int_equal(event_clock_regrade(&china, &policy, EVENT_CLOCK_FINAL, EVENT_GRADE_I,
				 now_ms, &due),
		0);
}

static void alarms_go_off_before_the_four_hours(void **state)
{
	(void)state;
	int64_t known_ms = china_at("2026-03-07T22:30");
	struct event_authority cac;
	struct due due;
	assert_true(event_pack_authority(&pack, 0, &cac));
	assert_int_equal(event_clock_up(&china, "events-2026-v1@0", &cac, known_ms, &due), 0);
	assert_true(due.due_ms == china_at("2026-03-08T02:30"));
	assert_string_equal(due.parameter, "authority.cac");
	for (unsigned i = 0; i < EVENT_ALARMS; i++) {
		int64_t at_ms = 0;
		assert_int_equal(event_alarm_at(&china, &policy, i, known_ms, &at_ms), 0);
		assert_true(at_ms == known_ms + (int64_t)(i + 1) * 3600000);
	}
	int64_t never = 0;
	assert_int_equal(
		event_alarm_at(&china, &policy, EVENT_ALARMS, known_ms, &never), E_RANGE);
}

static void a_broken_pack_says_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *was;
		const char *is;
		const char *says;
	} cases[] = {
		{ "\"mp.worm\"]", "\"mp.none\"]", "maps to a kind" },
		{ "\"limit\": \"4 h\"", "\"limit\": \"soon\"", "needs a limit" },
		{ "\"duty\", \"unit_head\"", "\"caretaker\", \"unit_head\"", "is no role" },
		{ "\"id\": \"malware\"", "\"id\": \"malaria\"", "seven classes" },
		{ "\"iii\": 1000000,", "\"iii\": 100000000,", "falling" },
		{ "\"question\": \"leaked\"", "\"question\": \"persons\"",
			"does not stand before" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf broken;
		struct event_pack none;
		struct diag diag = { 0 };
		struct slice whole = buf_slice(&text);
		size_t at = slice_find(whole, slice_str(cases[i].was));
		assert_true(at != SIZE_MAX);
		buf_init(&broken, EVENT_PACK_MAX);
		buf_put(&broken, slice_head(whole, at));
		buf_put_str(&broken, cases[i].is);
		buf_put(&broken, slice_skip(whole, at + strlen(cases[i].was)));
		assert_int_equal(
			event_pack_parse(arena, buf_slice(&broken), &none, &diag), E_INPUT);
		if (strstr(diag.text, cases[i].says) == NULL) {
			fail_msg("%s: %s", cases[i].is, diag.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_to_a_grade),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(classes_map_to_those_of_2023),
		cmocka_unit_test(who_must_be_told_depends_on_grade_and_crime),
		cmocka_unit_test(each_clock_runs_by_its_rule),
		cmocka_unit_test(a_graver_grade_counts_from_the_same_moment),
		cmocka_unit_test(alarms_go_off_before_the_four_hours),
		cmocka_unit_test(a_broken_pack_says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
