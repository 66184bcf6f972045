/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "detect/metric_priv.h"
#include "model/check.h"

enum { CHECKS_MAX = 1 << 20, FIRING_MAX = 1 << 16, GAP_MS = 15 * 60 * 1000 };

/* The table under work: replaced as a whole. */
struct table {
	struct arena *arena;
	struct metric_rule *rules;
	size_t rule_count;
	struct map *checks; /* id → struct metric_check */
};

struct metrics {
	struct metric_setup setup;
	struct table table;
	struct map *by_id; /* series id → struct watched */
	struct watched **all;
	size_t count;
	size_t room;
	struct arena *firing_arena;
	struct map *firing;   /* dedup key → since, as an int64_t */
	struct watched *last; /* whose sample came last; NULL = not known */
	bool hushed;
	int64_t ticked_ms;
	struct baseline_moment moment; /* of the sample at hand */
	struct metric_counters counters;
};

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

static void table_free(struct table *table)
{
	table->checks = map_destroy(table->checks);
	table->arena = arena_destroy(table->arena);
}

struct metrics *metrics_create(const struct metric_setup *setup)
{
	struct metrics *metrics = calloc(1, sizeof(*metrics));
	if (metrics == NULL) {
		abort();
	}
	metrics->setup = *setup;
	metrics->moment.days = setup->days;
	metrics->by_id = map_create(METRIC_SERIES_MAX, setup->seed);
	metrics->firing = map_create(FIRING_MAX, setup->seed);
	metrics->firing_arena = arena_create(0);
	return metrics;
}

static void points_free(struct point *points, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(points[i].memory);
	}
	free(points);
}

struct metrics *metrics_destroy(struct metrics *metrics)
{
	if (metrics == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < metrics->count; i++) {
		points_free(metrics->all[i]->points, metrics->all[i]->point_count);
		free(metrics->all[i]);
	}
	free(metrics->all);
	metrics->by_id = map_destroy(metrics->by_id);
	metrics->firing = map_destroy(metrics->firing);
	metrics->firing_arena = arena_destroy(metrics->firing_arena);
	table_free(&metrics->table);
	free(metrics);
	return NULL;
}

/* ---- which rules look at a series */

static const struct metric_check *check_of(const struct metrics *metrics, int64_t id)
{
	return metrics->table.checks != NULL ? map_get(metrics->table.checks, key_of(&id))
					     : NULL;
}

static bool in_scope(const struct metric_rule *rule, const struct metric_check *check)
{
	switch (rule->scope) {
	case METRIC_ALL:
		return true;
	case METRIC_UNIT:
		return check->unit_id == rule->scope_id;
	case METRIC_ASSET:
		return check->asset_id == rule->scope_id;
	case METRIC_CHECK:
		return check->id == rule->scope_id;
	}
	return false;
}

static bool is_main(const struct watched *watched)
{
	return watched->id == watched->check_id;
}

static bool looks_at(const struct metric_rule *rule, const struct watched *watched)
{
	bool named = slice_eq(rule->metric, watched->metric) ||
		     (is_main(watched) && slice_is(rule->metric, "latency"));
	return named && watched->check != NULL && in_scope(rule, watched->check) &&
	       (rule->instance.n == 0 || slice_eq(rule->instance, watched->instance));
}

static bool metric_wanted(const struct metrics *metrics, struct slice metric)
{
	for (size_t i = 0; i < metrics->table.rule_count; i++) {
		const struct metric_rule *rule = &metrics->table.rules[i];
		if (slice_eq(rule->metric, metric) || slice_eq(rule->of, metric) ||
			slice_eq(rule->unless, metric)) {
			return true;
		}
	}
	return false;
}

