/* SPDX-License-Identifier: Apache-2.0 */
#include "view/samples.h"

#include <math.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "rows/query.h"
#include "view/checks.h"
#include "view/view.h"

enum { BUDGET_MS = 1500, SAMPLES_MAX = 2000, SERIES_SHOWN_MAX = 4096, BUCKETS_MAX = 1000 };

static const double GAP_TIMES = 3;
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define LATE_MS (HOUR_MS / 4) /* what was measured longer ago is no longer what is */

void samples_put_coverage(struct jw *jw, const struct query_coverage *coverage)
{
	static const char *const stops[] = { "whole", "rows", "time", "batches" };
	jw_key(jw, "coverage");
	jw_object(jw);
	jw_kv_bool(
		jw, "complete", coverage->stop == QUERY_WHOLE && coverage->shards_refused == 0);
	jw_kv_str(jw, "stop", slice_str(stops[coverage->stop]));
	jw_key(jw, "oldest");
	if (coverage->oldest_ms != INT64_MAX) {
		jw_int(jw, coverage->oldest_ms);
	} else {
		jw_null(jw);
	}
	jw_kv_int(jw, "rows_scanned", (int64_t)coverage->rows_scanned);
	jw_kv_int(jw, "took_ms", coverage->took_ms);
	jw_end(jw);
}

void samples_put_columns(struct jw *jw, const struct sample_row *rows, int count)
{
	jw_key(jw, "at");
	jw_array(jw);
	for (int i = 0; i < count; i++) {
		jw_int(jw, rows[i].ts_ms);
	}
	jw_end(jw);
	jw_key(jw, "state");
	jw_array(jw);
	for (int i = 0; i < count; i++) {
		jw_int(jw, rows[i].state);
	}
	jw_end(jw);
	jw_key(jw, "latency_us");
	jw_array(jw);
	for (int i = 0; i < count; i++) {
		jw_int(jw, rows[i].latency_us);
	}
	jw_end(jw);
	jw_key(jw, "value");
	jw_array(jw);
	for (int i = 0; i < count; i++) {
		jw_double(jw, rows[i].value);
	}
	jw_end(jw);
}

/* From and to of the query string; the last day when there are none. */
static int range_of(struct view *view, enum row_kind kind, struct query_request *ret_range)
{
	struct query_request range = { .kind = kind,
		.to_ms = view_param_int(view, "to", view->now_ms),
		.limits = { QUERY_ROWS_DEFAULT, BUDGET_MS },
		.arena = view->arena };
	range.from_ms = view_param_int(view, "from", range.to_ms - DAY_MS);
	*ret_range = range;
	return range.from_ms > range.to_ms ? view_refuse(view, E_INPUT, "input.range", "from")
					   : 0;
}

/* Those the check was measured in; they are announced at the full hour. */
static int series_find(struct view *view, struct query_request *range,
	struct series_row **ret_rows, struct query_coverage *ret_coverage)
{
	if (view->env->rows == NULL) {
		return 0;
	}
	range->kind = ROW_SERIES;
	range->from_ms -= range->from_ms > INT64_MIN + HOUR_MS ? HOUR_MS : 0;
	*ret_rows = arena_take(view->arena, SERIES_SHOWN_MAX * sizeof(**ret_rows));
	int count = query_series(view->env->rows, range, view->call->id, *ret_rows,
		SERIES_SHOWN_MAX, ret_coverage);
	return count < 0 ? E_STORE : count;
}

/* Returns: 1 when the check was measured in it in this range, 0, or E_STORE. */
static int series_is_own(struct view *view, struct query_request range, int64_t series)
{
	struct series_row *rows = NULL;
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	int count = series_find(view, &range, &rows, &coverage);
	for (int i = 0; i < count; i++) {
		if (rows[i].series_id == series) {
			return 1;
		}
	}
	return count < 0 ? count : 0;
}

/*
 * Whoever may see a check may not ask it for the series of another.  One of
 * these days may be asked for a time when it was not yet: that is no sample.
 */
