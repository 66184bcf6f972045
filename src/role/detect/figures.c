/* SPDX-License-Identifier: Apache-2.0 */
#include "role/detect/figures.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "detect/metric.h"
#include "role/rule_shelf.h"
#include "role/runtime.h"
#include "rows/series.h"
#include "sys/clock.h"
#include "sys/memfd.h"
#include "sys/rand.h"

enum { TABLE_OCTETS_MAX = 64 * 1024 * 1024, TABLE_ARENA_MAX = 512 * 1024 * 1024 };

struct figures {
	struct metrics *metrics;
	struct rule_shelf shelf;
	struct arena *arena; /* ids of the rules at work */
	struct slice ids[METRIC_RULES_MAX];
	size_t count;
	uint64_t tables;
	uint64_t broken;
	uint64_t refused; /* rules of the last table */
};

struct figures *figures_load(const struct runtime *rt)
{
	struct figures *figures = calloc(1, sizeof(*figures));
	if (figures == NULL) {
		abort();
	}
	rule_shelf_load(
		&figures->shelf, runtime_handle(rt, "site"), runtime_handle(rt, "share"));
	struct metric_setup setup = { .days = &figures->shelf.days, .series_id = series_id_of };
	rand_octets(setup.seed, sizeof(setup.seed));
	figures->metrics = metrics_create(&setup);
	figures->arena = arena_create(0);
	return figures;
}

struct figures *figures_destroy(struct figures *figures)
{
	if (figures != NULL) {
		figures->metrics = metrics_destroy(figures->metrics);
		figures->arena = arena_destroy(figures->arena);
		rule_shelf_fini(&figures->shelf);
		free(figures);
	}
	return NULL;
}

/* ---- core's table */

struct taken {
	struct metric_rule rules[METRIC_RULES_MAX];
	size_t rule_count;
	struct metric_check *checks;
	size_t check_count;
};

static void rule_take(struct figures *figures, const struct json *item, struct taken *taken)
{
	struct metric_rule rule = { 0 };
	struct diag diag = { 0 };
	struct slice id = json_get_str(item, "id");
	if (!json_get_bool(item, "enabled", true)) {
		return;
	}
	if (taken->rule_count == METRIC_RULES_MAX ||
		metric_rule_take(json_get(item, "rule"), &rule, &diag) < 0) {
		figures->refused++;
		log_event(LOG_WARNING, "rule.refused", F_SLICE("rule", id),
			F_STR("why", diag.text));
		return;
	}
	rule.id = id;
	taken->rules[taken->rule_count++] = rule;
}

/* A shipped rule works unless the school has put one of its own in its place. */
static void rules_take(struct figures *figures, const struct json *list, struct taken *taken)
{
	figures->refused = 0;
	for (size_t i = 0; i < figures->shelf.count; i++) {
		const struct metric_rule *rule = &figures->shelf.rules[i];
		bool replaced = false;
		for (const struct json *r = json_first(list); r != NULL; r = json_next(r)) {
			replaced = replaced || slice_eq(json_get_str(r, "id"), rule->id);
		}
		if (!replaced) {
			taken->rules[taken->rule_count++] = *rule;
		}
	}
	for (const struct json *r = json_first(list); r != NULL; r = json_next(r)) {
		rule_take(figures, r, taken);
	}
}

static void checks_take(struct arena *arena, const struct json *list, struct taken *taken)
{
	size_t count = json_count(list);
	taken->checks = arena_take(arena, (count + 1) * sizeof(taken->checks[0]));
	for (const struct json *c = json_first(list); c != NULL; c = json_next(c)) {
		struct metric_check check = { .id = json_get_int(c, "id", 0),
			.asset_id = json_get_int(c, "asset_id", 0),
			.unit_id = json_get_int(c, "unit_id", 0),
			.name = json_get_str(c, "name"),
			.key = json_get_str(c, "key"),
			.main = json_get_str(c, "main") };
		if (check.id > 0) {
			taken->checks[taken->check_count++] = check;
		}
	}
}

