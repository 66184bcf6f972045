/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deadlines counted a millisecond: a rule of working days, calendar days or
 * hours from a random moment of 2025 to 2026, with the school's own days laid
 * over the published ones, with and without a superior's deadline, each with
 * its whole derivation.  The peer is a stated floor: calendar days walked one
 * by one with the C library's gmtime_r and mktime's inverse, timegm, weekends
 * left out, holidays not even looked at.  Five pairs, CPU time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "workflow/calendar_layer.h"
#include "workflow/due_superior.h"

enum { COUNT = 400000, RUNS = 5, DAY_S = 86400 };

static const double target = 1000.0;
static uint64_t state = 88172645463325252U;
static volatile int64_t sink;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double cpu_ms(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return 1e3 * (double)at.tv_sec + 1e-6 * (double)at.tv_nsec;
}

static void year_load(struct calendar *calendar, int year)
{
	char path[200];
	AUTO_BUF struct buf text;
	buf_init(&text, CALENDAR_TEXT_MAX);
	(void)snprintf(path, sizeof(path), POLICY "/calendar/cn-%d.json", year);
	FILE *file = fopen(path, "r");
	for (int c = 0; file != NULL && (c = fgetc(file)) != EOF;) {
		buf_put_byte(&text, (uint8_t)c);
	}
	if (file == NULL || calendar_add_json(calendar, buf_slice(&text), NULL) < 0) {
		(void)fprintf(stderr, "bench-due: %s cannot be read\n", path);
		exit(3);
	}
	(void)fclose(file);
}

static int64_t start_draw(void)
{
	return 1735660800000 + (int64_t)(draw() % UINT64_C(60000000000));
}

static double ours(const struct calendar *calendar)
{
	double began = cpu_ms();
	for (int i = 0; i < COUNT; i++) {
		struct due due;
		uint64_t dice = draw();
		struct due_rule rule = { 1 + (uint32_t)(dice % 20),
			(enum due_unit)(dice >> 8) % 3 };
		int64_t start_ms = start_draw();
		struct due_superior superior = { start_ms + (int64_t)(draw() % 1000000000),
			{ 1, DUE_WORKING_DAYS }, 25, 72 };
		int error = due_begin(calendar, "v1", "remediation.high", start_ms, rule, &due);
		if (error == 0 && (i & 1) != 0) {
			error = due_superior(calendar, &due, start_ms, &superior);
		}
		sink = error < 0 ? error : due.due_ms;
	}
	return COUNT / (cpu_ms() - began);
}

static double peer(void)
{
	double began = cpu_ms();
	for (int i = 0; i < COUNT; i++) {
		uint32_t days = 1 + (uint32_t)(draw() % 20);
		time_t at = (time_t)(start_draw() / 1000);
		struct tm tm;
		while (days > 0) {
			at += DAY_S;
			(void)gmtime_r(&at, &tm);
			days -= tm.tm_wday != 0 && tm.tm_wday != 6 ? 1 : 0;
		}
		tm.tm_hour = 17;
		tm.tm_min = 30;
		tm.tm_sec = 0;
		sink = (int64_t)timegm(&tm);
	}
	return COUNT / (cpu_ms() - began);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(void)
{
	static struct calendar calendar;
	double mine[RUNS];
	double theirs[RUNS];
	double ratio[RUNS];
	calendar_init(&calendar);
	year_load(&calendar, 2025);
	year_load(&calendar, 2026);
	int error = calendar_add_layer(&calendar,
		SLICE("{\"version\":\"school-1\",\"spans\":[{\"from\":\"2026-03-11\",\"to\":"
		      "\"2026-03-12\",\"kind\":\"off\"},{\"from\":\"2026-07-11\",\"to\":"
		      "\"2026-08-30\",\"kind\":\"break\"}]}"),
		NULL);
	if (error < 0) {
		return 3;
	}
	for (int i = 0; i < RUNS; i++) {
		mine[i] = ours(&calendar);
		theirs[i] = peer();
		ratio[i] = mine[i] / theirs[i];
		(void)fprintf(stderr, "run %d: ours %.0f/ms, floor %.0f/ms\n", i + 1, mine[i],
			theirs[i]);
	}
	qsort(mine, RUNS, sizeof(mine[0]), compare);
	qsort(theirs, RUNS, sizeof(theirs[0]), compare);
	qsort(ratio, RUNS, sizeof(ratio[0]), compare);
	(void)printf(
		"{\"bench\":\"due\",\"metric\":\"deadlines counted\",\"better\":\"higher\","
		"\"ours\":%.0f,\"peer\":%.0f,"
		"\"ratio\":%.2f,\"unit\":\"1/ms\",\"runs\":%d,\"target\":%.0f,"
		"\"peer_name\":\"libc day walk, weekends only\"}\n",
		mine[RUNS / 2], theirs[RUNS / 2], ratio[RUNS / 2], RUNS, target);
	return mine[RUNS / 2] >= target ? 0 : 1;
}
