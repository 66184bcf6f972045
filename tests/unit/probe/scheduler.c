/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/scheduler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"

enum { SECONDS = 60, KEPT_MAX = 64 };

/* An engine of our own: answers when told, or at once with a wanted state. */
struct bench {
	struct scheduler *scheduler;
	int64_t now_ms;
	unsigned starts;
	unsigned starts_in[SECONDS];
	unsigned busy_left;
	bool hold;
	enum check_state answer;
	struct check_sink kept[KEPT_MAX];
	int64_t kept_id[KEPT_MAX];
	unsigned kept_count;
	unsigned results;
	unsigned changes;
	struct scheduler_change last;
	enum check_state last_state;
};

static int64_t now_of(void *user)
{
	return ((struct bench *)user)->now_ms;
}

static void answer(const struct bench *bench, struct check_sink sink, int64_t id)
{
	struct check_result result;
	struct check_spec spec = { .id = id };
	check_result_init(&result, &spec, 1000000 + bench->now_ms);
	check_result_set(&result, bench->answer, "test.answer");
	sink.done(sink.user, sink.tag, &result);
}

static int start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	struct bench *bench = user;
	if (bench->busy_left > 0) {
		bench->busy_left--;
		return E_BUSY;
	}
	bench->starts++;
	bench->starts_in[bench->now_ms / 1000 % SECONDS]++;
	if (bench->hold) {
		assert_true(bench->kept_count < KEPT_MAX);
		bench->kept_id[bench->kept_count] = spec->id;
		bench->kept[bench->kept_count++] = sink;
		return 0;
	}
	answer(bench, sink, spec->id);
	return 0;
}

static void on_result(
	void *user, const struct check_spec *spec, const struct check_result *result)
{
	assert_int_equal(spec->id, result->check_id);
	((struct bench *)user)->results++;
}

static void on_change(void *user, const struct scheduler_change *change)
{
	struct bench *bench = user;
	bench->changes++;
	bench->last = *change;
	bench->last_state = change->to;
}

static void begin(struct bench *bench)
{
	*bench = (struct bench) { .now_ms = 500, .answer = CHECK_UP };
	struct scheduler_config config = { .start = start,
		.on_result = on_result,
		.on_change = on_change,
		.now_ms = now_of,
		.user = bench,
		.seed = { 7 } };
	bench->scheduler = scheduler_create(&config);
	assert_non_null(bench->scheduler);
}

/* Let time pass as the loop would: never longer than the scheduler said. */
static void pass(struct bench *bench, int64_t ms)
{
	int64_t until_ms = bench->now_ms + ms;
	while (bench->now_ms < until_ms) {
		int64_t step_ms = scheduler_turn(bench->scheduler);
		step_ms = step_ms < 1 ? 1 : step_ms;
		bench->now_ms +=
			step_ms < until_ms - bench->now_ms ? step_ms : until_ms - bench->now_ms;
	}
}

static void put(struct bench *bench, int64_t id, uint32_t interval_ms, uint8_t retries)
{
	struct check_spec spec = { .id = id,
		.kind = CHECK_TCP,
		.interval_ms = interval_ms,
		.retries = retries,
		.name = "x" };
	assert_int_equal(scheduler_put(bench->scheduler, &spec, false), 0);
}

