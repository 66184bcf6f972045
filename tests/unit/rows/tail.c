/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/tail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "rows/tail_reader.h"

#define HOUR INT64_C(3600000)

static int dir_fd = -1;
static char dir_path[] = "/tmp/tail-test-XXXXXX";

static int begin(void **state)
{
	(void)state;
	memcpy(dir_path + sizeof(dir_path) - 7, "XXXXXX", 6);
	if (mkdtemp(dir_path) == NULL) {
		return -1;
	}
	dir_fd = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir_fd < 0 ? -1 : 0;
}

static void each_name(void (*visit)(const char *name));

static void remove_name(const char *name)
{
	(void)unlinkat(dir_fd, name, 0);
}

static int end(void **state)
{
	(void)state;
	each_name(remove_name);
	(void)close(dir_fd);
	return rmdir(dir_path);
}

static int names;
static char newest[TAIL_NAME_MAX];

static void count_name(const char *name)
{
	names++;
	if (strcmp(name, newest) > 0) {
		(void)snprintf(newest, sizeof(newest), "%s", name);
	}
}

static void each_name(void (*visit)(const char *name))
{
	DIR *dir = opendir(dir_path);
	const struct dirent *entry = NULL;
	names = 0;
	newest[0] = '\0';
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.') {
			visit(entry->d_name);
		}
	}
	(void)closedir(dir);
}

static struct tail *make(int64_t now_ms, int64_t keep_ms, uint64_t cap_octets)
{
	struct tail_options options = { .dir_fd = dir_fd,
		.kind = ROW_SAMPLE,
		.wake_fd = -1,
		.keep_ms = keep_ms,
		.cap_octets = cap_octets };
	struct tail *tail = NULL;
	assert_int_equal(tail_create(&options, now_ms, &tail), 0);
	return tail;
}

static int put(struct tail *tail, int64_t id, int64_t now_ms)
{
	struct sample_row row = {
		.ts_ms = now_ms, .series_id = id, .latency_us = -1, .code = SLICE("tcp.refused")
	};
	return tail_append_sample(tail, &row, now_ms);
}

/* Reads all there is now; ids must run on from *next. */
static void expect_run(struct tail_reader *reader, int64_t *next)
{
	struct batch batch = { 0 };
	int got = 0;
	while ((got = tail_reader_next(reader, &batch)) == 1) {
		for (size_t i = 0; i < batch.head.rows; i++) {
			assert_int_equal(batch_sample(&batch, i).series_id, *next);
			++*next;
		}
	}
	assert_int_equal(got, 0);
}

/* Nothing comes any more: the hour is over all the same, and so is what is old. */
static void a_silent_tail_is_rotated_and_ages(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 3 * HOUR, 0);
	struct tail_reader *reader = NULL;
	assert_int_equal(
		tail_reader_open(dir_fd, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader), 0);
	int64_t next = 0;
	assert_int_equal(put(tail, 0, HOUR + 1), 0);
	assert_int_equal(tail_flush(tail, HOUR + 1), 0);
	for (int64_t now = HOUR; now <= 12 * HOUR; now += HOUR / 4) {
		assert_int_equal(tail_flush(tail, now), 0);
	}
	each_name(count_name);
	assert_in_range(names, 3, 5);
	assert_true(tail_counters(tail)->files_removed >= 7);
	assert_int_equal(tail_counters(tail)->octets_removed > 0, 1);
	/* A reader who was far behind lost what was old, and reads on. */
	assert_int_equal(put(tail, 0, 12 * HOUR + 1), 0);
	assert_int_equal(tail_flush(tail, 12 * HOUR + 1), 0);
	expect_run(reader, &next);
	assert_int_equal(next, 1);
	reader = tail_reader_close(reader);
	tail = tail_destroy(tail, 12 * HOUR + 2);
}

