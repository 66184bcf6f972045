/* SPDX-License-Identifier: Apache-2.0 */
/* A rule over the rows of the last week, by the code detect works with. */
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "detect/metric.h"
#include "detect/school_days.h"
#include "model/signal.h"
#include "model/target.h"
#include "rows/query.h"
#include "rows/series.h"
#include "view/rules.h"
#include "view/view.h"

enum { DAYS = 7, BUDGET_MS = 4000, ROWS_MAX = 50000000, HITS_MAX = 50, CHECKS_MAX = 100000 };
#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

struct hit {
	int64_t from_ms;
	int64_t to_ms; /* 0 = it goes on */
	int64_t check_id;
	struct slice name;
	struct slice dedup;
	struct slice code;
	struct slice args;
	struct slice instance;
};

struct test {
	struct view *view;
	struct metrics *metrics;
	struct metric_rule rule;
	int64_t from_ms;
	int64_t reached_ms;
	int64_t count;
	int64_t days[DAYS + 1];
	struct hit hits[HITS_MAX];
	size_t hit_count;
};

/* What becomes graver is told again, and is the same alert. */
static bool is_open(const struct test *test, struct slice dedup)
{
	for (size_t i = 0; i < test->hit_count; i++) {
		if (test->hits[i].to_ms == 0 && slice_eq(test->hits[i].dedup, dedup)) {
			return true;
		}
	}
	return false;
}

static void hit_begin(struct test *test, const struct signal *signal)
{
	struct arena *arena = test->view->arena;
	struct hit *hit = &test->hits[test->hit_count];
	const struct json *filter = NULL;
	const struct json *args = NULL;
	int64_t day = (signal->observed_at_ms - test->from_ms) / DAY_MS;
	test->count++;
	test->days[day < 0 ? 0 : day > DAYS ? DAYS : day]++;
	if (test->hit_count == HITS_MAX ||
		json_parse(arena, arena_dup(arena, signal->evidence.filter), 0, &filter, NULL) <
			0 ||
		json_parse(arena, arena_dup(arena, signal->args), 0, &args, NULL) < 0) {
		return;
	}
	*hit = (struct hit) { .from_ms = signal->observed_at_ms,
		.check_id = json_get_int(filter, "check_id", 0),
		.name = json_get_str(args, "name"),
		.dedup = arena_dup(arena, signal->dedup_key),
		.code = arena_dup(arena, signal->code),
		.args = arena_dup(arena, signal->args),
		.instance = json_get_str(args, "instance") };
	test->hit_count++;
}

static void hit_end(struct test *test, const struct signal *signal)
{
	for (size_t i = test->hit_count; i > 0; i--) {
		struct hit *hit = &test->hits[i - 1];
		if (hit->to_ms == 0 && slice_eq(hit->dedup, signal->dedup_key)) {
			hit->to_ms = signal->observed_at_ms;
			return;
		}
	}
}

static void on_signal(void *context, const struct signal *signal)
{
	if (signal->state == SIGNAL_FIRING && is_open(context, signal->dedup_key)) {
		return;
	}
	if (signal->state == SIGNAL_FIRING) {
		hit_begin(context, signal);
	} else {
		hit_end(context, signal);
	}
}

static enum query_verdict on_series(void *context, const struct batch *batch, size_t i)
{
	const struct test *test = context;
	struct series_row row = batch_series(batch, i);
	metrics_series(test->metrics, &row);
	return QUERY_MATCH;
}

static enum query_verdict on_sample(void *context, const struct batch *batch, size_t i)
{
	struct test *test = context;
	const struct burst_sink sink = { on_signal, test };
	struct sample_row row = batch_sample(batch, i);
	metrics_sample(test->metrics, &row, &sink);
	metrics_tick(test->metrics, row.ts_ms, &sink);
	test->reached_ms = row.ts_ms > test->reached_ms ? row.ts_ms : test->reached_ms;
	return QUERY_MATCH;
}

static struct metric_check check_of(struct view *view, struct stmt *q)
{
	return (struct metric_check) { .id = db_col_int64(q, 0),
		.name = arena_dup(view->arena, db_col_text(q, 1)),
		.main = target_metric(db_col_text(q, 2), db_col_text(q, 3)),
		.asset_id = db_col_int64(q, 4),
		.unit_id = db_col_int64(q, 5) };
}

static int table_load(struct test *test)
{
	struct view *view = test->view;
	struct metric_check *checks = arena_take(view->arena, CHECKS_MAX * sizeof(checks[0]));
	struct metric_table table = { &test->rule, 1, checks, 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT w.id, w.name, w.kind, w.target, w.asset_id, a.owner_unit_id FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.enabled = 1 AND"
		" a.retired_at_ms IS NULL ORDER BY w.id LIMIT $1",
		&q, SQL_INT(CHECKS_MAX));
	while (row >= 0 && table.check_count < CHECKS_MAX && (row = db_step(q)) == 1) {
		checks[table.check_count++] = check_of(view, q);
	}
	const struct burst_sink sink = { on_signal, test };
	return row < 0 ? row : metrics_take_table(test->metrics, &table, test->from_ms, &sink);
}

