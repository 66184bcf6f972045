/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/metric.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "detect/school_days.h"
#include "model/check.h"

#define START_MS INT64_C(1774800000000)
#define MINUTE_MS INT64_C(60000)
#define SERIES INT64_C(4611686018427387904)

enum { CHECK_ID = 7, STEPS_MAX = 4000 };

struct seen {
	int firing;
	int resolved;
	int64_t first_ms; /* of the first that fires, from START_MS */
	int64_t ended_ms;
	struct buf last;
};

static void on_signal(void *context, const struct signal *signal)
{
	struct seen *seen = context;
	int64_t at_ms = signal->observed_at_ms - START_MS;
	if (signal->state == SIGNAL_FIRING && seen->firing++ == 0) {
		seen->first_ms = at_ms;
	}
	if (signal->state == SIGNAL_RESOLVED) {
		seen->resolved++;
		seen->ended_ms = at_ms;
	}
	buf_clear(&seen->last);
	signal_put_json(&seen->last, signal);
}

static int64_t id_of(int64_t check_id, struct slice metric, struct slice instance)
{
	return SERIES + check_id * 1000 + (int64_t)metric.n * 10 + (int64_t)instance.n;
}

static struct metrics *engine(void)
{
	struct metric_setup setup = { .seed = { 1 }, .series_id = id_of };
	return metrics_create(&setup);
}

