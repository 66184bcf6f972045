/* SPDX-License-Identifier: Apache-2.0 */
/* The network on the overview: what is watched, counted, and the traffic of the egress lines. */
#include <math.h>

#include "base/arena.h"
#include "base/err.h"
#include "records/circuit.h"
#include "rows/query.h"
#include "rows/series.h"
#include "view/checks.h"
#include "view/circuits.h"
#include "view/page.h"
#include "view/samples.h"
#include "view/view.h"

enum { LINES_MAX = QUERY_CUT_SERIES_MAX / 2, WAYS = 2, BUCKETS = 288, BUDGET_MS = 1500 };
#define DAY_MS INT64_C(86400000)
#define NARROW_MS INT64_C(120000) /* so that every bucket has a poll in it */
#define FRESH_MS (INT64_C(15) * 60 * 1000)

/* ---- counts */

struct counted {
	int64_t all;
	int64_t up;
	int64_t bad;
};

static void count_take(struct counted *counted, struct slice state, int64_t n)
{
	counted->all += n;
	counted->up += slice_is(state, "up") ? n : 0;
	counted->bad += slice_is(state, "up") || slice_is(state, "maintenance") ||
					slice_is(state, "unknown")
				? 0
				: n;
}

static void count_put(struct jw *jw, const char *key, const struct counted *counted)
{
	jw_key(jw, key);
	jw_object(jw);
	jw_kv_int(jw, "all", counted->all);
	jw_kv_int(jw, "up", counted->up);
	jw_kv_int(jw, "bad", counted->bad);
	jw_end(jw);
}

enum { DEVICES, LINES, LINKS, SERVICES, PARTS };

/* As the parts of CHECK_PART are called; lines are registered and counted by themselves. */
static const char *const part_of_check[PARTS] = { "devices", "", "lines", "services" };
static const char *const part_names[PARTS] = { "devices", "lines", "links", "services" };

static int checks_count(struct view *view, struct counted counted[PARTS])
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT " CHECK_PART ", " CHECK_SHOWN ", count(*) FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.enabled = 1"
		" AND ($1 = 0 OR a.owner_unit_id = $1) GROUP BY 1, 2",
		&q, SQL_INT(view_unit_filter(view)));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct slice part = db_col_text(q, 0);
		for (unsigned i = 0; i < PARTS && part.n > 0; i++) {
			if (slice_is(part, part_of_check[i])) {
				count_take(&counted[i], db_col_text(q, 1), db_col_int64(q, 2));
			}
		}
	}
	return row < 0 ? row : 0;
}

static int lines_count(struct view *view, struct counted *lines)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT z.state, count(*) FROM (SELECT " CIRCUIT_STATE
		" AS state FROM circuit c"
		" LEFT JOIN watch d ON d.id = c.device_id WHERE c.retired_at_ms IS NULL"
		" AND ($1 = 0 OR c.unit_id = $1)) AS z"
		" GROUP BY z.state",
		&q, SQL_INT(view_unit_filter(view)));
	while (row >= 0 && (row = db_step(q)) == 1) {
		count_take(lines, db_col_text(q, 0), db_col_int64(q, 1));
	}
	return row < 0 ? row : 0;
}

int view_checks_parts(struct view *view)
{
	struct counted counted[PARTS] = { { 0 } };
	int error = checks_count(view, counted);
	error = error < 0 ? error : lines_count(view, &counted[LINES]);
	jw_object(&view->jw);
	for (unsigned i = 0; i < PARTS; i++) {
		count_put(&view->jw, part_names[i], &counted[i]);
	}
	jw_end(&view->jw);
	return error;
}

int view_net_counts(struct view *view)
{
	jw_key(&view->jw, "net");
	return view_checks_parts(view);
}

/* ---- the traffic */

struct egress {
	int64_t series[WAYS * LINES_MAX]; /* in and out of each */
	struct query_bucket *buckets;
	size_t count; /* of each series */
	int64_t from_ms;
	int64_t width_ms;
	size_t lines;
	size_t unmeasured; /* without a port */
	int64_t bps[WAYS]; /* by contract, down and up; -1 = not all are known */
};

static void contract_add(int64_t *sum, int64_t bps)
{
	*sum = *sum < 0 || bps == 0 ? -1 : *sum + bps;
}

static int lines_load(struct view *view, struct egress *egress)
{
	static const char *const ways[WAYS] = { "in_bps", "out_bps" };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT c.device_id, c.port, c.down_bps, c.up_bps FROM circuit c"
		" WHERE c.egress = 1 AND c.retired_at_ms IS NULL AND ($1 = 0 OR c.unit_id = $1)"
		" ORDER BY c.id LIMIT $2",
		&q, SQL_INT(view_unit_filter(view)), SQL_INT(LINES_MAX));
	while (row >= 0 && egress->lines + egress->unmeasured < LINES_MAX &&
		(row = db_step(q)) == 1) {
		contract_add(&egress->bps[0], db_col_int64(q, 2));
		contract_add(&egress->bps[1], db_col_int64(q, 3));
		if (db_col_is_null(q, 0)) {
			egress->unmeasured++;
			continue;
		}
		for (size_t w = 0; w < WAYS; w++) {
			egress->series[WAYS * egress->lines + w] = series_id_of(
				db_col_int64(q, 0), slice_str(ways[w]), db_col_text(q, 1));
		}
		egress->lines++;
	}
	return row < 0 ? row : 0;
}

