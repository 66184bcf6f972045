/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eight weeks of a campus, a sample a minute, made up by a fixed generator:
 * days by the hour, weekends, noise that has a memory, single odd samples, a
 * spring holiday with its worked Saturday, and a break at the end.  Faults are
 * planted on usual days from the fourth week on and must be found within five
 * minutes; what is said outside of them is a false alarm.
 */
#include "detect/baseline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "detect/metric.h"
#include "detect/school_days.h"
#include "model/check.h"

#define MINUTE_MS INT64_C(60000)
#define PI 3.14159265358979

enum {
	WEEKS = 8,
	DAY_MIN = 1440,
	MINUTES = WEEKS * 7 * DAY_MIN,
	SERIES = 24,
	FAULT_KINDS = 4,
	FAULTS_EACH = 2, /* of a kind in a series */
	FAULT_MIN = 90,
	FOUND_MIN = 5,
	AFTER_MIN = 20, /* a fault's end may be noticed this late */
};

enum fault_kind { FIVEFOLD, TENTH, SHIFT, LEAK };

static const char *const fault_names[] = { "five times", "minus 90 %", "level shift x2.5",
	"slow leak, from twice the usual on" };

struct fault {
	enum fault_kind kind;
	int begin_min; /* LEAK: when it has doubled, which is LEAK_MIN after it began */
	int end_min;
	bool found;
};

enum { LEAK_MIN = 70 };

struct campus {
	uint64_t random;
	double drift; /* noise with a memory */
	double day;   /* how lively this day is */
	double scale;
	double night; /* share of the peak */
	struct fault fault[FAULT_KINDS * FAULTS_EACH];
	int false_alarms;
};

static double uniform(struct campus *c)
{
	c->random = c->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(c->random >> 11) / 9007199254740992.0;
}

static double normal(struct campus *c)
{
	double radius = sqrt(-2 * log(uniform(c) + 1e-12));
	return radius * cos(2 * PI * uniform(c));
}

static struct school_days days;
static int64_t start_ms;

static enum school_day kind_of(int minute)
{
	return school_days_of(
		&days, civil_day_of_ms(start_ms + minute * MINUTE_MS, days.offset_min));
}

static double usual(const struct campus *c, int minute)
{
	double hour = minute % DAY_MIN / 60.0;
	int weekday = minute / DAY_MIN % 7;
	double morning = exp(-pow((hour - 10.5) / 2.2, 2));
	double afternoon = exp(-pow((hour - 15.5) / 2.0, 2));
	double late = hour < 9 ? hour + 24 : hour; /* an evening goes past midnight */
	double evening = 1.2 * exp(-pow((late - 21.0) / 2.4, 2));
	enum school_day kind = kind_of(minute);
	double week = kind == SCHOOL_DAY_WORK ? 1 : weekday >= 5 ? 0.7 : 1;
	double off = kind == SCHOOL_DAY_OFF ? 0.25 : 1;
	return c->scale * off * week * (c->night + morning + afternoon + evening);
}

static double factor(const struct campus *c, int minute)
{
	for (int i = 0; i < FAULT_KINDS * FAULTS_EACH; i++) {
		const struct fault *f = &c->fault[i];
		int begin = f->kind == LEAK ? f->begin_min - LEAK_MIN : f->begin_min;
		if (minute < begin || minute >= f->end_min) {
			continue;
		}
		switch (f->kind) {
		case FIVEFOLD:
			return 5;
		case TENTH:
			return 0.1;
		case SHIFT:
			return 2.5;
		case LEAK:
			return exp2((double)(minute - begin) / LEAK_MIN);
		}
	}
	return 1;
}

static double value_at(struct campus *c, int minute)
{
	if (minute % DAY_MIN == 0) {
		c->day = 0.08 * normal(c);
	}
	c->drift = 0.9 * c->drift + 0.05 * normal(c);
	double odd = uniform(c) < 0.002 ? 3 : 1;
	return usual(c, minute) * exp(c->day + c->drift + 0.06 * normal(c)) * odd *
	       factor(c, minute);
}

static bool overlaps(const struct campus *c, int minute)
{
	for (int i = 0; i < FAULT_KINDS * FAULTS_EACH; i++) {
		if (abs(c->fault[i].begin_min - minute) < 12 * 60) {
			return true;
		}
	}
	return false;
}

static void plant(struct campus *c)
{
	for (int i = 0; i < FAULT_KINDS * FAULTS_EACH; i++) {
		int minute = 0;
		do {
			minute = 3 * 7 * DAY_MIN + (int)(uniform(c) * (MINUTES - 22 * DAY_MIN));
		} while (kind_of(minute) != SCHOOL_DAY_USUAL ||
			 kind_of(minute + FAULT_MIN) != SCHOOL_DAY_USUAL ||
			 overlaps(c, minute));
		c->fault[i] = (struct fault) { (enum fault_kind)(i % FAULT_KINDS), minute,
			minute + FAULT_MIN, false };
	}
}

