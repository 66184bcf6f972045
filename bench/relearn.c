/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relearn [SERIES] [DAYS] [INTERVAL_S]: how long detect takes after a start to learn its baselines
 * again from the rows that are kept.  Writes the rows as probe does, a batch a second, then reads
 * them through one baseline rule on every series.  No peer; a JSON line.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/num.h"
#include "detect/metric.h"
#include "detect/metric_rule.h"
#include "detect/school_days.h"
#include "rows/series.h"
#include "rows/tail.h"
#include "rows/tail_reader.h"
#include "sys/clock.h"

enum { FIRST_ID = 1000, DAY_S = 86400 };

struct size {
	uint64_t series;
	uint64_t days;
	uint64_t interval_s;
};

static void no_signal(void *context, const struct signal *signal)
{
	(void)context;
	(void)signal;
}

static void must(int rc, const char *what)
{
	if (rc < 0) {
		(void)fprintf(stderr, "relearn: %s (%d)\n", what, rc);
		exit(3);
	}
}

static uint64_t write_rows(int dir, const struct size *size, int64_t now_ms)
{
	struct tail_options options = { .dir_fd = dir,
		.kind = ROW_SAMPLE,
		.wake_fd = -1,
		.keep_ms = (int64_t)(size->days + 1) * DAY_S * 1000,
		.cap_octets = UINT64_C(1) << 36 };
	struct tail *tail = NULL;
	uint64_t rows = 0;
	int64_t first_ms = now_ms - (int64_t)size->days * DAY_S * 1000;
	must(tail_create(&options, first_ms, &tail), "tail_create");
	for (int64_t at_s = 0; at_s < (int64_t)(size->days * DAY_S); at_s++) {
		int64_t at_ms = first_ms + at_s * 1000;
		double hour = (double)(at_ms / 1000 % DAY_S) / 3600;
		for (uint64_t i = (uint64_t)at_s % size->interval_s; i < size->series;
			i += size->interval_s) {
			double noise = (double)((rows * 2654435761u >> 16) % 1000);
			int64_t latency = (int64_t)(2000 + 1500 * sin(hour / 4) + noise);
			struct sample_row row = { .ts_ms = at_ms,
				.series_id = FIRST_ID + (int64_t)i,
				.state = 1,
				.value = (double)latency,
				.latency_us = latency };
			must(tail_append_sample(tail, &row, at_ms), "tail_append_sample");
			rows++;
		}
		must(tail_flush(tail, at_ms), "tail_flush");
	}
	(void)tail_destroy(tail, now_ms);
	return rows;
}

static struct metrics *rules_of(const struct size *size, struct arena *arena)
{
	static struct school_days days = { .offset_min = 480 };
	struct metric_setup setup = { .days = &days, .series_id = series_id_of };
	struct metric_rule rule;
	struct metric_check *checks = arena_take(arena, size->series * sizeof(*checks));
	must(metric_rule_read(arena,
		     SLICE("{\"id\":\"usual\",\"name\":\"usual\",\"metric\":\"latency\",\"kind\":"
			   "\"baseline\",\"op\":\"above\",\"deviations\":5,\"limit\":200,"
			   "\"severity\":\"info\"}"),
		     &rule, NULL),
		"metric_rule_read");
	for (uint64_t i = 0; i < size->series; i++) {
		checks[i] = (struct metric_check) { .id = FIRST_ID + (int64_t)i,
			.name = SLICE("check"),
			.key = SLICE("10.0.0.1"),
			.main = SLICE("latency") };
	}
	struct metric_table table = { &rule, 1, checks, size->series };
	struct metrics *metrics = metrics_create(&setup);
	const struct burst_sink sink = { no_signal, NULL };
	must(metrics_take_table(metrics, &table, 0, &sink), "metrics_take_table");
	return metrics;
}

static uint64_t read_rows(int dir, struct metrics *metrics)
{
	const struct burst_sink sink = { no_signal, NULL };
	struct tail_reader *reader = NULL;
	struct batch batch = { 0 };
	uint64_t rows = 0;
	must(tail_reader_open(dir, ROW_SAMPLE, (struct tail_pos) { 0 }, &reader),
		"tail_reader_open");
	metrics_hush(metrics, true);
	while (tail_reader_next(reader, &batch) == 1) {
		for (size_t i = 0; i < batch.head.rows; i++) {
			struct sample_row row = batch_sample(&batch, i);
			metrics_sample(metrics, &row, &sink);
		}
		rows += batch.head.rows;
	}
	(void)tail_reader_close(reader);
	return rows;
}

static void remove_all(const char *folder, int dir)
{
	DIR *list = fdopendir(dir);
	const struct dirent *entry = NULL;
	while (list != NULL && (entry = readdir(list)) != NULL) {
		if (entry->d_name[0] != '.') {
			(void)unlinkat(dirfd(list), entry->d_name, 0);
		}
	}
	if (list != NULL) {
		(void)closedir(list);
	}
	(void)rmdir(folder);
}

int main(int argc, char **argv)
{
	struct size size = { 1000, 14, 30 };
	uint64_t *const fields[] = { &size.series, &size.days, &size.interval_s };
	for (int i = 1; i < argc && i < 4; i++) {
		must(num_u64(slice_str(argv[i]), 1000000, fields[i - 1]), argv[i]);
	}
	char folder[] = "/tmp/fengsui-relearn-XXXXXX";
	int dir = mkdtemp(folder) != NULL ? open(folder, O_RDONLY | O_DIRECTORY) : -1;
	must(dir, folder);
	AUTO_ARENA struct arena *arena = arena_create(0);
	uint64_t written = write_rows(dir, &size, clock_unix_ms());
	struct metrics *metrics = rules_of(&size, arena);
	struct rusage usage;
	int64_t began_us = clock_mono_us();
	(void)getrusage(RUSAGE_SELF, &usage);
	double cpu_s = -((double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
			 (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6);
	uint64_t rows = read_rows(dir, metrics);
	double wall_s = (double)(clock_mono_us() - began_us) / 1e6;
	(void)getrusage(RUSAGE_SELF, &usage);
	cpu_s += (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
		 (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
	(void)printf("{\"bench\":\"relearn\",\"series\":%llu,\"days\":%llu,\"interval_s\":%llu,"
		     "\"rows\":%llu,\"cpu_s\":%.2f,\"wall_s\":%.2f,\"octets\":%llu}\n",
		(unsigned long long)size.series, (unsigned long long)size.days,
		(unsigned long long)size.interval_s, (unsigned long long)rows, cpu_s, wall_s,
		(unsigned long long)metrics_counters(metrics).octets);
	(void)metrics_destroy(metrics);
	remove_all(folder, dir);
	return rows == written ? 0 : 1;
}