static void ids_keep(struct figures *figures, const struct taken *taken)
{
	arena_reset(figures->arena);
	figures->count = taken->rule_count;
	for (size_t i = 0; i < taken->rule_count; i++) {
		figures->ids[i] = arena_dup(figures->arena, taken->rules[i].id);
	}
}

static int apply(struct figures *figures, struct slice text, const struct burst_sink *sink)
{
	AUTO_ARENA struct arena *arena = arena_create(TABLE_ARENA_MAX);
	const struct json *root = NULL;
	int error = json_parse(arena, text, 0, &root, NULL);
	if (error < 0 || json_type(root) != JSON_OBJECT) {
		return error < 0 ? error : E_FORMAT;
	}
	const struct json *own = json_get(json_get(root, "school"), "spans");
	if (school_days_set_own(&figures->shelf.days, own) < 0) {
		log_event(LOG_WARNING, "rule.days_refused", F_INT("spans", json_count(own)));
	}
	struct taken *taken = arena_take(arena, sizeof(*taken));
	rules_take(figures, json_get(root, "rules"), taken);
	checks_take(arena, json_get(root, "checks"), taken);
	if (figures->tables == 0) {
		const struct json *firing = json_first(json_get(root, "firing"));
		for (; firing != NULL; firing = json_next(firing)) {
			metrics_note_firing(figures->metrics, json_get_str(firing, "key"),
				json_get_int(firing, "since_ms", 0));
		}
	}
	struct metric_table table = { taken->rules, taken->rule_count, taken->checks,
		taken->check_count };
	error = metrics_take_table(figures->metrics, &table, clock_unix_ms(), sink);
	if (error == 0) {
		ids_keep(figures, taken);
		figures->tables++;
	}
	return error;
}

int figures_take(
	struct figures *figures, struct ipc_frame *frame, const struct burst_sink *sink)
{
	struct msg_metric_rules msg = { 0 };
	struct memfd_map map = { 0 };
	int error = msg_metric_rules_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, TABLE_OCTETS_MAX, &map);
		msg.json = map.octets;
	}
	error = error < 0 ? error : apply(figures, msg.json, sink);
	if (error < 0) {
		figures->broken++;
		log_event(LOG_ERROR, "rules.unreadable", F_STR("why", err_text(error)));
	}
	memfd_unmap(&map);
	return error;
}

struct metrics *figures_metrics(struct figures *figures)
{
	return figures->tables > 0 ? figures->metrics : NULL;
}

void figures_put_ids(const struct figures *figures, struct jw *jw)
{
	for (size_t i = 0; i < figures->count; i++) {
		jw_str(jw, figures->ids[i]);
	}
}

void figures_status(const struct figures *figures, struct jw *jw)
{
	struct metric_counters c = metrics_counters(figures->metrics);
	jw_kv_int(jw, "metric_rules", (int64_t)figures->count);
	jw_kv_int(jw, "metric_rules_refused",
		(int64_t)(figures->refused + figures->shelf.refused));
	jw_kv_int(jw, "tables", (int64_t)figures->tables);
	jw_kv_int(jw, "tables_broken", (int64_t)figures->broken);
	jw_kv_int(jw, "samples", (int64_t)c.samples);
	jw_kv_int(jw, "judged", (int64_t)c.judged);
	jw_kv_int(jw, "metric_fired", (int64_t)c.fired);
	jw_kv_int(jw, "metric_resolved", (int64_t)c.resolved);
	jw_kv_int(jw, "series", (int64_t)c.series);
	jw_kv_int(jw, "series_refused", (int64_t)c.refused);
	jw_kv_int(jw, "points", (int64_t)c.points);
	jw_kv_int(jw, "points_octets", (int64_t)c.octets);
}