static void on_signal(void *context, const struct signal *signal)
{
	struct campus *c = context;
	int minute = (int)((signal->observed_at_ms - start_ms) / MINUTE_MS);
	if (signal->state != SIGNAL_FIRING) {
		return;
	}
	for (int i = 0; i < FAULT_KINDS * FAULTS_EACH; i++) {
		struct fault *f = &c->fault[i];
		int begin = f->kind == LEAK ? f->begin_min - LEAK_MIN : f->begin_min;
		if (minute >= begin && minute < f->end_min + AFTER_MIN) {
			f->found = f->found || minute <= f->begin_min + FOUND_MIN;
			return;
		}
	}
	c->false_alarms++;
}

static int64_t id_of(int64_t check_id, struct slice metric, struct slice instance)
{
	return check_id + (int64_t)(metric.n + instance.n);
}

static struct metrics *engine(void)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct metric_setup setup = { .days = &days, .seed = { 1 }, .series_id = id_of };
	struct metric_rule rule = { 0 };
	struct metric_check check = { .id = 1, .name = SLICE("出口"), .main = SLICE("in_bps") };
	struct metric_table table = { &rule, 1, &check, 1 };
	struct metrics *metrics = metrics_create(&setup);
	assert_int_equal(
		metric_rule_read(arena,
			SLICE("{\"id\":\"egress\",\"metric\":\"in_bps\",\"kind\":\"baseline\","
			      "\"op\":\"either\",\"duration_s\":180,\"severity\":\"minor\"}"),
			&rule, NULL),
		0);
	assert_int_equal(metrics_take_table(metrics, &table, start_ms,
				 &(struct burst_sink) { on_signal, NULL }),
		0);
	return metrics;
}

static void live(struct campus *c)
{
	struct metrics *metrics = engine();
	for (int minute = 0; minute < MINUTES; minute++) {
		struct sample_row row = { .ts_ms = start_ms + minute * MINUTE_MS,
			.series_id = 1,
			.state = CHECK_UP,
			.value = value_at(c, minute),
			.latency_us = -1 };
		metrics_sample(metrics, &row, &(struct burst_sink) { on_signal, c });
	}
	(void)metrics_destroy(metrics);
}

static void faults_are_found_and_usual_days_are_left_alone(void **state)
{
	(void)state;
	int found[FAULT_KINDS] = { 0 };
	int found_all = 0;
	int false_alarms = 0;
	clock_t began = clock();
	for (int i = 0; i < SERIES; i++) {
		struct campus c = { .random = 7919u * (unsigned)(i + 1),
			.scale = pow(10, 5 + i % 5),
			.night = 0.05 + 0.05 * (i % 4) };
		plant(&c);
		live(&c);
		false_alarms += c.false_alarms;
		for (int k = 0; k < FAULT_KINDS * FAULTS_EACH; k++) {
			found[c.fault[k].kind] += c.fault[k].found;
			found_all += c.fault[k].found;
		}
	}
	double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
	double months = SERIES * WEEKS * 7 / 30.0;
	for (int k = 0; k < FAULT_KINDS; k++) {
		print_message("# %s: %d of %d within %d min\n", fault_names[k], found[k],
			SERIES * FAULTS_EACH, FOUND_MIN);
	}
	double recall = (double)found_all / (SERIES * FAULT_KINDS * FAULTS_EACH);
	print_message("# recall %.3f, %.2f false alarms a series and month, %.0f ns a sample\n",
		recall, false_alarms / months, 1e9 * seconds / (double)SERIES / MINUTES);
	assert_true(recall >= 0.9);
	assert_true(false_alarms <= months);
}

static bool look(const struct baseline *baseline, int64_t at_ms, double value, int64_t min_days,
	struct baseline_view *ret_view)
{
	struct baseline_moment moment = { .days = &days };
	baseline_moment_set(&moment, at_ms);
	return baseline_look(baseline, &moment, value, min_days, ret_view);
}

static void learn(struct baseline *baseline, int64_t at_ms, double value)
{
	struct baseline_moment moment = { .days = &days };
	struct baseline_view view = { 0 };
	baseline_moment_set(&moment, at_ms);
	(void)baseline_look(baseline, &moment, value, 1, &view);
	baseline_learn(baseline, &moment, &view);
}

static void nothing_is_judged_before_there_is_history(void **state)
{
	(void)state;
	struct baseline baseline = { 0 };
	struct baseline_view view = { 0 };
	int64_t monday_ms = start_ms;
	for (int minute = 0; minute < 5 * DAY_MIN; minute++) {
		int64_t at_ms = monday_ms + minute * MINUTE_MS;
		bool known = look(&baseline, at_ms, 100, 3, &view);
		assert_true(known == (minute >= 3 * DAY_MIN + 60) ||
			    (minute >= 3 * DAY_MIN - 60 && minute < 3 * DAY_MIN + 90));
		learn(&baseline, at_ms, 100);
	}
	assert_false(view.sure); /* other days' hours stand for it */
	assert_true(fabs(view.expected - 100) < 3);
	/* The weekend has no like days yet. */
	assert_false(look(&baseline, monday_ms + 5 * CIVIL_DAY_MS + 7200000, 100, 3, &view));
}