static struct point point_make(
	struct metrics *metrics, const struct metric_rule *rule, const struct watched *watched)
{
	struct point point = { .rule = rule };
	char room[METRIC_DEDUP_MAX];
	point.latency = is_main(watched) && slice_is(rule->metric, "latency");
	if (rule->of.n > 0) {
		point.of_id = metrics->setup.series_id(
			watched->check_id, rule->of, watched->instance);
	}
	if (rule->unless.n > 0) {
		point.unless_id = metrics->setup.series_id(
			watched->check_id, rule->unless, watched->instance);
	}
	/* Once: a rule that comes back begins anew. */
	const int64_t *since = map_take(metrics->firing, point_key(&point, watched, room));
	if (since != NULL) {
		point.firing = true;
		point.fired_since_ms = *since;
	}
	return point;
}

/* The old point of the same rule; what it remembers goes on when its condition does. */
static void point_carry(struct point *point, struct watched *old)
{
	for (size_t i = 0; i < old->point_count; i++) {
		struct point *before = &old->points[i];
		if (before->rule == NULL || !slice_eq(before->rule->id, point->rule->id)) {
			continue;
		}
		point->firing = before->firing;
		point->grave = before->grave;
		point->fired_since_ms = before->fired_since_ms;
		if (before->rule->fingerprint == point->rule->fingerprint) {
			point->bad_since_ms = before->bad_since_ms;
			point->good_since_ms = before->good_since_ms;
			point->memory = before->memory;
			before->memory = NULL;
		}
		before->firing = false;
		return;
	}
}

static void points_make(struct metrics *metrics, struct watched *watched)
{
	struct point points[METRIC_RULES_MAX];
	size_t count = 0;
	for (size_t i = 0; i < metrics->table.rule_count; i++) {
		const struct metric_rule *rule = &metrics->table.rules[i];
		if (looks_at(rule, watched)) {
			points[count] = point_make(metrics, rule, watched);
			point_carry(&points[count++], watched);
		}
	}
	points_free(watched->points, watched->point_count);
	watched->points = NULL;
	watched->point_count = count;
	if (count > 0) {
		watched->points = malloc(count * sizeof(points[0]));
		if (watched->points == NULL) {
			abort();
		}
		memcpy(watched->points, points, count * sizeof(points[0]));
	}
}

/* ---- series */

static struct slice keep(char **room, struct slice text)
{
	struct slice kept = slice_of(*room, text.n);
	if (text.n > 0) {
		memcpy(*room, text.p, text.n);
	}
	*room += text.n;
	return kept;
}

static void enlist(struct metrics *metrics, struct watched *watched)
{
	if (metrics->count == metrics->room) {
		metrics->room = metrics->room == 0 ? 256 : metrics->room * 2;
		metrics->all =
			reallocarray(metrics->all, metrics->room, sizeof(metrics->all[0]));
		if (metrics->all == NULL) {
			abort();
		}
	}
	metrics->all[metrics->count++] = watched;
}

static struct watched *watched_make(struct metrics *metrics, const struct series_row *row)
{
	size_t octets = row->metric.n + row->instance.n + row->unit.n + row->label.n;
	if (metrics->count == METRIC_SERIES_MAX) {
		metrics->counters.refused++;
		return NULL;
	}
	struct watched *watched = calloc(1, sizeof(*watched) + octets);
	if (watched == NULL) {
		abort();
	}
	char *room = watched->text;
	watched->id = row->series_id;
	watched->check_id = row->check_id;
	watched->check = check_of(metrics, row->check_id);
	watched->last_value = (double)NAN;
	watched->metric = keep(&room, row->metric);
	watched->instance = keep(&room, row->instance);
	watched->unit = keep(&room, row->unit);
	watched->label = keep(&room, row->label);
	(void)!map_put(metrics->by_id, key_of(&watched->id), watched);
	enlist(metrics, watched);
	points_make(metrics, watched);
	return watched;
}

void metrics_series(struct metrics *metrics, const struct series_row *row)
{
	if (map_get(metrics->by_id, key_of(&row->series_id)) == NULL &&
		metric_wanted(metrics, row->metric) &&
		check_of(metrics, row->check_id) != NULL) {
		(void)watched_make(metrics, row);
	}
}