static void table(struct metrics *metrics, const char *text, struct seen *seen)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct metric_rule rule = { 0 };
	struct diag diag = { 0 };
	struct metric_check line = { CHECK_ID, 3, 5, SLICE("核心"), SLICE("10.0.0.1"),
		SLICE("rtt") };
	struct metric_table from = { &rule, text != NULL, &line, 1 };
	if (text != NULL && metric_rule_read(arena, slice_str(text), &rule, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	assert_int_equal(metrics_take_table(metrics, &from, START_MS,
				 &(struct burst_sink) { on_signal, seen }),
		0);
}

static void announce(struct metrics *metrics, const char *metric, const char *instance)
{
	struct series_row row = { .check_id = CHECK_ID,
		.metric = slice_str(metric),
		.instance = slice_str(instance),
		.unit = SLICE("bit/s") };
	row.series_id = id_of(CHECK_ID, row.metric, row.instance);
	metrics_series(metrics, &row);
}

static void sample(struct metrics *metrics, const char *metric, int64_t at_ms, double value,
	struct seen *seen)
{
	struct sample_row row = { .ts_ms = START_MS + at_ms,
		.series_id = id_of(CHECK_ID, slice_str(metric), SLICE("")),
		.state = CHECK_UP,
		.value = value,
		.latency_us = -1 };
	metrics_sample(metrics, &row, &(struct burst_sink) { on_signal, seen });
}

/* What each step's value is; a step is a minute. */
enum shape {
	FLAT,      /* 10 */
	HIGH,      /* 10, from step 20 on 90 */
	SPIKE,     /* 10, steps 20 to 22 90 */
	SAW,       /* 10, from step 20 on 90 and 84 by turns */
	BACK,      /* 10, steps 20 to 59 90, then 10 */
	CLIMB,     /* 10, and one more every ten steps */
	CLIMB_ODD, /* the same with every seventh step far off */
	HOLE,      /* 10, and nothing from step 20 to 59 */
};

static double value_at(enum shape shape, int step)
{
	switch (shape) {
	case FLAT:
		return 10;
	case HIGH:
		return step >= 20 ? 90 : 10;
	case SPIKE:
		return step >= 20 && step < 23 ? 90 : 10;
	case SAW:
		return step < 20 ? 10 : step % 2 == 0 ? 90 : 84;
	case BACK:
		return step >= 20 && step < 60 ? 90 : 10;
	case CLIMB:
		return 10 + step / 10.0;
	case CLIMB_ODD:
		return step % 7 == 3 ? 500 : 10 + step / 10.0;
	case HOLE:
		return step >= 20 && step < 60 ? (double)NAN : 10;
	}
	return 0;
}

#define RULE(rest) "{\"id\":\"r\",\"metric\":\"load\",\"severity\":\"minor\"," rest "}"
#define OVER "\"kind\":\"threshold\",\"limit\":85,"

static const struct {
	const char *name;
	const char *rule;
	enum shape shape;
	int steps;
	int firing;
	int resolved;
	int first_step; /* -1 = it does not fire */
} cases[] = {
	{ "under the limit nothing is said", RULE(OVER "\"duration_s\":0"), FLAT, 100, 0, 0,
		-1 },
	{ "over it is said once", RULE(OVER "\"duration_s\":0"), HIGH, 100, 1, 0, 20 },
	{ "five minutes must be over before five minutes count",
		RULE(OVER "\"duration_s\":300"), HIGH, 100, 1, 0, 25 },
	{ "three minutes over are no five", RULE(OVER "\"duration_s\":300"), SPIKE, 100, 0, 0,
		-1 },
	{ "without hysteresis a saw is said every time", RULE(OVER "\"duration_s\":0"), SAW, 40,
		10, 10, 20 },
	{ "with hysteresis once", RULE(OVER "\"clear\":80,\"duration_s\":0"), SAW, 40, 1, 0,
		20 },
	{ "it ends when it is over", RULE(OVER "\"duration_s\":60"), BACK, 100, 1, 1, 21 },
	{ "a sudden rise is a change", RULE("\"kind\":\"rate\",\"limit\":50,\"window_s\":300"),
		BACK, 59, 1, 1, 20 },
	{ "a fall is none when a rise is asked for",
		RULE("\"kind\":\"rate\",\"limit\":50,\"window_s\":300,\"op\":\"below\""), HIGH,
		100, 0, 0, -1 },
	{ "in percent of before",
		RULE("\"kind\":\"rate\",\"limit\":700,\"window_s\":300,\"relative\":true"),
		HIGH, 40, 1, 1, 20 },
	{ "a slow climb is no sudden change",
		RULE("\"kind\":\"rate\",\"limit\":50,\"window_s\":300"), CLIMB, 800, 0, 0, -1 },
	/* 6 an hour to 100: a day ahead that is from the first line on, two hours ahead at 88. */
	{ "a climb is told two hours before the limit",
		RULE("\"kind\":\"forecast\",\"limit\":100,\"window_s\":7200,\"horizon_s\":7200"),
		CLIMB, 800, 1, 0, 780 },
	{ "a climb with odd points is the same climb",
		RULE("\"kind\":\"forecast\",\"limit\":600,\"window_s\":7200,\"horizon_s\":7200"),
		CLIMB_ODD, 800, 0, 0, -1 },
	{ "what stands still fills nothing",
		RULE("\"kind\":\"forecast\",\"limit\":100,\"window_s\":7200,\"horizon_s\":7200"),
		FLAT, 800, 0, 0, -1 },
	{ "ten minutes of silence are said and end with the next sample",
		RULE("\"kind\":\"absence\",\"duration_s\":600"), HOLE, 100, 1, 1, 29 },
	{ "samples that come are no silence", RULE("\"kind\":\"absence\",\"duration_s\":600"),
		FLAT, 100, 0, 0, -1 },
};

static struct seen run(size_t i)
{
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, cases[i].rule, &seen);
	announce(metrics, "load", "");
	for (int step = 0; step < cases[i].steps; step++) {
		double value = value_at(cases[i].shape, step);
		if (!isnan(value)) {
			sample(metrics, "load", step * MINUTE_MS, value, &seen);
		}
		metrics_tick(metrics, START_MS + step * MINUTE_MS,
			&(struct burst_sink) { on_signal, &seen });
	}
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
	return seen;
}

static void conditions_say_what_they_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen seen = run(i);
		bool when = cases[i].first_step < 0 ||
			    seen.first_ms == cases[i].first_step * MINUTE_MS;
		if (seen.firing != cases[i].firing || seen.resolved != cases[i].resolved ||
			!when) {
			fail_msg("%s: %d firing, %d resolved, first at step %lld",
				cases[i].name, seen.firing, seen.resolved,
				(long long)(seen.first_ms / MINUTE_MS));
		}
	}
}

static bool says(const struct seen *seen, const char *text)
{
	return slice_find(buf_slice(&seen->last), slice_str(text)) != SIZE_MAX;
}

