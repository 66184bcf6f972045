/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "rows/query.h"

struct place {
	int64_t id;
	size_t at; /* in the caller's list */
};

struct cut {
	const struct query_request *range;
	const struct query_cut *cut;
	struct place sorted[QUERY_CUT_SERIES_MAX];
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static void span_add(struct query_span *span, double value)
{
	span->min = span->count == 0 || value < span->min ? value : span->min;
	span->max = span->count == 0 || value > span->max ? value : span->max;
	span->sum += value;
	span->count++;
}

static enum query_verdict visit(void *context, const struct batch *batch, size_t i)
{
	struct cut *cut = context;
	const struct query_cut *c = cut->cut;
	struct sample_row row = batch_sample(batch, i);
	struct place key = { .id = row.series_id };
	const struct place *place =
		bsearch(&key, cut->sorted, c->series_count, sizeof(key), by_id);
	if (place == NULL) {
		return QUERY_PASS;
	}
	double width = (double)(cut->range->to_ms - cut->range->from_ms) + 1.0;
	double part = (double)(row.ts_ms - cut->range->from_ms) / width;
	size_t at = (size_t)(part * (double)c->buckets);
	at = at < c->buckets ? at : c->buckets - 1;
	struct query_bucket *bucket = &c->items[place->at * c->buckets + at];
	bucket->last_ms = row.ts_ms > bucket->last_ms ? row.ts_ms : bucket->last_ms;
	if (row.state >= 0 && row.state < QUERY_STATES_MAX &&
		(bucket->worst < 0 || c->badness[row.state] > c->badness[bucket->worst])) {
		bucket->worst = (int16_t)row.state;
	}
	if (row.latency_us >= 0) {
		span_add(&bucket->latency_us, (double)row.latency_us);
	}
	if (isfinite(row.value)) {
		span_add(&bucket->value, row.value);
	}
	return QUERY_MATCH;
}

int query_buckets(struct query_store *store, const struct query_request *range,
	const struct query_cut *c, struct query_coverage *ret_coverage)
{
	assert(range->to_ms >= range->from_ms && range->from_ms >= 0);
	assert(c->series_count <= QUERY_CUT_SERIES_MAX && c->buckets > 0);
	struct cut cut = { .range = range, .cut = c };
	for (size_t i = 0; i < c->series_count; i++) {
		cut.sorted[i] = (struct place) { c->series[i], i };
	}
	for (size_t i = 0; i < c->series_count * c->buckets; i++) {
		c->items[i] = (struct query_bucket) { .worst = -1 };
	}
	qsort(cut.sorted, c->series_count, sizeof(cut.sorted[0]), by_id);
	struct query_request request = { .kind = ROW_SAMPLE,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.newest_first = true,
		.limits = range->limits,
		.visit = visit,
		.context = &cut };
	return query_scan(store, &request, ret_coverage);
}
