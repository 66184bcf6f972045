/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "model/check.h"
#include "rows/query.h"

/* ---- series looked up by number */

struct series {
	int64_t id;
	size_t at; /* in the caller's array */
};

static int by_id(const void *a, const void *b)
{
	const struct series *x = a;
	const struct series *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static const struct series *series_find(const struct series *sorted, size_t count, int64_t id)
{
	struct series key = { .id = id };
	return count == 0 ? NULL : bsearch(&key, sorted, count, sizeof(key), by_id);
}

static struct series *series_make(size_t count)
{
	struct series *sorted = calloc(count + 1, sizeof(*sorted));
	if (sorted == NULL) {
		abort();
	}
	return sorted;
}

/* ---- the latest of each */

struct latest {
	struct arena *arena;
	struct query_latest *items;
	struct series *sorted;
	size_t count;
	size_t missing;
};

static enum query_verdict visit_latest(void *context, const struct batch *batch, size_t i)
{
	struct latest *latest = context;
	struct sample_row row = batch_sample(batch, i);
	const struct series *series = series_find(latest->sorted, latest->count, row.series_id);
	if (series == NULL) {
		return QUERY_PASS;
	}
	struct query_latest *item = &latest->items[series->at];
	if (item->found && item->row.ts_ms >= row.ts_ms) {
		return QUERY_PASS;
	}
	latest->missing -= !item->found;
	item->found = true;
	item->row = row;
	item->row.code = arena_dup(latest->arena, row.code);
	return latest->missing == 0 ? QUERY_ENOUGH : QUERY_MATCH;
}

int query_latest(struct query_store *store, struct arena *arena, int64_t from_ms,
	struct query_latest *items, size_t count, struct query_coverage *ret_coverage)
{
	struct latest latest = { arena, items, series_make(count), count, count };
	for (size_t i = 0; i < count; i++) {
		items[i].found = false;
		latest.sorted[i] = (struct series) { items[i].series_id, i };
	}
	qsort(latest.sorted, count, sizeof(latest.sorted[0]), by_id);
	struct query_request request = { .kind = ROW_SAMPLE,
		.from_ms = from_ms,
		.to_ms = INT64_MAX,
		.newest_first = true,
		.visit = visit_latest,
		.context = &latest };
	int error = query_scan(store, &request, ret_coverage);
	free(latest.sorted);
	return error;
}

/* ---- the samples of one */

struct samples {
	struct arena *arena;
	int64_t series_id;
	struct sample_row *rows;
	size_t count;
	size_t max;
	bool more;
};

static enum query_verdict visit_sample(void *context, const struct batch *batch, size_t i)
{
	struct samples *samples = context;
	struct sample_row row = batch_sample(batch, i);
	if (row.series_id != samples->series_id) {
		return QUERY_PASS;
	}
	if (samples->count == samples->max) {
		samples->more = true;
		return QUERY_ENOUGH;
	}
	row.code = arena_dup(samples->arena, row.code);
	samples->rows[samples->count++] = row;
	return QUERY_MATCH;
}

static int by_time(const void *a, const void *b)
{
	const struct sample_row *x = a;
	const struct sample_row *y = b;
	return (x->ts_ms > y->ts_ms) - (x->ts_ms < y->ts_ms);
}

int query_samples(struct query_store *store, const struct query_request *range,
	int64_t series_id, struct sample_row *ret_rows, size_t max,
	struct query_coverage *ret_coverage)
{
	struct samples samples = {
		.arena = range->arena, .series_id = series_id, .rows = ret_rows, .max = max
	};
	struct query_request request = { .kind = ROW_SAMPLE,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.newest_first = true,
		.limits = range->limits,
		.visit = visit_sample,
		.context = &samples };
	int error = query_scan(store, &request, ret_coverage);
	if (error < 0) {
		return error;
	}
	if (samples.more) {
		ret_coverage->stop = QUERY_STOP_ROWS;
	}
	qsort(ret_rows, samples.count, sizeof(ret_rows[0]), by_time);
	return (int)samples.count;
}

/* ---- heartbeats */

struct beats {
	const struct query_request *range;
	const uint8_t *badness;
	struct query_beats *items;
	struct series *sorted;
	size_t count;
};

static unsigned badness_of(const struct beats *beats, int64_t state)
{
	return state >= 0 && state < QUERY_STATES_MAX ? beats->badness[state] : UINT8_MAX + 1u;
}

static enum query_verdict visit_beat(void *context, const struct batch *batch, size_t i)
{
	struct beats *beats = context;
	struct sample_row row = batch_sample(batch, i);
	const struct series *series = series_find(beats->sorted, beats->count, row.series_id);
	if (series == NULL) {
		return QUERY_PASS;
	}
	struct query_beats *item = &beats->items[series->at];
	double width = (double)(beats->range->to_ms - beats->range->from_ms) + 1.0;
	double part = (double)(row.ts_ms - beats->range->from_ms) / width;
	size_t at = (size_t)(part * QUERY_BEATS);
	at = at < QUERY_BEATS ? at : QUERY_BEATS - 1;
	int64_t state =
		row.state >= 0 && row.state < QUERY_STATES_MAX ? row.state : QUERY_STATES_MAX;
	if (item->worst[at] < 0 ||
		badness_of(beats, state) > badness_of(beats, item->worst[at])) {
		item->worst[at] = (int16_t)state;
	}
	bool up = row.state == CHECK_UP || row.state == CHECK_DEGRADED;
	item->up += up;
	item->samples += up || row.state == CHECK_DOWN || row.state == CHECK_UNREACHABLE;
	return QUERY_MATCH;
}

int query_beats(struct query_store *store, const struct query_request *range,
	const uint8_t badness[QUERY_STATES_MAX], struct query_beats *items, size_t count,
	struct query_coverage *ret_coverage)
{
	assert(range->to_ms >= range->from_ms && range->from_ms >= 0);
	struct beats beats = { range, badness, items, series_make(count), count };
	for (size_t i = 0; i < count; i++) {
		items[i].samples = 0;
		items[i].up = 0;
		for (size_t b = 0; b < QUERY_BEATS; b++) {
			items[i].worst[b] = -1;
		}
		beats.sorted[i] = (struct series) { items[i].series_id, i };
	}
	qsort(beats.sorted, count, sizeof(beats.sorted[0]), by_id);
	struct query_request request = { .kind = ROW_SAMPLE,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.limits = range->limits,
		.visit = visit_beat,
		.context = &beats };
	int error = query_scan(store, &request, ret_coverage);
	free(beats.sorted);
	return error;
}

/* ---- the last log lines */

struct logs {
	struct arena *arena;
	const struct query_request *range;
	bool (*filter)(void *context, const struct log_row *row);
	struct log_row *rows; /* newest first */
	size_t count;
	size_t max;
	int64_t floor_ms; /* time of the last one kept, once all places are taken */
};

static struct log_row dup_row(struct arena *arena, const struct log_row *row)
{
	struct log_row copy = *row;
	copy.source = arena_dup(arena, row->source);
	copy.host = arena_dup(arena, row->host);
	copy.app = arena_dup(arena, row->app);
	copy.pid = arena_dup(arena, row->pid);
	copy.msg = arena_dup(arena, row->msg);
	copy.fields = arena_dup(arena, row->fields);
	copy.raw = arena_dup(arena, row->raw);
	return copy;
}

static enum query_verdict visit_log(void *context, const struct batch *batch, size_t i)
{
	struct logs *logs = context;
	struct log_row row = batch_log(batch, i);
	if ((logs->count == logs->max && row.recv_ms <= logs->floor_ms) ||
		(logs->filter != NULL && !logs->filter(logs->range->context, &row))) {
		return QUERY_PASS;
	}
	size_t at = logs->count;
	while (at > 0 && logs->rows[at - 1].recv_ms < row.recv_ms) {
		at--;
	}
	size_t moved = logs->count - at - (logs->count == logs->max);
	memmove(&logs->rows[at + 1], &logs->rows[at], moved * sizeof(row));
	logs->rows[at] = dup_row(logs->arena, &row);
	logs->count += logs->count < logs->max;
	if (logs->count == logs->max) {
		logs->floor_ms = logs->rows[logs->max - 1].recv_ms;
	}
	return QUERY_MATCH;
}

int query_logs(struct query_store *store, const struct query_request *range,
	bool (*filter)(void *context, const struct log_row *row), struct log_row *ret_rows,
	size_t max, struct query_coverage *ret_coverage)
{
	assert(max > 0);
	struct logs logs = { .arena = range->arena,
		.range = range,
		.filter = filter,
		.rows = ret_rows,
		.max = max,
		.floor_ms = INT64_MIN };
	struct query_request request = { .kind = ROW_LOG,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.newest_first = true,
		.limits = range->limits,
		.floor_ms = &logs.floor_ms,
		.visit = visit_log,
		.context = &logs };
	int error = query_scan(store, &request, ret_coverage);
	return error < 0 ? error : (int)logs.count;
}