static void a_reader_follows_growth_rotation_and_restart(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 0, 0);
	struct tail_reader *reader = NULL;
	assert_int_equal(
		tail_reader_open(dir_fd, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader), 0);
	int64_t next = 0;
	int64_t now = HOUR;
	for (int64_t id = 0; id < 100; id++) {
		now += HOUR / 10;
		assert_int_equal(put(tail, id, now), 0);
		assert_int_equal(tail_flush(tail, now), 0);
		if (id % 7 == 0) {
			expect_run(reader, &next);
			assert_int_equal(next, id + 1);
		}
		if (id % 30 == 29) {
			tail = tail_destroy(tail, now);
			tail = make(now - 2 * HOUR, 0, 0); /* clock set back over the restart */
		}
	}
	expect_run(reader, &next);
	assert_int_equal(next, 100);
	assert_int_equal(tail_reader_report(reader)->files_torn, 0);
	each_name(count_name);
	assert_true(names >= 10);
	(void)tail_reader_close(reader);
	(void)tail_destroy(tail, now);
}

static void a_kept_position_neither_skips_nor_repeats(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 0, 0);
	int64_t now = HOUR;
	int64_t next = 0;
	struct tail_pos pos = { 0 };
	for (int64_t id = 0; id < 50; id++) {
		now += HOUR / 5;
		assert_int_equal(put(tail, id, now), 0);
		assert_int_equal(tail_flush(tail, now), 0);
		struct tail_reader *reader = NULL;
		assert_int_equal(tail_reader_open(dir_fd, ROW_SAMPLE, pos, &reader), 0);
		if (id % 3 == 0) {
			struct batch batch = { 0 };
			assert_int_equal(tail_reader_next(reader, &batch), 1);
			assert_int_equal(batch_sample(&batch, 0).series_id, next++);
			AUTO_BUF struct buf text;
			buf_init(&text, 64);
			tail_pos_put(&text, tail_reader_pos(reader));
			assert_int_equal(tail_pos_parse(buf_slice(&text), &pos), 0);
		}
		(void)tail_reader_close(reader);
	}
	assert_int_equal(next, 17);
	struct tail_pos bad = { 0 };
	assert_int_equal(tail_pos_parse(SLICE("12"), &bad), E_FORMAT);
	assert_int_equal(tail_pos_parse(SLICE("12:-1"), &bad), E_FORMAT);
	(void)tail_destroy(tail, now);
}

/* A writer process is killed at a random moment; every row it flushed is there. */
static void rows_survive_kill_9_of_the_writer(void **state)
{
	(void)state;
	int64_t now = HOUR;
	for (int round = 0; round < 12; round++) {
		int ack[2];
		assert_int_equal(pipe(ack), 0);
		pid_t child = fork();
		if (child == 0) {
			struct tail *tail = make(now + round, 0, 0);
			for (int64_t id = 0;; id++) {
				(void)!put(tail, id, now);
				if (id % 37 == 36 && tail_flush(tail, now) == 0) {
					(void)!write(ack[1], &id, sizeof(id));
				}
			}
		}
		(void)close(ack[1]);
		(void)usleep(3000 + (useconds_t)round * 1700);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		int64_t acknowledged = -1;
		int64_t id = 0;
		while (read(ack[0], &id, sizeof(id)) == (ssize_t)sizeof(id)) {
			acknowledged = id;
		}
		(void)close(ack[0]);
		struct tail_reader *reader = NULL;
		struct tail_pos pos = { now + round, 0 };
		assert_int_equal(tail_reader_open(dir_fd, ROW_SAMPLE, pos, &reader), 0);
		int64_t next = 0;
		expect_run(reader, &next);
		assert_true(next > acknowledged);
		(void)tail_reader_close(reader);
	}
}

