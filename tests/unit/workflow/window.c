/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "china.h"

enum { MON = 1, TUE = 2, SAT = 32, SUN = 64, ALL = 127 };

static struct calendar china;

static int china_open(void **state)
{
	(void)state;
	china_load(&china);
	return 0;
}

static struct window weekly(
	unsigned weekdays, int32_t from_min, int32_t length_min, enum window_days on)
{
	return (struct window) { .weekly = true,
		.weekdays = weekdays,
		.from_min = from_min,
		.length_min = length_min,
		.on = on };
}

static void windows_open_and_close_when_people_think_they_do(void **state)
{
	/* 2026-03-02 is a Monday; 2026-02-14 a Saturday that is worked; 2026-02-16 a Monday off. */
	static const struct {
		const char *name;
		unsigned weekdays;
		int32_t from_min;
		int32_t length_min;
		enum window_days on;
		const char *at;
		bool open;
		const char *edge;
	} cases[] = {
		{ "before it on its day", MON, 120, 60, WINDOW_ANY, "2026-03-02T01:59", false,
			"2026-03-02T02:00" },
		{ "at its first instant", MON, 120, 60, WINDOW_ANY, "2026-03-02T02:00", true,
			"2026-03-02T03:00" },
		{ "its last instant is outside", MON, 120, 60, WINDOW_ANY, "2026-03-02T03:00",
			false, "2026-03-09T02:00" },
		{ "past midnight it is still open", MON, 23 * 60, 180, WINDOW_ANY,
			"2026-03-03T01:00", true, "2026-03-03T02:00" },
		{ "two nights of a week", MON | TUE, 23 * 60, 180, WINDOW_ANY,
			"2026-03-03T02:30", false, "2026-03-03T23:00" },
		{ "a Monday off is no working day", MON, 120, 60, WINDOW_WORKING,
			"2026-02-16T02:30", false, "2026-03-02T02:00" },
		{ "and is a day off", MON, 120, 60, WINDOW_OFF, "2026-02-16T02:30", true,
			"2026-02-16T03:00" },
		{ "a worked Saturday is no day off", SAT | SUN, 0, 1440, WINDOW_OFF,
			"2026-02-14T12:00", false, "2026-02-15T00:00" },
		{ "whole days follow on one another", ALL, 0, 1440, WINDOW_ANY,
			"2026-03-02T12:00", true, "2026-03-03T00:00" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct window w = weekly(
			cases[i].weekdays, cases[i].from_min, cases[i].length_min, cases[i].on);
		int64_t at_ms = china_at(cases[i].at);
		assert_true(window_valid(&w));
		if (window_open(&w, &china, at_ms) != cases[i].open ||
			window_edge(&w, &china, at_ms) != china_at(cases[i].edge)) {
			fail_msg("%s: open %d, edge %lld", cases[i].name,
				window_open(&w, &china, at_ms),
				(long long)window_edge(&w, &china, at_ms));
		}
	}
}

static void a_window_keeps_to_the_term_or_to_its_breaks(void **state)
{
	static const struct {
		const char *name;
		enum window_season season;
		const char *at;
		bool open;
		const char *edge;
	} cases[] = {
		{ "in term it opens", WINDOW_TERM, "2026-03-02T02:30", true,
			"2026-03-02T03:00" },
		{ "in term it waits for the end of the break", WINDOW_TERM, "2026-07-20T02:30",
			false, "2026-09-07T02:00" },
		{ "in breaks it stays shut in term", WINDOW_BREAK, "2026-03-02T02:30", false,
			"2026-07-20T02:00" },
		{ "in breaks it opens on the first day", WINDOW_BREAK, "2026-07-20T02:30", true,
			"2026-07-20T03:00" },
		{ "and on the last", WINDOW_BREAK, "2026-08-31T02:30", true,
			"2026-08-31T03:00" },
	};
	struct calendar school = china;
	(void)state;
	assert_int_equal(
		calendar_add_breaks(&school,
			SLICE("{\"breaks\":[{\"from\":\"2026-07-20\",\"to\":\"2026-08-31\"}]}"),
			NULL),
		0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct window w = weekly(MON, 120, 60, WINDOW_ANY);
		int64_t at_ms = china_at(cases[i].at);
		w.season = cases[i].season;
		if (window_open(&w, &school, at_ms) != cases[i].open ||
			window_edge(&w, &school, at_ms) != china_at(cases[i].edge)) {
			fail_msg("%s: open %d, edge %lld", cases[i].name,
				window_open(&w, &school, at_ms),
				(long long)window_edge(&w, &school, at_ms));
		}
	}
	struct window never = weekly(MON, 120, 60, WINDOW_ANY);
	never.season = WINDOW_BREAK;
	assert_int_equal(
		window_edge(&never, &school, china_at("2026-09-01T00:00")), WINDOW_NEVER);
}

static void one_that_comes_once_comes_once(void **state)
{
	(void)state;
	struct window w = { .from_ms = china_at("2026-03-02T02:00"),
		.to_ms = china_at("2026-03-02T04:00") };
	assert_true(window_valid(&w));
	assert_false(window_open(&w, &china, w.from_ms - 1));
	assert_int_equal(window_edge(&w, &china, w.from_ms - 1), w.from_ms);
	assert_true(window_open(&w, &china, w.from_ms));
	assert_int_equal(window_edge(&w, &china, w.from_ms), w.to_ms);
	assert_false(window_open(&w, &china, w.to_ms));
	assert_int_equal(window_edge(&w, &china, w.to_ms), WINDOW_NEVER);
}

static void a_weekly_one_keeps_its_first_and_last_day(void **state)
{
	(void)state;
	struct window w = weekly(ALL, 120, 60, WINDOW_ANY);
	w.from_ms = china_at("2026-03-03T02:30");
	w.to_ms = china_at("2026-03-04T02:30");
	assert_int_equal(window_edge(&w, &china, china_at("2026-01-01T00:00")), w.from_ms);
	assert_false(window_open(&w, &china, w.from_ms - 1));
	assert_true(window_open(&w, &china, w.from_ms));
	assert_true(window_open(&w, &china, w.to_ms - 1));
	assert_false(window_open(&w, &china, w.to_ms));
	assert_int_equal(window_edge(&w, &china, w.to_ms), WINDOW_NEVER);
}

static void what_makes_no_sense_is_none(void **state)
{
	(void)state;
	struct window none[] = { weekly(0, 0, 60, WINDOW_ANY), weekly(128, 0, 60, WINDOW_ANY),
		weekly(MON, 1440, 60, WINDOW_ANY), weekly(MON, -1, 60, WINDOW_ANY),
		weekly(MON, 0, 0, WINDOW_ANY), weekly(MON, 0, 1441, WINDOW_ANY),
		{ .from_ms = 5 }, { .to_ms = 5 }, { .from_ms = 5, .to_ms = 5 },
		{ .weekly = true, .weekdays = 1, .length_min = 1, .from_ms = 6, .to_ms = 5 } };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_false(window_valid(&none[i]));
	}
}

