/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "rows/query.h"

struct found {
	struct arena *arena;
	int64_t check_id;
	struct series_row *rows;
	size_t count;
	size_t max;
	bool more;
	struct map *seen; /* series id → itself */
};

static enum query_verdict visit(void *context, const struct batch *batch, size_t i)
{
	struct found *found = context;
	struct series_row row = batch_series(batch, i);
	struct slice key = slice_of(&row.series_id, sizeof(row.series_id));
	if (found->check_id != 0 && row.check_id != found->check_id) {
		return QUERY_PASS;
	}
	if (map_get(found->seen, key) != NULL) {
		return QUERY_PASS;
	}
	if (found->count == found->max) {
		found->more = true;
		return QUERY_ENOUGH;
	}
	(void)!map_put(found->seen, key, found); /* never more than max */
	row.metric = arena_dup(found->arena, row.metric);
	row.instance = arena_dup(found->arena, row.instance);
	row.unit = arena_dup(found->arena, row.unit);
	row.label = arena_dup(found->arena, row.label);
	found->rows[found->count++] = row;
	return QUERY_MATCH;
}

static int by_name(const void *a, const void *b)
{
	const struct series_row *x = a;
	const struct series_row *y = b;
	int order = slice_cmp(x->metric, y->metric);
	order = order != 0 ? order : slice_cmp(x->instance, y->instance);
	return order != 0 ? order
			  : (x->series_id > y->series_id) - (x->series_id < y->series_id);
}

int query_series(struct query_store *store, const struct query_request *range, int64_t check_id,
	struct series_row *ret_rows, size_t max, struct query_coverage *ret_coverage)
{
	/* Ids are ours, not an attacker's choice: any seed will do. */
	static const uint8_t seed[16] = { 0 };
	struct found found = { .arena = range->arena,
		.check_id = check_id,
		.rows = ret_rows,
		.max = max,
		.seen = map_create(max, seed) };
	struct query_request request = { .kind = ROW_SERIES,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.newest_first = true,
		.limits = range->limits,
		.visit = visit,
		.context = &found };
	int error = query_scan(store, &request, ret_coverage);
	found.seen = map_destroy(found.seen);
	if (error < 0) {
		return error;
	}
	if (found.more) {
		ret_coverage->stop = QUERY_STOP_ROWS;
	}
	qsort(ret_rows, found.count, sizeof(ret_rows[0]), by_name);
	return (int)found.count;
}