static void a_holiday_is_neither_learnt_nor_too_quiet(void **state)
{
	(void)state;
	struct baseline baseline = { 0 };
	struct baseline_view view = { 0 };
	int64_t off_ms = start_ms + 5 * CIVIL_DAY_MS; /* the first of the holiday */
	for (int minute = 0; minute < 2 * DAY_MIN; minute++) {
		learn(&baseline, off_ms + minute * MINUTE_MS, 100);
	}
	assert_false(look(&baseline, off_ms, 100, 1, &view));
	for (int minute = 0; minute < 4 * DAY_MIN; minute++) {
		learn(&baseline,
			off_ms + 14 * CIVIL_DAY_MS - 5 * CIVIL_DAY_MS + minute * MINUTE_MS,
			100);
	}
	int64_t monday_off_ms = off_ms + 2 * CIVIL_DAY_MS;
	assert_true(look(&baseline, monday_off_ms, 1, 3, &view));
	assert_true(view.deviations == 0);
	assert_true(look(&baseline, monday_off_ms, 1000, 3, &view));
	assert_true(view.deviations > 6);
}

static enum school_day day_in(
	const struct school_days *of, int32_t year, unsigned month, unsigned day)
{
	return school_days_of(of, civil_day(year, month, day));
}

static void the_schools_own_days_go_before_the_published_ones(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *own = NULL;
	struct school_days mine = days;
	(void)state;
	assert_int_equal(
		json_parse(arena,
			SLICE("[{\"from\":\"2026-04-06\",\"to\":\"2026-04-06\",\"kind\":\"work\"},"
			      "{\"from\":\"2026-04-20\",\"to\":\"2026-04-21\",\"kind\":\"off\"},"
			      "{\"from\":\"2026-07-13\",\"to\":\"2026-08-23\",\"kind\":\"break\"}]"),
			0, &own, NULL),
		0);
	assert_int_equal(day_in(&mine, 2026, 4, 6), SCHOOL_DAY_OFF);
	assert_int_equal(school_days_set_own(&mine, own), 0);
	assert_int_equal(day_in(&mine, 2026, 4, 6), SCHOOL_DAY_WORK);
	assert_int_equal(day_in(&mine, 2026, 4, 21), SCHOOL_DAY_OFF);
	assert_int_equal(day_in(&mine, 2026, 8, 1), SCHOOL_DAY_OFF);
	assert_int_equal(day_in(&mine, 2026, 4, 5), SCHOOL_DAY_OFF);
	/* Put anew, they replace those of before; none at all leaves the published ones. */
	assert_int_equal(school_days_set_own(&mine, own), 0);
	assert_int_equal(mine.count, days.count + 3);
	const struct json *wrong = NULL;
	assert_int_equal(json_parse(arena,
				 SLICE("[{\"from\":\"4 April\",\"to\":\"\",\"kind\":\"off\"}]"),
				 0, &wrong, NULL),
		0);
	assert_int_equal(school_days_set_own(&mine, wrong), E_INPUT);
	assert_int_equal(mine.count, days.count + 3);
	assert_int_equal(school_days_set_own(&mine, NULL), 0);
	assert_int_equal(day_in(&mine, 2026, 4, 6), SCHOOL_DAY_OFF);
	assert_int_equal(mine.count, days.count);
}

static int begin(void **state)
{
	(void)state;
	days.offset_min = CIVIL_CHINA_OFFSET_MIN;
	assert_int_equal(
		school_days_add(&days,
			SLICE("{\"off\":[\"2026-04-04\",\"2026-04-05\",\"2026-04-06\","
			      "\"2026-05-01\",\"2026-05-02\",\"2026-05-03\",\"2026-05-04\","
			      "\"2026-05-05\"],\"work\":[\"2026-05-09\"],"
			      "\"breaks\":[{\"from\":\"2026-05-18\",\"to\":\"2026-05-31\"}]}"),
			NULL),
		0);
	/* Monday, 2026-03-30, at midnight. */
	start_ms = civil_day(2026, 3, 30) * CIVIL_DAY_MS - CIVIL_CHINA_OFFSET_MIN * MINUTE_MS;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_judged_before_there_is_history),
		cmocka_unit_test(a_holiday_is_neither_learnt_nor_too_quiet),
		cmocka_unit_test(faults_are_found_and_usual_days_are_left_alone),
		cmocka_unit_test(the_schools_own_days_go_before_the_published_ones),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