/* The lines' means added up; a bucket in which none was measured is a gap. */
static double sum_at(const struct egress *egress, size_t way, size_t bucket)
{
	double sum = 0;
	bool any = false;
	for (size_t i = 0; i < egress->lines; i++) {
		const struct query_span *span =
			&egress->buckets[(WAYS * i + way) * egress->count + bucket].value;
		sum += span->count > 0 ? span->sum / (double)span->count : 0;
		any = any || span->count > 0;
	}
	return any ? sum : (double)NAN;
}

static void sums_put(struct jw *jw, const struct egress *egress, size_t way, const char *key)
{
	jw_key(jw, key);
	jw_array(jw);
	for (size_t b = 0; b < egress->count; b++) {
		jw_double(jw, sum_at(egress, way, b));
	}
	jw_end(jw);
}

/* What goes through now: the latest of each line, where that is of these minutes. */
static void now_put(struct view *view, const struct egress *egress)
{
	static const char *const keys[WAYS] = { "in_bps", "out_bps" };
	struct query_latest latest[WAYS * LINES_MAX];
	struct query_coverage coverage;
	double sums[WAYS] = { 0 };
	int64_t measured = 0;
	for (size_t i = 0; i < WAYS * egress->lines; i++) {
		latest[i] = (struct query_latest) { .series_id = egress->series[i] };
	}
	if (egress->lines > 0) {
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - FRESH_MS,
			latest, WAYS * egress->lines, &coverage);
	}
	for (size_t i = 0; i < WAYS * egress->lines; i++) {
		sums[i % WAYS] += latest[i].found ? latest[i].row.value : 0;
		measured += i % WAYS == 0 && latest[i].found;
	}
	jw_kv_int(&view->jw, "measured", measured);
	for (size_t w = 0; w < WAYS; w++) {
		jw_key(&view->jw, keys[w]);
		jw_double(&view->jw, measured > 0 ? sums[w] : (double)NAN);
	}
}

/* One pass; what the rows cannot say in time is a gap. */
static void cut_range(struct view *view, struct egress *egress, int64_t from_ms)
{
	struct query_coverage coverage;
	struct query_request range = { .kind = ROW_SAMPLE,
		.from_ms = from_ms,
		.to_ms = view->now_ms,
		.limits = { QUERY_ROWS_DEFAULT, BUDGET_MS },
		.arena = view->arena };
	struct query_cut cut = { egress->series, WAYS * egress->lines, egress->count,
		view_badness, egress->buckets };
	egress->from_ms = from_ms;
	egress->width_ms = (view->now_ms - from_ms + 1) / (int64_t)egress->count;
	(void)!query_buckets(view->env->rows, &range, &cut, &coverage);
}

/* Lines that are young have a day of less, in narrower buckets. */
static void day_cut(struct view *view, struct egress *egress)
{
	size_t first = 0;
	egress->count = BUCKETS;
	cut_range(view, egress, view->now_ms - DAY_MS + 1);
	while (first < BUCKETS && isnan(sum_at(egress, 0, first))) {
		first++;
	}
	int64_t from_ms = egress->from_ms + (int64_t)first * egress->width_ms;
	size_t wanted = (size_t)((view->now_ms - from_ms) / NARROW_MS);
	if (first > 0 && first < BUCKETS) {
		egress->count = wanted < 2 ? 2 : wanted < BUCKETS ? wanted : BUCKETS;
		cut_range(view, egress, from_ms);
	}
}

static void day_put(struct view *view, struct egress *egress)
{
	struct jw *jw = &view->jw;
	egress->buckets = arena_take(
		view->arena, (WAYS * egress->lines + 1) * BUCKETS * sizeof(*egress->buckets));
	day_cut(view, egress);
	jw_key(jw, "at");
	jw_array(jw);
	for (size_t b = 0; b < egress->count; b++) {
		jw_int(jw,
			egress->from_ms + (int64_t)b * egress->width_ms + egress->width_ms / 2);
	}
	jw_end(jw);
	sums_put(jw, egress, 0, "in_avg");
	sums_put(jw, egress, 1, "out_avg");
}

static void contract_put(struct jw *jw, const char *key, int64_t bps)
{
	jw_key(jw, key);
	if (bps > 0) {
		jw_int(jw, bps);
	} else {
		jw_null(jw);
	}
}

int view_egress(struct view *view)
{
	struct egress *egress = arena_take(view->arena, sizeof(*egress));
	int error = lines_load(view, egress);
	if (error < 0 || view->env->rows == NULL || egress->lines + egress->unmeasured == 0) {
		return error;
	}
	jw_key(&view->jw, "egress");
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "lines", (int64_t)(egress->lines + egress->unmeasured));
	contract_put(&view->jw, "down_bps", egress->bps[0]);
	contract_put(&view->jw, "up_bps", egress->bps[1]);
	now_put(view, egress);
	day_put(view, egress);
	jw_end(&view->jw);
	return 0;
}
