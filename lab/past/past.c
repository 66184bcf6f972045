/* SPDX-License-Identifier: Apache-2.0 */
/*
 * past FOLDER NOW_MS DAYS STEP_S <LIST: the days before NOW_MS of an invented campus, as rows in the
 * platform's own tails: what probe would have measured and collect have heard.  FOLDER is the shard.
 * The same list and the same time make the same rows.  LIST has a line each, its words set apart by
 * tabs; PEAK is the value at the busiest hour, WAVE (0 to 1) how much of it comes and goes with the
 * campus's day and week:
 *
 *   main   CHECK PEAK WAVE                          a check's own series, in microseconds
 *   part   CHECK PEAK WAVE METRIC INSTANCE UNIT     a series beside it
 *   burst  MINUTES_AGO COUNT SOURCE HOST            failed log-ins, a second apart; the oldest first
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/num.h"
#include "model/check.h"
#include "rows/series.h"
#include "rows/tail.h"

enum { LINES_MAX = 4096, WORDS_MAX = 7, TEXT_MAX = 200, SPAN_DAYS_MAX = 60 };
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define ZONE_MS (8 * HOUR_MS) /* the campus is in China, wherever the machine is */

struct line {
	struct slice word[WORDS_MAX];
	int64_t check_id;
	int64_t series_id;
	double peak;
	double wave;
};

struct past {
	struct tail *samples;
	struct tail *series;
	struct tail *logs;
	struct series_book *book;
	struct line *lines;
	size_t count;
	size_t measured; /* of them, main and part */
	int64_t from_ms;
	int64_t to_ms;
	int64_t step_ms;
	uint64_t rows;
};

static void must(int64_t rc, const char *what)
{
	if (rc < 0) {
		(void)fprintf(stderr, "past: %s (%lld)\n", what, (long long)rc);
		exit(3);
	}
}

static bool is(const struct line *line, const char *kind)
{
	return slice_is(line->word[0], kind);
}

/* ---- the list */

static void line_read(struct past *past, struct slice text)
{
	struct line *line = &past->lines[past->count];
	struct slice left = text;
	for (size_t i = 0; i < WORDS_MAX && left.n > 0; i++) {
		(void)slice_cut(left, '\t', &line->word[i], &left);
	}
	must(num_i64(line->word[1], 0, INT64_MAX, &line->check_id), "a number was expected");
	if (is(line, "main") || is(line, "part")) {
		must(num_double(line->word[2], &line->peak), "a peak was expected");
		must(num_double(line->word[3], &line->wave), "a share was expected");
	}
	line->series_id = is(line, "part")
				  ? series_id_of(line->check_id, line->word[4], line->word[5])
				  : line->check_id;
	past->measured += !is(line, "burst");
	past->count++;
}

static void list_read(struct past *past, struct arena *arena)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t n = 0;
	past->lines = arena_take(arena, LINES_MAX * sizeof(past->lines[0]));
	while (past->count < LINES_MAX && (n = getline(&text, &room, stdin)) > 0) {
		struct slice trimmed = slice_of(text, (size_t)n);
		if (trimmed.p[trimmed.n - 1] == '\n') {
			trimmed.n--;
		}
		line_read(past, slice_str(arena_dup_str(arena, trimmed)));
	}
	free(text);
}

/* ---- the campus's day */

/* 0.1 at night to 1 in the evening, with the lessons' two humps before it: as lab/snmp/living.py. */
static double share_of_day(double hour)
{
	static const double humps[][3] = { { 10.5, 1.8, 0.55 }, { 15.5, 2.0, 0.6 },
		{ 21.2, 1.9, 0.9 } };
	double share = 0.1;
	for (size_t i = 0; i < sizeof(humps) / sizeof(humps[0]); i++) {
		double off = fmod(hour - humps[i][0] + 36, 24) - 12;
		share += humps[i][2] * exp(-(off / humps[i][1]) * (off / humps[i][1]));
	}
	return share;
}

static double busy_at(int64_t at_ms)
{
	int64_t local = at_ms + ZONE_MS;
	int64_t weekday = (local / DAY_MS + 3) % 7; /* 1970 began on a Thursday; 0 = Monday */
	double share = share_of_day((double)(local % DAY_MS) / (double)HOUR_MS);
	return weekday >= 5 ? 0.65 * share : share;
}