/* The edge says when to look again: between two looks nothing changes. */
static void nothing_changes_between_edges(void **state)
{
	(void)state;
	uint64_t seed = 5;
	for (int i = 0; i < 200; i++) {
		struct window w = weekly(1 + roll(&seed, 127), (int32_t)roll(&seed, 1440),
			1 + (int32_t)roll(&seed, 1440), (enum window_days)roll(&seed, 3));
		int64_t at_ms = china_at("2026-02-10T00:00") + roll(&seed, 86400) * 1000;
		for (int k = 0; k < 10; k++) {
			int64_t edge_ms = window_edge(&w, &china, at_ms);
			if (edge_ms == WINDOW_NEVER) {
				break;
			}
			assert_true(edge_ms > at_ms);
			bool open = window_open(&w, &china, at_ms);
			for (int64_t t = at_ms; t < edge_ms; t += (edge_ms - at_ms) / 7 + 1) {
				assert_int_equal(window_open(&w, &china, t), open);
			}
			assert_int_equal(window_open(&w, &china, edge_ms - 1), open);
			at_ms = edge_ms;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_open_and_close_when_people_think_they_do),
		cmocka_unit_test(a_window_keeps_to_the_term_or_to_its_breaks),
		cmocka_unit_test(one_that_comes_once_comes_once),
		cmocka_unit_test(a_weekly_one_keeps_its_first_and_last_day),
		cmocka_unit_test(what_makes_no_sense_is_none),
		cmocka_unit_test(nothing_changes_between_edges),
	};
	return cmocka_run_group_tests(tests, china_open, NULL);
}