/* A check's own series is not announced: the table says what it is. */
static void main_series(struct metrics *metrics, const struct metric_check *check)
{
	struct series_row row = {
		.series_id = check->id, .check_id = check->id, .metric = check->main
	};
	if (map_get(metrics->by_id, key_of(&check->id)) == NULL &&
		(metric_wanted(metrics, check->main) ||
			metric_wanted(metrics, SLICE("latency")))) {
		(void)watched_make(metrics, &row);
	}
}

/* ---- the table */

static void rule_dup(struct arena *arena, struct metric_rule *rule)
{
	struct slice *const texts[] = { &rule->id, &rule->name, &rule->name_en, &rule->replaces,
		&rule->metric, &rule->of, &rule->unless, &rule->instance };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = arena_dup(arena, *texts[i]);
	}
}

static struct table table_make(const struct metrics *metrics, const struct metric_table *from)
{
	struct table table = { .arena = arena_create(0) };
	table.rules = arena_take(table.arena, (from->rule_count + 1) * sizeof(table.rules[0]));
	table.rule_count = from->rule_count;
	for (size_t i = 0; i < from->rule_count; i++) {
		table.rules[i] = from->rules[i];
		rule_dup(table.arena, &table.rules[i]);
	}
	table.checks = map_create(CHECKS_MAX, metrics->setup.seed);
	for (size_t i = 0; i < from->check_count; i++) {
		struct metric_check *check = arena_take(table.arena, sizeof(*check));
		*check = from->checks[i];
		check->name = arena_dup(table.arena, check->name);
		check->key = arena_dup(table.arena, check->key);
		check->main = arena_dup(table.arena, check->main);
		(void)!map_put(table.checks, key_of(&check->id), check);
	}
	return table;
}

/* What fires and is not looked at any more, before the old table goes. */
static void orphans_end(struct metrics *metrics, struct watched *watched, int64_t now_ms,
	const struct burst_sink *sink)
{
	for (size_t i = 0; i < watched->point_count; i++) {
		struct point *point = &watched->points[i];
		bool kept = false;
		for (size_t r = 0; r < metrics->table.rule_count && !kept; r++) {
			const struct metric_rule *rule = &metrics->table.rules[r];
			kept = slice_eq(rule->id, point->rule->id) && looks_at(rule, watched);
		}
		if (point->firing && !kept) {
			point->firing = false;
			metrics->counters.resolved++;
			point_say(point, watched, &(struct verdict) { 0 }, now_ms, sink);
		}
	}
}

int metrics_take_table(struct metrics *metrics, const struct metric_table *table,
	int64_t now_ms, const struct burst_sink *sink)
{
	if (table->rule_count > METRIC_RULES_MAX) {
		return E_LIMIT;
	}
	struct table old = metrics->table;
	metrics->table = table_make(metrics, table);
	size_t kept = 0;
	metrics->last = NULL;
	for (size_t i = 0; i < metrics->count; i++) {
		struct watched *watched = metrics->all[i];
		watched->then = NULL; /* it may be one that goes */
		watched->check = check_of(metrics, watched->check_id);
		bool wanted = watched->check != NULL &&
			      (metric_wanted(metrics, watched->metric) || is_main(watched));
		orphans_end(metrics, watched, now_ms, sink);
		if (wanted) {
			points_make(metrics, watched);
			metrics->all[kept++] = watched;
			continue;
		}
		(void)map_take(metrics->by_id, key_of(&watched->id));
		points_free(watched->points, watched->point_count);
		free(watched);
	}
	metrics->count = kept;
	for (size_t i = 0; i < table->check_count; i++) {
		main_series(metrics, check_of(metrics, table->checks[i].id));
	}
	table_free(&old);
	return 0;
}

void metrics_note_firing(struct metrics *metrics, struct slice dedup_key, int64_t since_ms)
{
	int64_t *since = arena_take(metrics->firing_arena, sizeof(*since));
	*since = since_ms;
	(void)!map_put(metrics->firing, arena_dup(metrics->firing_arena, dedup_key), since);
}