static void a_torn_end_is_waited_for_then_stepped_over_and_named(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 0, 0);
	for (int64_t id = 0; id < 3; id++) {
		assert_int_equal(put(tail, id, HOUR), 0);
		assert_int_equal(tail_flush(tail, HOUR), 0);
	}
	tail = tail_destroy(tail, HOUR);
	each_name(count_name);
	struct stat st = { 0 };
	assert_int_equal(fstatat(dir_fd, newest, &st, 0), 0);
	off_t batch_octets = st.st_size / 3;
	for (off_t cut = 1; cut < batch_octets; cut += 7) {
		int fd = openat(dir_fd, newest, O_WRONLY);
		assert_int_equal(ftruncate(fd, st.st_size - cut), 0);
		(void)close(fd);
		struct tail_reader *reader = NULL;
		assert_int_equal(
			tail_reader_open(dir_fd, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader),
			0);
		int64_t next = 0;
		expect_run(reader, &next);
		assert_int_equal(next, 2);
		assert_int_equal(tail_reader_report(reader)->files_torn, 0);
		char copy[TAIL_NAME_MAX];
		(void)snprintf(copy, sizeof(copy), "%s", newest);
		tail = make(HOUR + 1, 0, 0);
		assert_int_equal(put(tail, 2, HOUR + 1), 0);
		tail = tail_destroy(tail, HOUR + 1);
		expect_run(reader, &next);
		assert_int_equal(next, 3);
		assert_int_equal(tail_reader_report(reader)->files_torn, 1);
		assert_int_equal(tail_reader_report(reader)->octets_torn, batch_octets - cut);
		(void)tail_reader_close(reader);
		each_name(count_name);
		remove_name(newest);
		(void)snprintf(newest, sizeof(newest), "%s", copy);
	}
}

static void a_spoilt_octet_costs_one_batch_or_the_rest_of_its_file(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 0, 0);
	for (int64_t id = 0; id < 4; id++) {
		assert_int_equal(put(tail, id, HOUR), 0);
		assert_int_equal(tail_flush(tail, HOUR), 0);
	}
	(void)tail_destroy(tail, HOUR);
	tail = make(2 * HOUR, 0, 0);
	assert_int_equal(put(tail, 4, 2 * HOUR), 0);
	(void)tail_destroy(tail, 2 * HOUR);
	int fd = openat(dir_fd, "sample-0000003600000.tail", O_RDWR);
	struct stat st = { 0 };
	assert_int_equal(fstat(fd, &st), 0);
	size_t n = (size_t)st.st_size / 4;
	for (size_t i = 0; i < n; i++) {
		uint8_t octet = 0;
		assert_int_equal(pread(fd, &octet, 1, (off_t)(n + i)), 1);
		octet ^= 0x41;
		assert_int_equal(pwrite(fd, &octet, 1, (off_t)(n + i)), 1);
		struct tail_reader *reader = NULL;
		assert_int_equal(
			tail_reader_open(dir_fd, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader),
			0);
		struct batch batch = { 0 };
		int64_t sum = 0;
		while (tail_reader_next(reader, &batch) == 1) {
			sum += INT64_C(1) << batch_sample(&batch, 0).series_id;
		}
		const struct tail_report *report = tail_reader_report(reader);
		assert_int_equal(sum, report->files_torn == 0 ? 1 + 4 + 8 + 16 : 1 + 16);
		assert_true(report->batches_bad + report->files_torn >= 1);
		(void)tail_reader_close(reader);
		octet ^= 0x41;
		assert_int_equal(pwrite(fd, &octet, 1, (off_t)(n + i)), 1);
	}
	(void)close(fd);
}

static void old_files_go_by_age_and_by_the_cap(void **state)
{
	(void)state;
	struct tail *tail = make(HOUR, 5 * HOUR, 0);
	int64_t now = HOUR;
	for (int64_t id = 0; id < 20; id++) {
		now += HOUR;
		assert_int_equal(put(tail, id, now), 0);
		assert_int_equal(tail_flush(tail, now), 0);
	}
	each_name(count_name);
	assert_in_range(names, 5, 8);
	struct tail_reader *reader = NULL;
	struct tail_pos gone = { HOUR, 0 };
	assert_int_equal(tail_reader_open(dir_fd, ROW_SAMPLE, gone, &reader), 0);
	struct batch batch = { 0 };
	assert_int_equal(tail_reader_next(reader, &batch), 1);
	assert_int_equal(tail_reader_report(reader)->files_gone, 1);
	(void)tail_reader_close(reader);
	assert_true(tail_counters(tail)->files_removed >= 12);
	(void)tail_destroy(tail, now);
	tail = make(now + HOUR, 0, 1);
	each_name(count_name);
	assert_in_range(names, 1, 2); /* the current one, and one with no octet in it */
	(void)tail_destroy(tail, now + HOUR);
}