static void a_minute_of_checks_is_a_steady_stream(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench);
	for (int64_t id = 1; id <= 6000; id++) {
		put(&bench, id, 60000, 0);
	}
	pass(&bench, 62000);
	/* Every one has had its turn within the interval and its jitter. */
	assert_int_equal(bench.changes, 6000);
	unsigned first = bench.starts;
	assert_in_range(first, 6000, 6400);
	for (unsigned i = 0; i < SECONDS; i++) {
		bench.starts_in[i] = 0;
	}
	pass(&bench, 60000);
	assert_in_range(bench.starts - first, 5800, 6200);
	for (unsigned i = 0; i < SECONDS; i++) {
		/* 100 a second, spread as chance spreads them. */
		assert_in_range(bench.starts_in[i], 50, 160);
	}
	struct scheduler_stats stats = scheduler_stats(bench.scheduler);
	assert_int_equal(stats.late, 0);
	assert_int_equal(stats.overrun, 0);
	assert_int_equal(stats.checks, 6000);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_failure_is_looked_at_again_within_seconds(void **state)
{
	(void)state;
	struct bench bench;
	enum check_state shown = CHECK_UNKNOWN;
	begin(&bench);
	put(&bench, 5, 60000, 2);
	pass(&bench, 61000);
	assert_int_equal(bench.last_state, CHECK_UP);
	bench.answer = CHECK_DOWN;
	unsigned before = bench.starts;
	while (bench.starts == before) {
		pass(&bench, 100);
	}
	int64_t first_ms = bench.now_ms;
	pass(&bench, 2 * SCHEDULER_RETRY_MS + 200);
	assert_int_equal(bench.last_state, CHECK_DOWN);
	assert_int_equal(bench.changes, 2);
	assert_int_equal(bench.starts, before + 3);
	/* The change tells since when. */
	assert_in_range(bench.last.since_unix_ms, 1000000 + first_ms - 200, 1000000 + first_ms);
	/* Settled: back to the minute. */
	pass(&bench, 20000);
	assert_int_equal(bench.starts, before + 3);
	bench.answer = CHECK_UP;
	pass(&bench, 63000);
	assert_int_equal(bench.last_state, CHECK_UP);
	assert_int_equal(scheduler_state(bench.scheduler, 5, &shown), 0);
	assert_int_equal(shown, CHECK_UP);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_full_engine_is_asked_again_and_lateness_is_counted(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench);
	put(&bench, 9, 10000, 0);
	bench.busy_left = 40;
	pass(&bench, 20000);
	struct scheduler_stats stats = scheduler_stats(bench.scheduler);
	assert_int_equal(stats.busy, 40);
	assert_int_equal(stats.late, 1);
	assert_int_equal(stats.worst_late_ms, 40 * SCHEDULER_BUSY_MS);
	assert_true(bench.results >= 1);
	assert_int_equal(stats.lateness[4], 1);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_slow_check_does_not_pile_up(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench);
	put(&bench, 9, 1000, 0);
	bench.hold = true;
	pass(&bench, 5500);
	assert_int_equal(bench.kept_count, 1);
	assert_int_equal(scheduler_stats(bench.scheduler).inflight, 1);
	answer(&bench, bench.kept[0], bench.kept_id[0]);
	assert_int_equal(scheduler_stats(bench.scheduler).inflight, 0);
	assert_in_range(scheduler_stats(bench.scheduler).overrun, 3, 6);
	/* A second result of the same start is nobody's. */
	answer(&bench, bench.kept[0], bench.kept_id[0]);
	assert_int_equal(scheduler_stats(bench.scheduler).dropped, 1);
	assert_int_equal(bench.results, 1);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_removed_check_is_not_heard_any_more(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench);
	put(&bench, 1, 1000, 0);
	put(&bench, 2, 1000, 0);
	bench.hold = true;
	pass(&bench, 1100);
	assert_int_equal(bench.kept_count, 2);
	assert_int_equal(scheduler_remove(bench.scheduler, 1), 0);
	assert_int_equal(scheduler_remove(bench.scheduler, 1), E_ABSENT);
	for (unsigned i = 0; i < 2; i++) {
		answer(&bench, bench.kept[i], bench.kept_id[i]);
	}
	assert_int_equal(bench.results, 1);
	assert_int_equal(scheduler_stats(bench.scheduler).dropped, 1);
	assert_int_equal(scheduler_stats(bench.scheduler).inflight, 0);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_changed_target_begins_anew_and_a_changed_interval_does_not(void **state)
{
	(void)state;
	struct bench bench;
	enum check_state shown = CHECK_UNKNOWN;
	begin(&bench);
	put(&bench, 1, 1000, 0);
	pass(&bench, 1100);
	struct check_spec spec = {
		.id = 1, .kind = CHECK_TCP, .interval_ms = 5000, .name = "x"
	};
	assert_int_equal(scheduler_put(bench.scheduler, &spec, false), 1);
	assert_int_equal(scheduler_state(bench.scheduler, 1, &shown), 0);
	assert_int_equal(shown, CHECK_UP);
	spec.port = 81;
	assert_int_equal(scheduler_put(bench.scheduler, &spec, true), 1);
	assert_int_equal(scheduler_state(bench.scheduler, 1, &shown), 0);
	assert_int_equal(shown, CHECK_UNKNOWN);
	unsigned before = bench.starts;
	(void)scheduler_turn(bench.scheduler);
	assert_int_equal(bench.starts, before + 1);
	assert_int_equal(scheduler_hurry(bench.scheduler, 1), 0);
	assert_int_equal(scheduler_hurry(bench.scheduler, 2), E_ABSENT);
	(void)scheduler_turn(bench.scheduler);
	assert_int_equal(bench.starts, before + 2);
	(void)scheduler_destroy(bench.scheduler);
}

static void a_hundred_thousand_checks_fit_and_more_than_the_limit_do_not(void **state)
{
	(void)state;
	struct bench bench;
	begin(&bench);
	for (int64_t id = 1; id <= SCHEDULER_CHECKS_MAX; id++) {
		put(&bench, id, 60000, 0);
	}
	struct check_spec spec = { .id = SCHEDULER_CHECKS_MAX + 1 };
	assert_int_equal(scheduler_put(bench.scheduler, &spec, false), E_LIMIT);
	assert_int_equal(scheduler_stats(bench.scheduler).refused, 1);
	pass(&bench, 62000);
	assert_int_equal(bench.changes, SCHEDULER_CHECKS_MAX);
	(void)scheduler_destroy(bench.scheduler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minute_of_checks_is_a_steady_stream),
		cmocka_unit_test(a_failure_is_looked_at_again_within_seconds),
		cmocka_unit_test(a_full_engine_is_asked_again_and_lateness_is_counted),
		cmocka_unit_test(a_slow_check_does_not_pile_up),
		cmocka_unit_test(a_removed_check_is_not_heard_any_more),
		cmocka_unit_test(a_changed_target_begins_anew_and_a_changed_interval_does_not),
		cmocka_unit_test(a_hundred_thousand_checks_fit_and_more_than_the_limit_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