void metrics_hush(struct metrics *metrics, bool hushed)
{
	metrics->hushed = hushed;
}

int64_t metrics_memory_ms(const struct metrics *metrics)
{
	int64_t longest = 0;
	for (size_t i = 0; i < metrics->table.rule_count; i++) {
		int64_t memory = metric_rule_memory_ms(&metrics->table.rules[i]);
		longest = memory > longest ? memory : longest;
	}
	return longest;
}

/* ---- samples */

static void point_fire(struct metrics *metrics, struct point *point,
	const struct watched *watched, const struct verdict *verdict, int64_t at_ms,
	const struct burst_sink *sink)
{
	point->firing = true;
	point->grave = verdict->grave;
	point->good_since_ms = 0;
	metrics->counters.fired++;
	point_say(point, watched, verdict, at_ms, sink);
}

static void point_end(struct metrics *metrics, struct point *point,
	const struct watched *watched, const struct verdict *verdict, int64_t at_ms,
	const struct burst_sink *sink)
{
	point->firing = false;
	point->grave = false;
	point->bad_since_ms = 0;
	metrics->counters.resolved++;
	point_say(point, watched, verdict, at_ms, sink);
}

static void point_step(struct metrics *metrics, struct point *point,
	const struct watched *watched, const struct verdict *verdict, int64_t at_ms,
	const struct burst_sink *sink)
{
	const struct metric_rule *rule = point->rule;
	if (verdict->kind == VERDICT_BAD && point->firing && verdict->grave && !point->grave &&
		!metrics->hushed) {
		/* The same alert, graver. */
		point->grave = true;
		point_say(point, watched, verdict, at_ms, sink);
	}
	if (verdict->kind == VERDICT_BAD && !point->firing) {
		point->bad_since_ms = point->bad_since_ms != 0 ? point->bad_since_ms : at_ms;
		if (!metrics->hushed && at_ms - point->bad_since_ms >= rule->duration_ms) {
			point->fired_since_ms = point->bad_since_ms;
			point_fire(metrics, point, watched, verdict, at_ms, sink);
		}
	}
	if (verdict->kind == VERDICT_GOOD && point->firing) {
		point->good_since_ms = point->good_since_ms != 0 ? point->good_since_ms : at_ms;
		if (at_ms - point->good_since_ms >= rule->clear_ms) {
			point_end(metrics, point, watched, verdict, at_ms, sink);
		}
	}
	if (verdict->kind == VERDICT_GOOD || verdict->kind == VERDICT_BETWEEN) {
		point->bad_since_ms = 0;
	}
	if (verdict->kind == VERDICT_BAD || verdict->kind == VERDICT_BETWEEN) {
		point->good_since_ms = 0;
	}
}

/* The latest value of a series, or NAN. */
static double latest(const struct metrics *metrics, int64_t id)
{
	const struct watched *watched = id != 0 ? map_get(metrics->by_id, key_of(&id)) : NULL;
	return watched != NULL ? watched->last_value : (double)NAN;
}

static void point_sample(struct metrics *metrics, struct point *point, struct watched *watched,
	const struct sample_row *row, const struct burst_sink *sink)
{
	double value = point->latency ? (double)row->latency_us : row->value;
	bool earnest = row->state != CHECK_MAINTENANCE && row->state != CHECK_UNKNOWN;
	bool absence = point->rule->kind == METRIC_ABSENCE;
	if (!absence && (!earnest || isnan(value) || (point->latency && value < 0))) {
		return;
	}
	/* What was bad before a long silence has not held all the while. */
	if (row->ts_ms - watched->last_ms > point->rule->duration_ms + GAP_MS) {
		point->bad_since_ms = 0;
	}
	metrics->counters.judged++;
	struct verdict verdict = { .kind = VERDICT_GOOD, .value = value };
	if (isnan(latest(metrics, point->unless_id))) {
		verdict = point_judge(point, &metrics->moment, row->ts_ms, value,
			latest(metrics, point->of_id));
	}
	point_step(metrics, point, watched, &verdict, row->ts_ms, sink);
}