static void a_full_disk_refuses_counts_and_recovers(void **state)
{
	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	struct rlimit before = { 0 };
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	struct tail *tail = make(HOUR, 0, 0);
	assert_int_equal(put(tail, 0, HOUR), 0);
	assert_int_equal(tail_flush(tail, HOUR), 0);
	struct rlimit small = { 1000, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int64_t id = 1;
	for (int tries = 0; tries < 10000; tries++) {
		if (put(tail, id, HOUR + tries / 100) == 0) {
			id++;
		}
	}
	assert_int_equal(tail_counters(tail)->rows_refused, 10001 - id);
	assert_int_equal(tail_held(tail), 8192);
	assert_int_equal(tail_flush(tail, HOUR), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(tail_flush(tail, HOUR), 0);
	assert_int_equal(tail_counters(tail)->last_error, 0);
	assert_int_equal(put(tail, id++, HOUR), 0);
	assert_int_equal(tail_flush(tail, HOUR), 0);
	struct tail_reader *reader = NULL;
	assert_int_equal(
		tail_reader_open(dir_fd, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader), 0);
	int64_t next = 0;
	expect_run(reader, &next);
	assert_int_equal(next, id);
	assert_int_equal(tail_reader_report(reader)->batches_bad, 0);
	(void)tail_reader_close(reader);
	(void)tail_destroy(tail, HOUR);
}

static void rows_stop_while_the_reserve_is_touched(void **state)
{
	(void)state;
	struct tail_options options = {
		.dir_fd = dir_fd, .kind = ROW_SAMPLE, .wake_fd = -1, .floor_octets = UINT64_MAX
	};
	struct tail *tail = NULL;
	assert_int_equal(tail_create(&options, HOUR, &tail), 0);
	assert_int_equal(put(tail, 1, HOUR), E_LIMIT);
	assert_int_equal(tail_counters(tail)->rows_reserve, 1);
	assert_true(tail_counters(tail)->reserve);
	(void)tail_destroy(tail, HOUR);
}

static void an_append_under_load_is_written_after_a_quarter_second_and_wakes(void **state)
{
	(void)state;
	int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct tail_options options = { .dir_fd = dir_fd, .kind = ROW_SAMPLE, .wake_fd = wake };
	struct tail *tail = NULL;
	assert_int_equal(tail_create(&options, HOUR, &tail), 0);
	uint64_t woken = 0;
	assert_int_equal(put(tail, 0, HOUR), 0);
	assert_int_equal(put(tail, 1, HOUR + 249), 0);
	assert_int_equal(read(wake, &woken, sizeof(woken)), -1);
	assert_int_equal(put(tail, 2, HOUR + 250), 0);
	assert_int_equal(read(wake, &woken, sizeof(woken)), 8);
	assert_int_equal(tail_held(tail), 1);
	assert_true(tail_unsynced(tail));
	assert_int_equal(tail_sync(tail), 0);
	assert_false(tail_unsynced(tail));
	(void)tail_destroy(tail, HOUR + 250);
	(void)close(wake);
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(a_silent_tail_is_rotated_and_ages),
		CASE(a_reader_follows_growth_rotation_and_restart),
		CASE(a_kept_position_neither_skips_nor_repeats),
		CASE(rows_survive_kill_9_of_the_writer),
		CASE(a_torn_end_is_waited_for_then_stepped_over_and_named),
		CASE(a_spoilt_octet_costs_one_batch_or_the_rest_of_its_file),
		CASE(old_files_go_by_age_and_by_the_cap),
		CASE(a_full_disk_refuses_counts_and_recovers),
		CASE(rows_stop_while_the_reserve_is_touched),
		CASE(an_append_under_load_is_written_after_a_quarter_second_and_wakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