static int series_wanted(
	struct view *view, const struct query_request *asked, int64_t *ret_series)
{
	struct slice text = view_param(view, "series");
	*ret_series = view->call->id;
	if (text.n == 0) {
		return 0;
	}
	if (num_i64(text, 0, INT64_MAX, ret_series) < 0) {
		return view_refuse(view, E_INPUT, "input.range", "series");
	}
	struct query_request now = *asked;
	now.to_ms = view->now_ms;
	now.from_ms = view->now_ms - HOUR_MS;
	int own = series_is_own(view, now, *ret_series);
	own = own != 0 ? own : series_is_own(view, *asked, *ret_series);
	return own < 0 ? own : own == 1 ? 0 : E_ABSENT;
}

/* ---- a long range, in buckets */

struct cut {
	struct query_request range;
	int64_t series;
	size_t buckets;
	struct query_bucket *items;
	struct sample_row *rows; /* a point each, and a gap's */
	struct query_span *spans;
	int count;
};

static int64_t middle_of(const struct cut *cut, size_t bucket)
{
	double width =
		(double)(cut->range.to_ms - cut->range.from_ms + 1) / (double)cut->buckets;
	return cut->range.from_ms + (int64_t)(width * ((double)bucket + 0.5));
}

static void point_add(struct cut *cut, size_t bucket, const struct query_bucket *from)
{
	const struct query_span *value = &from->value;
	const struct query_span *latency = &from->latency_us;
	cut->spans[cut->count] = *value;
	cut->rows[cut->count++] = (struct sample_row) { .ts_ms = middle_of(cut, bucket),
		.state = from->worst,
		.latency_us = latency->count > 0
				      ? (int64_t)(latency->sum / (double)latency->count)
				      : -1,
		.value = value->count > 0 ? value->sum / (double)value->count : (double)NAN };
}

/*
 * Buckets that hold something.  What is measured less often than a bucket is wide
 * leaves some empty, and that is no gap; three times as long as usual is one.
 */
static void points_make(struct cut *cut)
{
	static const struct query_bucket nothing = { .worst = -1 };
	size_t first = cut->buckets;
	size_t last = 0;
	size_t held = 0;
	for (size_t b = 0; b < cut->buckets; b++) {
		if (cut->items[b].last_ms != 0) {
			first = first < b ? first : b;
			last = b;
			held++;
		}
	}
	double usual = held > 1 ? (double)(last - first) / (double)(held - 1) : 1;
	size_t before = first;
	for (size_t b = first; b < cut->buckets && b <= last; b++) {
		if (cut->items[b].last_ms == 0) {
			continue;
		}
		if ((double)(b - before) > GAP_TIMES * usual) {
			point_add(cut, (before + b) / 2, &nothing);
		}
		point_add(cut, b, &cut->items[b]);
		before = b;
	}
}

static void bounds_put(struct jw *jw, const struct cut *cut, bool high)
{
	jw_key(jw, high ? "high" : "low");
	jw_array(jw);
	for (int i = 0; i < cut->count; i++) {
		const struct query_span *span = &cut->spans[i];
		jw_double(jw, span->count == 0 ? (double)NAN : high ? span->max : span->min);
	}
	jw_end(jw);
}

static int cut_put(
	struct view *view, struct query_request range, int64_t series, size_t buckets)
{
	struct arena *arena = view->arena;
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	struct cut cut = { .range = range,
		.series = series,
		.buckets = buckets,
		.items = arena_take(arena, buckets * sizeof(*cut.items)),
		.rows = arena_take(arena, 2 * buckets * sizeof(*cut.rows)),
		.spans = arena_take(arena, 2 * buckets * sizeof(*cut.spans)) };
	struct query_cut asked = { &cut.series, 1, buckets, view_badness, cut.items };
	if (view->env->rows != NULL) {
		if (query_buckets(view->env->rows, &cut.range, &asked, &coverage) < 0) {
			return E_STORE;
		}
		points_make(&cut);
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "check_id", view->call->id);
	jw_kv_int(&view->jw, "from", range.from_ms);
	jw_kv_int(&view->jw, "to", range.to_ms);
	samples_put_coverage(&view->jw, &coverage);
	samples_put_columns(&view->jw, cut.rows, cut.count);
	bounds_put(&view->jw, &cut, false);
	bounds_put(&view->jw, &cut, true);
	jw_end(&view->jw);
	return 0;
}