/* Checks are asked in turn, so who follows whom is mostly what it was the last time. */
static struct watched *watched_find(struct metrics *metrics, int64_t series_id)
{
	struct watched *last = metrics->last;
	struct watched *found = last != NULL ? last->then : NULL;
	if (found == NULL || found->id != series_id) {
		found = map_get(metrics->by_id, key_of(&series_id));
	}
	if (found != NULL) {
		metrics->last = found;
		if (last != NULL) {
			last->then = found;
		}
	}
	return found;
}

void metrics_sample(
	struct metrics *metrics, const struct sample_row *row, const struct burst_sink *sink)
{
	struct watched *watched = watched_find(metrics, row->series_id);
	metrics->counters.samples++;
	/* A clock that was set back says nothing until it has caught up. */
	if (watched == NULL || row->ts_ms <= watched->last_ms) {
		return;
	}
	for (size_t i = 0; i < watched->point_count; i++) {
		point_sample(metrics, &watched->points[i], watched, row, sink);
	}
	watched->last_ms = row->ts_ms;
	watched->last_value = row->value;
}

/* ---- time */

static void watched_tick(struct metrics *metrics, struct watched *watched, int64_t now_ms,
	const struct burst_sink *sink)
{
	for (size_t i = 0; i < watched->point_count; i++) {
		struct point *point = &watched->points[i];
		int64_t silent_ms = now_ms - watched->last_ms;
		if (point->rule->kind != METRIC_ABSENCE || point->firing ||
			silent_ms < point->rule->duration_ms) {
			continue;
		}
		struct verdict verdict = { .kind = VERDICT_BAD, .value = watched->last_value };
		point->fired_since_ms = watched->last_ms;
		point_fire(metrics, point, watched, &verdict, now_ms, sink);
	}
}

void metrics_tick(struct metrics *metrics, int64_t now_ms, const struct burst_sink *sink)
{
	if (now_ms - metrics->ticked_ms < METRIC_TICK_MS && now_ms >= metrics->ticked_ms) {
		return;
	}
	metrics->ticked_ms = now_ms;
	for (size_t i = 0; i < metrics->count; i++) {
		struct watched *watched = metrics->all[i];
		if (watched->last_ms == 0 && metrics->setup.replay) {
			continue;
		}
		watched->last_ms = watched->last_ms != 0 ? watched->last_ms : now_ms;
		watched_tick(metrics, watched, now_ms, sink);
	}
}

size_t metrics_heard(const struct metrics *metrics)
{
	size_t heard = 0;
	for (size_t i = 0; i < metrics->count; i++) {
		const struct watched *watched = metrics->all[i];
		heard += watched->point_count > 0 && watched->last_ms != 0;
	}
	return heard;
}

static size_t memory_octets(const struct point *point)
{
	switch (point->rule->kind) {
	case METRIC_BASELINE:
		return sizeof(*point->baseline);
	case METRIC_FORECAST:
		return sizeof(*point->trend);
	case METRIC_RATE:
		return sizeof(*point->past);
	case METRIC_THRESHOLD:
	case METRIC_ABSENCE:
		break;
	}
	return 0;
}

struct metric_counters metrics_counters(const struct metrics *metrics)
{
	struct metric_counters counters = metrics->counters;
	counters.series = metrics->count;
	for (size_t i = 0; i < metrics->count; i++) {
		const struct watched *watched = metrics->all[i];
		counters.points += watched->point_count;
		counters.octets += sizeof(*watched);
		for (size_t p = 0; p < watched->point_count; p++) {
			counters.octets += sizeof(watched->points[p]);
			counters.octets += watched->points[p].memory != NULL
						   ? memory_octets(&watched->points[p])
						   : 0;
		}
	}
	return counters;
}