/* 0 to 1, the same for the same series and step (splitmix64). */
static double dice(uint64_t series, uint64_t step)
{
	uint64_t z = (series << 32 ^ step) + UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* ---- rows */

static void sample_write(struct past *past, size_t i, int64_t at_ms, double busy)
{
	const struct line *line = &past->lines[i];
	double noise = 0.75 + 0.5 * dice(i, (uint64_t)(at_ms / past->step_ms));
	double value = line->peak * (1 - line->wave + line->wave * busy) * noise;
	bool main = is(line, "main");
	if (!main) {
		struct series_row row = { .check_id = line->check_id,
			.metric = line->word[4],
			.instance = line->word[5],
			.unit = line->word[6] };
		must(series_announce(past->book, &row, at_ms), "series_announce");
	}
	struct sample_row row = { .ts_ms = at_ms,
		.series_id = line->series_id,
		.state = CHECK_UP,
		.value = main ? floor(value) : value,
		.latency_us = main ? (int64_t)value : -1 };
	must(tail_append_sample(past->samples, &row, at_ms), "tail_append_sample");
	past->rows++;
}

static void samples_write(struct past *past)
{
	for (int64_t at_ms = past->from_ms; at_ms < past->to_ms && past->measured > 0;
		at_ms += past->step_ms) {
		double busy = busy_at(at_ms);
		for (size_t i = 0; i < past->count; i++) {
			if (!is(&past->lines[i], "burst")) {
				sample_write(past, i, at_ms, busy);
			}
		}
		must(tail_flush(past->series, at_ms), "tail_flush");
		must(tail_flush(past->samples, at_ms), "tail_flush");
	}
}

static void burst_write(struct past *past, const struct line *line)
{
	int64_t count = 0;
	int64_t begin_ms = past->to_ms - line->check_id * 60000;
	must(num_i64(line->word[2], 1, 1000, &count), "a count was expected");
	for (int64_t i = 0; i < count; i++) {
		char msg[TEXT_MAX];
		char fields[TEXT_MAX];
		int64_t at_ms = begin_ms + i * 1000;
		(void)snprintf(msg, sizeof(msg),
			"[演示数据] Failed password for root from %.*s port %d ssh2",
			SLICE_FMT(line->word[3]), 50000 + (int)i);
		(void)snprintf(fields, sizeof(fields),
			"{\"action\":\"login_failed\",\"user\":\"root\",\"src_ip\":\"%.*s\"}",
			SLICE_FMT(line->word[3]));
		struct log_row row = { .ts_ms = at_ms,
			.recv_ms = at_ms,
			.source = line->word[4],
			.host = line->word[4],
			.app = SLICE("sshd"),
			.pid = SLICE("811"),
			.facility = 4,
			.severity = 6,
			.msg = slice_str(msg),
			.fields = slice_str(fields),
			.raw = slice_str(msg) };
		must(tail_append_log(past->logs, &row, at_ms), "tail_append_log");
		past->rows++;
	}
	must(tail_flush(past->logs, begin_ms + count * 1000), "tail_flush");
}

static struct tail *tail_of(int dir, enum row_kind kind, int64_t from_ms)
{
	struct tail_options options = {
		.dir_fd = dir, .kind = kind, .wake_fd = -1, .keep_ms = SPAN_DAYS_MAX * DAY_MS
	};
	struct tail *tail = NULL;
	must(tail_create(&options, from_ms, &tail), "tail_create");
	return tail;
}

int main(int argc, char **argv)
{
	struct past past = { 0 };
	int64_t days = 0;
	int64_t step_s = 0;
	int dir = argc == 5 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (dir < 0 || num_i64(slice_str(argv[2]), 0, INT64_MAX / 2, &past.to_ms) < 0 ||
		num_i64(slice_str(argv[3]), 1, SPAN_DAYS_MAX - 1, &days) < 0 ||
		num_i64(slice_str(argv[4]), 1, 3600, &step_s) < 0) {
		(void)fprintf(stderr, "use: past FOLDER NOW_MS DAYS STEP_S <LIST\n");
		return 2;
	}
	AUTO_ARENA struct arena *arena = arena_create(0);
	past.step_ms = step_s * 1000;
	past.from_ms = past.to_ms - days * DAY_MS;
	list_read(&past, arena);
	past.samples = tail_of(dir, ROW_SAMPLE, past.from_ms);
	past.series = tail_of(dir, ROW_SERIES, past.from_ms);
	past.logs = tail_of(dir, ROW_LOG, past.from_ms);
	past.book = series_book_create(past.series);
	samples_write(&past);
	for (size_t i = 0; i < past.count; i++) {
		if (is(&past.lines[i], "burst")) {
			burst_write(&past, &past.lines[i]);
		}
	}
	past.book = series_book_destroy(past.book);
	past.samples = tail_destroy(past.samples, past.to_ms);
	past.series = tail_destroy(past.series, past.to_ms);
	past.logs = tail_destroy(past.logs, past.to_ms);
	(void)close(dir);
	(void)printf("%llu rows\n", (unsigned long long)past.rows);
	return 0;
}