static void a_share_needs_both_figures_and_names_them(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics,
		"{\"id\":\"u\",\"name\":\"端口利用率\",\"metric\":\"in_bps\",\"of\":\"speed\","
		"\"kind\":\"threshold\",\"limit\":90,\"severity\":\"minor\"}",
		&seen);
	announce(metrics, "in_bps", "");
	sample(metrics, "in_bps", MINUTE_MS, 95e6, &seen);
	assert_int_equal(seen.firing, 0);
	announce(metrics, "speed", "");
	sample(metrics, "speed", MINUTE_MS, 100e6, &seen);
	sample(metrics, "in_bps", 2 * MINUTE_MS, 95e6, &seen);
	assert_int_equal(seen.firing, 1);
	assert_true(says(&seen, "\\\"value\\\":\\\"95.0%\\\""));
	assert_true(says(&seen, "\\\"limit\\\":\\\"90.0%\\\""));
	assert_true(says(&seen, "\\\"metric\\\":\\\"in_bps\\\""));
	assert_true(says(&seen, "\"asset_key\":\"10.0.0.1\""));
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void beyond_the_second_limit_the_same_alert_is_graver(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics,
		RULE(OVER "\"clear\":80,\"duration_s\":0,\"grave\":95,"
			  "\"grave_severity\":\"critical\""),
		&seen);
	announce(metrics, "load", "");
	sample(metrics, "load", MINUTE_MS, 90, &seen);
	assert_int_equal(seen.firing, 1);
	assert_true(says(&seen, "\"severity\":\"minor\""));
	sample(metrics, "load", 2 * MINUTE_MS, 97, &seen);
	assert_int_equal(seen.firing, 2);
	assert_true(says(&seen, "\"severity\":\"critical\""));
	assert_true(says(&seen, "\\\"limit\\\":\\\"95.0"));
	/* Said once; what gets better is still the grave alert until it is over. */
	sample(metrics, "load", 3 * MINUTE_MS, 98, &seen);
	sample(metrics, "load", 4 * MINUTE_MS, 90, &seen);
	sample(metrics, "load", 5 * MINUTE_MS, 97, &seen);
	assert_int_equal(seen.firing, 2);
	sample(metrics, "load", 6 * MINUTE_MS, 70, &seen);
	assert_int_equal(seen.resolved, 1);
	sample(metrics, "load", 7 * MINUTE_MS, 99, &seen);
	assert_int_equal(seen.firing, 3);
	assert_true(says(&seen, "\"severity\":\"critical\""));
	assert_int_equal(metrics_counters(metrics).fired, 2);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void where_the_device_tells_a_limit_of_its_own_the_rule_is_silent(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, RULE(OVER "\"duration_s\":0,\"unless\":\"load_high\""), &seen);
	announce(metrics, "load", "");
	sample(metrics, "load", MINUTE_MS, 90, &seen);
	assert_int_equal(seen.firing, 1);
	announce(metrics, "load_high", "");
	sample(metrics, "load_high", 2 * MINUTE_MS, 99, &seen);
	sample(metrics, "load", 2 * MINUTE_MS, 90, &seen);
	assert_int_equal(seen.resolved, 1);
	sample(metrics, "load", 3 * MINUTE_MS, 98, &seen);
	assert_int_equal(seen.firing, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void what_nobody_looks_at_any_more_ends(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":5"), &seen);
	announce(metrics, "load", "");
	sample(metrics, "load", MINUTE_MS, 10, &seen);
	/* The same condition under another severity goes on. */
	table(metrics,
		"{\"id\":\"r\",\"metric\":\"load\",\"severity\":\"major\",\"kind\":\"threshold\","
		"\"limit\":5}",
		&seen);
	sample(metrics, "load", 2 * MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 1);
	assert_int_equal(seen.resolved, 0);
	table(metrics,
		RULE("\"kind\":\"threshold\",\"limit\":5,\"scope\":{\"kind\":\"unit\",\"id\":6}"),
		&seen);
	assert_int_equal(seen.resolved, 1);
	table(metrics, NULL, &seen);
	assert_int_equal(seen.resolved, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void what_fired_before_a_restart_still_ends(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	char key[64];
	buf_init(&seen.last, 8192);
	(void)snprintf(key, sizeof(key), "r:%llx",
		(unsigned long long)id_of(CHECK_ID, SLICE("load"), SLICE("")));
	metrics_note_firing(metrics, slice_str(key), START_MS - 86400000);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":85,\"clear\":80"), &seen);
	announce(metrics, "load", "");
	sample(metrics, "load", MINUTE_MS, 82, &seen); /* between: neither again nor over */
	sample(metrics, "load", 2 * MINUTE_MS, 90, &seen);
	assert_int_equal(seen.firing + seen.resolved, 0);
	sample(metrics, "load", 3 * MINUTE_MS, 79, &seen);
	assert_int_equal(seen.resolved, 1);
	/* Taken away and made again it begins anew, and does not think it fires. */
	table(metrics, NULL, &seen);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":85,\"clear\":80"), &seen);
	announce(metrics, "load", "");
	sample(metrics, "load", 4 * MINUTE_MS, 90, &seen);
	assert_int_equal(seen.firing, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void maintenance_is_judged_by_no_rule(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":5"), &seen);
	announce(metrics, "load", "");
	struct sample_row row = { .ts_ms = START_MS,
		.series_id = id_of(CHECK_ID, SLICE("load"), SLICE("")),
		.state = CHECK_MAINTENANCE,
		.value = 10 };
	metrics_sample(metrics, &row, &(struct burst_sink) { on_signal, &seen });
	assert_int_equal(seen.firing, 0);
	/* A clock set back says nothing. */
	sample(metrics, "load", -MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 0);
	sample(metrics, "load", MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void a_long_silence_is_not_part_of_a_duration(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":5,\"duration_s\":300"), &seen);
	announce(metrics, "load", "");
	sample(metrics, "load", 1, 10, &seen);
	sample(metrics, "load", 120 * MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 0);
	sample(metrics, "load", 125 * MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void what_was_bad_before_anybody_listened_fires_afterwards(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics, RULE("\"kind\":\"threshold\",\"limit\":5,\"duration_s\":60"), &seen);
	announce(metrics, "load", "");
	metrics_hush(metrics, true);
	for (int step = 1; step < 5; step++) {
		sample(metrics, "load", step * MINUTE_MS, 10, &seen);
	}
	metrics_hush(metrics, false);
	assert_int_equal(seen.firing, 0);
	sample(metrics, "load", 5 * MINUTE_MS, 10, &seen);
	assert_int_equal(seen.firing, 1);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

static void a_checks_own_series_has_a_figure_and_a_latency(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	struct metrics *metrics = engine();
	buf_init(&seen.last, 8192);
	table(metrics,
		"{\"id\":\"l\",\"metric\":\"latency\",\"severity\":\"minor\",\"kind\":\"threshold\","
		"\"limit\":500000}",
		&seen);
	struct sample_row row = { .ts_ms = START_MS,
		.series_id = CHECK_ID,
		.value = (double)NAN,
		.latency_us = 600000 };
	metrics_sample(metrics, &row, &(struct burst_sink) { on_signal, &seen });
	assert_int_equal(seen.firing, 1);
	assert_true(says(&seen, "\\\"value\\\":\\\"600 ms\\\""));
	row.ts_ms += 1000;
	row.latency_us = -1; /* no answer is not a fast one */
	metrics_sample(metrics, &row, &(struct burst_sink) { on_signal, &seen });
	assert_int_equal(seen.resolved, 0);
	(void)metrics_destroy(metrics);
	buf_fini(&seen.last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_say_what_they_mean),
		cmocka_unit_test(a_share_needs_both_figures_and_names_them),
		cmocka_unit_test(beyond_the_second_limit_the_same_alert_is_graver),
		cmocka_unit_test(where_the_device_tells_a_limit_of_its_own_the_rule_is_silent),
		cmocka_unit_test(what_nobody_looks_at_any_more_ends),
		cmocka_unit_test(what_fired_before_a_restart_still_ends),
		cmocka_unit_test(maintenance_is_judged_by_no_rule),
		cmocka_unit_test(a_long_silence_is_not_part_of_a_duration),
		cmocka_unit_test(what_was_bad_before_anybody_listened_fires_afterwards),
		cmocka_unit_test(a_checks_own_series_has_a_figure_and_a_latency),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
