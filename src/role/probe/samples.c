/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/samples.h"

#include <math.h>

#include "base/jw.h"
#include "probe/check.h"
#include "role/probe/state_number.h"
#include "rows/series.h"
#include "rows/tail.h"
#include "sys/clock.h"

int samples_open(struct samples *samples, struct runtime *rt, struct diag *diag)
{
	int error = shard_open(&samples->shard, rt, "probe-0", ROW_SAMPLE, diag);
	error = error < 0 ? error
			  : shard_open(&samples->series, rt, "probe-0", ROW_SERIES, diag);
	if (error == 0) {
		samples->book = series_book_create(samples->series.tail);
	}
	return error;
}

size_t samples_paths(const struct samples *samples, struct fence_path *list)
{
	list[0] = shard_path(&samples->shard);
	list[1] = shard_path(&samples->series);
	return SAMPLES_PATHS;
}

int samples_attach(struct samples *samples, struct runtime *rt)
{
	int error = shard_attach(&samples->shard, rt);
	return error < 0 ? error : shard_attach(&samples->series, rt);
}

static void put_further(struct samples *samples, const struct check_result *result,
	const struct check_perf *perf, struct sample_row row)
{
	int64_t now_ms = clock_unix_ms();
	struct series_row series = { .check_id = result->check_id,
		.metric = slice_str(perf->name != NULL ? perf->name : perf->label),
		.unit = slice_str(perf->name != NULL ? perf->unit : perf->uom) };
	row.series_id = series_announce(samples->book, &series, now_ms);
	row.value = perf->value;
	row.latency_us = -1;
	row.code = (struct slice) { 0 };
	if (row.series_id >= 0) {
		(void)!tail_append_sample(samples->shard.tail, &row, now_ms);
	}
}

void samples_put_figure(struct samples *samples, struct series_row *series, double value)
{
	int64_t now_ms = clock_unix_ms();
	struct sample_row row = { .ts_ms = now_ms,
		.series_id = series_announce(samples->book, series, now_ms),
		.state = state_number(slice_str(check_state_text(CHECK_UP))),
		.value = value,
		.latency_us = -1 };
	if (row.series_id >= 0) {
		(void)!tail_append_sample(samples->shard.tail, &row, now_ms);
	}
}

void samples_put(struct samples *samples, const struct check_result *result)
{
	struct sample_row row = {
		.ts_ms = result->at_unix_ms,
		.series_id = result->check_id,
		.state = state_number(slice_str(check_state_text(result->state))),
		.value = result->perf_count > 0 ? result->perf[0].value : (double)NAN,
		.latency_us = result->latency_us,
		.code = slice_str(result->state == CHECK_UP ? "" : result->code),
	};
	/* A refusal shows in the tail's counters; the change of state is told all the same. */
	(void)!tail_append_sample(samples->shard.tail, &row, clock_unix_ms());
	for (size_t i = 1; i < result->perf_count; i++) {
		if (!isnan(result->perf[i].value)) {
			put_further(samples, result, &result->perf[i], row);
		}
	}
}

void samples_status(const struct samples *samples, struct jw *jw)
{
	shard_status(&samples->shard, jw);
	jw_kv_int(jw, "series_rows", (int64_t)tail_counters(samples->series.tail)->rows);
	jw_kv_int(jw, "series_refused", (int64_t)series_refused(samples->book));
}

void samples_detach(struct samples *samples)
{
	shard_detach(&samples->shard);
	shard_detach(&samples->series);
}

void samples_close(struct samples *samples)
{
	samples->book = series_book_destroy(samples->book);
	shard_close(&samples->shard);
	shard_close(&samples->series);
}