int view_checks_samples(struct view *view)
{
	struct sample_row *rows = arena_take(view->arena, SAMPLES_MAX * sizeof(*rows));
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	struct query_request range;
	int64_t series = 0;
	int error = view_check_reached(view);
	error = error < 0 ? error : range_of(view, ROW_SAMPLE, &range);
	error = error < 0 ? error : series_wanted(view, &range, &series);
	int64_t buckets = view_param_int(view, "buckets", 0);
	if (error >= 0 && (buckets < 0 || buckets > BUCKETS_MAX || range.from_ms < 0)) {
		error = view_refuse(view, E_INPUT, "input.range", "buckets");
	}
	if (error < 0 || buckets > 0) {
		return error < 0 ? error : cut_put(view, range, series, (size_t)buckets);
	}
	int count = view->env->rows == NULL ? 0
					    : query_samples(view->env->rows, &range, series,
						      rows, SAMPLES_MAX, &coverage);
	if (count < 0) {
		return E_STORE;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "check_id", view->call->id);
	jw_kv_int(&view->jw, "from", range.from_ms);
	jw_kv_int(&view->jw, "to", range.to_ms);
	samples_put_coverage(&view->jw, &coverage);
	samples_put_columns(&view->jw, rows, count);
	jw_end(&view->jw);
	return 0;
}

/* The latest sample of each; looked for in one pass over the newest rows. */
static int latest_find(struct view *view, const struct series_row *rows, int count,
	struct query_latest **ret_latest)
{
	struct query_coverage coverage;
	struct query_latest *latest =
		arena_take(view->arena, ((size_t)count + 1) * sizeof(*latest));
	for (int i = 0; i < count; i++) {
		latest[i] = (struct query_latest) { .series_id = rows[i].series_id };
	}
	*ret_latest = latest;
	return count == 0 ? 0
			  : query_latest(view->env->rows, view->arena, view->now_ms - LATE_MS,
				    latest, (size_t)count, &coverage);
}

static void series_put(
	struct jw *jw, const struct series_row *row, const struct query_latest *latest)
{
	char id[24];
	int n = snprintf(id, sizeof(id), "%lld", (long long)row->series_id);
	jw_object(jw);
	jw_kv_str(jw, "series", slice_of(id, (size_t)n));
	jw_kv_str(jw, "metric", row->metric);
	jw_kv_str(jw, "instance", row->instance);
	jw_kv_str(jw, "unit", row->unit);
	jw_kv_str(jw, "label", row->label);
	jw_key(jw, "at");
	if (latest->found) {
		jw_int(jw, latest->row.ts_ms);
	} else {
		jw_null(jw);
	}
	jw_key(jw, "value");
	jw_double(jw, latest->found ? latest->row.value : (double)NAN);
	jw_end(jw);
}

int view_checks_series(struct view *view)
{
	struct jw *jw = &view->jw;
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	struct series_row *rows = NULL;
	struct query_latest *latest = NULL;
	struct query_request range;
	int count = view_check_reached(view);
	count = count < 0 ? count : range_of(view, ROW_SERIES, &range);
	count = count < 0 ? count : series_find(view, &range, &rows, &coverage);
	if (count < 0) {
		return count;
	}
	if (latest_find(view, rows, count, &latest) < 0) {
		return E_STORE;
	}
	jw_object(jw);
	jw_kv_int(jw, "check_id", view->call->id);
	jw_key(jw, "items");
	jw_array(jw);
	for (int i = 0; i < count; i++) {
		series_put(jw, &rows[i], &latest[i]);
	}
	jw_end(jw);
	samples_put_coverage(jw, &coverage);
	jw_end(jw);
	return 0;
}