static int rows_run(struct test *test, struct query_coverage *ret_coverage)
{
	struct view *view = test->view;
	struct query_coverage series = { 0 };
	struct query_request request = { .kind = ROW_SERIES,
		.from_ms = test->from_ms - HOUR_MS,
		.to_ms = view->now_ms,
		.limits = { ROWS_MAX, BUDGET_MS / 2 },
		.visit = on_series,
		.context = test };
	int error = query_scan(view->env->rows, &request, &series);
	if (error < 0) {
		return E_STORE;
	}
	request.kind = ROW_SAMPLE;
	request.from_ms = test->from_ms;
	request.limits.budget_ms = BUDGET_MS;
	request.visit = on_sample;
	error = query_scan(view->env->rows, &request, ret_coverage);
	if (series.stop != QUERY_WHOLE && ret_coverage->stop == QUERY_WHOLE) {
		ret_coverage->stop = series.stop;
	}
	return error < 0 ? E_STORE : 0;
}

static void hit_put(struct jw *jw, const struct hit *hit, struct slice metric)
{
	jw_object(jw);
	jw_key(jw, "check");
	jw_object(jw);
	jw_kv_int(jw, "id", hit->check_id);
	jw_kv_str(jw, "name", hit->name);
	jw_end(jw);
	jw_kv_str(jw, "metric", metric);
	jw_kv_opt(jw, "instance", hit->instance);
	jw_kv_int(jw, "from", hit->from_ms);
	jw_key(jw, "to");
	if (hit->to_ms != 0) {
		jw_int(jw, hit->to_ms);
	} else {
		jw_null(jw);
	}
	jw_key(jw, "detail");
	jw_object(jw);
	jw_kv_str(jw, "code", hit->code);
	jw_key(jw, "args");
	jw_raw(jw, hit->args);
	jw_end(jw);
	jw_end(jw);
}

static void coverage_put(const struct test *test, const struct query_coverage *coverage)
{
	static const char *const stops[] = { "whole", "rows", "time", "batches" };
	struct jw *jw = &test->view->jw;
	struct metric_counters counters = metrics_counters(test->metrics);
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
	jw_kv_int(jw, "reached", test->reached_ms);
	jw_kv_int(jw, "rows_scanned", (int64_t)coverage->rows_scanned);
	jw_kv_int(jw, "judged", (int64_t)counters.judged);
	jw_kv_int(jw, "took_ms", coverage->took_ms);
	jw_end(jw);
}

static void result_put(const struct test *test, const struct query_coverage *coverage)
{
	struct jw *jw = &test->view->jw;
	jw_object(jw);
	jw_kv_int(jw, "from", test->from_ms);
	jw_kv_int(jw, "to", test->view->now_ms);
	jw_kv_int(jw, "count", test->count);
	jw_kv_int(jw, "series", (int64_t)metrics_heard(test->metrics));
	jw_key(jw, "days");
	jw_array(jw);
	for (size_t i = 0; i < DAYS; i++) {
		jw_int(jw, test->days[i] + (i == DAYS - 1 ? test->days[DAYS] : 0));
	}
	jw_end(jw);
	jw_key(jw, "hits");
	jw_array(jw);
	for (size_t i = 0; i < test->hit_count; i++) {
		hit_put(jw, &test->hits[i], test->rule.metric);
	}
	jw_end(jw);
	coverage_put(test, coverage);
	jw_end(jw);
}

/* The days it is judged by: as published, and before them the school's own. */
static int days_load(struct view *view, struct school_days **ret_days)
{
	const struct rule_shelf_view *shelf = view->env->rules;
	AUTO_STMT struct stmt *q = NULL;
	const struct json *root = NULL;
	*ret_days = NULL;
	if (shelf == NULL || shelf->days == NULL) {
		return 0;
	}
	struct school_days *days = arena_take(view->arena, sizeof(*days));
	*days = *shelf->days;
	int row = db_prepare(view->db,
		"SELECT text FROM policy_version WHERE subject = 'calendar-school'"
		" ORDER BY edition DESC LIMIT 1",
		&q);
	row = row < 0 ? row : db_step(q);
	int error = row < 0 ? row : 0;
	if (row == 1) {
		error = json_parse(
			view->arena, arena_dup(view->arena, db_col_text(q, 0)), 0, &root, NULL);
		error = error < 0 ? error : school_days_set_own(days, json_get(root, "spans"));
	}
	*ret_days = days;
	return error;
}

int view_rules_test(struct view *view)
{
	struct test *test = arena_take(view->arena, sizeof(*test));
	struct query_coverage coverage = { .oldest_ms = INT64_MAX };
	struct diag diag = { 0 };
	struct school_days *days = NULL;
	struct metric_setup setup = { .series_id = series_id_of, .replay = true };
	test->view = view;
	test->from_ms = view->now_ms - DAYS * DAY_MS;
	if (metric_rule_read(view->arena, view_param(view, "rule"), &test->rule, &diag) < 0) {
		return view_refuse(view, E_INPUT, "rule.member",
			arena_dup_str(view->arena, slice_head(slice_str(diag.text), 40)));
	}
	int error = days_load(view, &days);
	setup.days = days;
	test->metrics = metrics_create(&setup);
	error = error < 0 ? error : table_load(test);
	if (error >= 0 && view->env->rows != NULL) {
		error = rows_run(test, &coverage);
	}
	if (error >= 0) {
		result_put(test, &coverage);
	}
	test->metrics = metrics_destroy(test->metrics);
	return error < 0 ? error : 0;
}
