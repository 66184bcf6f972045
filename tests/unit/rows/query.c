/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/query.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "model/check.h"
#include "rows/tail.h"

#define HOUR INT64_C(3600000)

static char path[] = "/tmp/query-test-XXXXXX";
static int root_fd;
static int shard_fd[2];

static int begin(void **state)
{
	(void)state;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	if (mkdtemp(path) == NULL) {
		return -1;
	}
	root_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	static const char *const names[] = { "probe-0", "probe-1" };
	for (size_t i = 0; i < 2; i++) {
		if (mkdirat(root_fd, names[i], 0750) < 0) {
			return -1;
		}
		shard_fd[i] = openat(root_fd, names[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		DIR *dir = fdopendir(shard_fd[i]);
		const struct dirent *entry = NULL;
		while ((entry = readdir(dir)) != NULL) {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
		(void)closedir(dir);
	}
	(void)unlinkat(root_fd, "probe-0", AT_REMOVEDIR);
	(void)unlinkat(root_fd, "probe-1", AT_REMOVEDIR);
	(void)close(root_fd);
	return rmdir(path);
}

/* 20 hours, a sample a minute of checks 1 to 4; odd ones in the second shard.
 * Check 1 is down (2) in the tenth hour. */
static void fill_samples(void)
{
	for (size_t shard = 0; shard < 2; shard++) {
		struct tail_options options = {
			.dir_fd = shard_fd[shard], .kind = ROW_SAMPLE, .wake_fd = -1
		};
		struct tail *tail = NULL;
		assert_int_equal(tail_create(&options, HOUR, &tail), 0);
		for (int64_t at = HOUR; at < 21 * HOUR; at += HOUR / 60) {
			for (int64_t id = 1; id <= 4; id++) {
				bool down = id == 1 && at >= 10 * HOUR && at < 11 * HOUR;
				struct sample_row row = { .ts_ms = at,
					.series_id = id,
					.state = down ? 2 : 0,
					.latency_us = at / 1000,
					.code = SLICE("ok") };
				if ((size_t)id % 2 == shard) {
					assert_int_equal(tail_append_sample(tail, &row, at), 0);
				}
			}
			assert_int_equal(tail_flush(tail, at), 0);
		}
		(void)tail_destroy(tail, 21 * HOUR);
	}
}

static struct query_store *store_open(void)
{
	struct query_store *store = NULL;
	assert_int_equal(query_store_open(root_fd, &store), 0);
	return store;
}

static void the_latest_of_each_check_is_found_reading_little(void **state)
{
	(void)state;
	fill_samples();
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct query_store *store = store_open();
	struct query_latest items[5] = { { .series_id = 4 }, { .series_id = 1 },
		{ .series_id = 3 }, { .series_id = 2 }, { .series_id = 99 } };
	struct query_coverage coverage = { 0 };
	assert_int_equal(query_latest(store, arena, 0, items, 4, &coverage), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_true(items[i].found);
		assert_int_equal(items[i].row.series_id, items[i].series_id);
		assert_int_equal(items[i].row.ts_ms, 21 * HOUR - HOUR / 60);
		assert_true(slice_is(items[i].row.code, "ok"));
	}
	assert_int_equal(coverage.shards, 2);
	assert_int_equal(coverage.oldest_ms, HOUR);
	assert_int_equal(query_latest(store, arena, 0, items, 5, &coverage), 0);
	assert_false(items[4].found);
	(void)query_store_close(store);
}

static void samples_of_one_check_come_in_order_and_range(void **state)
{
	(void)state;
	fill_samples();
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct query_store *store = store_open();
	struct query_request range = { .from_ms = 5 * HOUR, .to_ms = 7 * HOUR, .arena = arena };
	struct query_coverage coverage = { 0 };
	static struct sample_row rows[200];
	assert_int_equal(query_samples(store, &range, 3, rows, 200, &coverage), 121);
	for (size_t i = 0; i < 121; i++) {
		assert_int_equal(rows[i].ts_ms, 5 * HOUR + (int64_t)i * HOUR / 60);
		assert_int_equal(rows[i].series_id, 3);
	}
	assert_int_equal(coverage.stop, QUERY_WHOLE);
	assert_true(coverage.rows_scanned < 1000);
	/* too many: the newest stay and the answer says it is not whole */
	assert_int_equal(query_samples(store, &range, 3, rows, 10, &coverage), 10);
	assert_int_equal(rows[9].ts_ms, 7 * HOUR);
	assert_int_equal(coverage.stop, QUERY_STOP_ROWS);
	(void)query_store_close(store);
}

static void heartbeats_show_the_worst_of_each_part(void **state)
{
	(void)state;
	fill_samples();
	struct query_store *store = store_open();
	static const uint8_t badness[QUERY_STATES_MAX] = { 0, 2, 5, 4, 3, 1 };
	struct query_request range = { .from_ms = 0, .to_ms = 24 * HOUR - 1 };
	struct query_beats items[2] = { { .series_id = 1 }, { .series_id = 2 } };
	struct query_coverage coverage = { 0 };
	assert_int_equal(query_beats(store, &range, badness, items, 2, &coverage), 0);
	assert_int_equal(items[0].samples, 1200);
	assert_int_equal(items[0].up, 1140);
	for (size_t b = 0; b < QUERY_BEATS; b++) {
		bool none = b < 2 || b >= 42;
		assert_int_equal(items[0].worst[b], none ? -1 : b == 20 || b == 21 ? 2 : 0);
		assert_int_equal(items[1].worst[b], none ? -1 : 0);
	}
	(void)query_store_close(store);
}

/* Who answers badly is there, and what was not looked at says nothing. */
static void a_ratio_is_of_what_was_looked_at(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int state;
		uint64_t samples;
		uint64_t up;
	} cases[] = {
		{ "up", CHECK_UP, 1, 1 },
		{ "degraded", CHECK_DEGRADED, 1, 1 },
		{ "down", CHECK_DOWN, 1, 0 },
		{ "unreachable", CHECK_UNREACHABLE, 1, 0 },
		{ "unknown", CHECK_UNKNOWN, 0, 0 },
		{ "maintenance", CHECK_MAINTENANCE, 0, 0 },
	};
	enum { CASES = sizeof(cases) / sizeof(cases[0]) };
	struct query_beats items[CASES] = { 0 };
	struct tail_options options = {
		.dir_fd = shard_fd[0], .kind = ROW_SAMPLE, .wake_fd = -1
	};
	struct tail *tail = NULL;
	assert_int_equal(tail_create(&options, HOUR, &tail), 0);
	for (size_t i = 0; i < CASES; i++) {
		struct sample_row row = { .ts_ms = HOUR,
			.series_id = (int64_t)i + 1,
			.state = cases[i].state,
			.code = SLICE("ok") };
		items[i].series_id = row.series_id;
		assert_int_equal(tail_append_sample(tail, &row, HOUR), 0);
	}
	assert_int_equal(tail_flush(tail, HOUR), 0);
	(void)tail_destroy(tail, HOUR);
	struct query_store *store = store_open();
	static const uint8_t badness[QUERY_STATES_MAX];
	struct query_request range = { .from_ms = 0, .to_ms = 24 * HOUR - 1 };
	struct query_coverage coverage = { 0 };
	assert_int_equal(query_beats(store, &range, badness, items, CASES, &coverage), 0);
	for (size_t i = 0; i < CASES; i++) {
		if (items[i].samples != cases[i].samples || items[i].up != cases[i].up) {
			fail_msg("%s: %llu of %llu", cases[i].name,
				(unsigned long long)items[i].up,
				(unsigned long long)items[i].samples);
		}
	}
	(void)query_store_close(store);
}

static bool only_web(void *context, const struct log_row *row)
{
	(void)context;
	return slice_is(row->host, "web");
}

static void the_newest_lines_come_first_over_shards(void **state)
{
	(void)state;
	for (size_t shard = 0; shard < 2; shard++) {
		struct tail_options options = {
			.dir_fd = shard_fd[shard], .kind = ROW_LOG, .wake_fd = -1
		};
		struct tail *tail = NULL;
		assert_int_equal(tail_create(&options, HOUR, &tail), 0);
		for (int64_t i = 0; i < 1000; i++) {
			int64_t at = HOUR + i * 20000 + (int64_t)shard * 10000;
			struct log_row row = { .recv_ms = at,
				.host = i % 3 == 0 ? SLICE("web") : SLICE("db"),
				.msg = SLICE("m") };
			assert_int_equal(tail_append_log(tail, &row, at), 0);
			if (i % 7 == 0) {
				assert_int_equal(tail_flush(tail, at), 0);
			}
		}
		(void)tail_destroy(tail, 8 * HOUR);
	}
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct query_store *store = store_open();
	struct query_request range = { .from_ms = 0, .to_ms = INT64_MAX, .arena = arena };
	struct query_coverage coverage = { 0 };
	struct log_row rows[50];
	assert_int_equal(query_logs(store, &range, only_web, rows, 50, &coverage), 50);
	for (size_t i = 0; i < 50; i++) {
		/* i % 3 == 0 up to 999, both shards, newest first */
		int64_t want =
			HOUR + (999 - 3 * (int64_t)(i / 2)) * 20000 + (i % 2 == 0 ? 10000 : 0);
		assert_int_equal(rows[i].recv_ms, want);
		assert_true(slice_is(rows[i].host, "web"));
	}
	assert_true(coverage.rows_scanned < 400);
	/* a limit of rows is kept and named */
	range.limits.rows_max = 100;
	assert_true(query_logs(store, &range, NULL, rows, 50, &coverage) > 0);
	assert_true(coverage.stop == QUERY_STOP_ROWS || coverage.rows_scanned <= 110);
	(void)query_store_close(store);
}

static void damage_shows_in_the_coverage(void **state)
{
	(void)state;
	fill_samples();
	int fd = openat(shard_fd[0], "sample-0000003600000.tail", O_RDWR);
	assert_true(fd >= 0);
	struct stat st = { 0 };
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "\xff\xff", 2, 60), 2);
	assert_int_equal(ftruncate(fd, st.st_size - 3), 0);
	(void)close(fd);
	struct query_store *store = store_open();
	struct query_request range = { .from_ms = 0, .to_ms = 24 * HOUR - 1 };
	static const uint8_t badness[QUERY_STATES_MAX];
	struct query_beats item = { .series_id = 2 };
	struct query_coverage coverage = { 0 };
	assert_int_equal(query_beats(store, &range, badness, &item, 1, &coverage), 0);
	assert_int_equal(item.samples, 1198);
	assert_int_equal(coverage.batches_bad, 1);
	assert_true(coverage.octets_torn > 0);
	(void)query_store_close(store);
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(the_latest_of_each_check_is_found_reading_little),
		CASE(samples_of_one_check_come_in_order_and_range),
		CASE(heartbeats_show_the_worst_of_each_part),
		CASE(a_ratio_is_of_what_was_looked_at),
		CASE(the_newest_lines_come_first_over_shards),
		CASE(damage_shows_in_the_coverage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
