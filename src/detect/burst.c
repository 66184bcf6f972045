/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/burst.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/map.h"
#include "detect/burst_rule.h"

enum { VALUE_MAX = 128, KEY_MAX = 1024, TEXT_MAX = 8192 };

/* One group; in the list of groups by their last row, oldest first. */
struct group {
	struct group *older;
	struct group *newer;
	bool firing;
	int64_t first_ms; /* of the burst that fires */
	int64_t last_ms;
	uint64_t count; /* rows since the burst began */
	unsigned head;  /* next place in the ring */
	unsigned held;
	struct slice key; /* value NUL value NUL …, behind the ring */
	int64_t ring[];   /* threshold times */
};

struct burst {
	struct arena *arena;
	struct arena *turn;
	struct burst_rule rule;
	struct map *groups;
	struct group *oldest;
	struct group *newest;
	size_t keys_max;
	int64_t now_ms;
	uint8_t seed[16];
	struct burst_counters counters;
};

int burst_create(struct slice rule_json, const uint8_t seed[16], size_t keys_max,
	struct burst **ret_burst, struct diag *diag)
{
	struct burst *burst = calloc(1, sizeof(*burst));
	if (burst == NULL) {
		abort();
	}
	burst->arena = arena_create(0);
	int error = burst_rule_read(burst->arena, rule_json, &burst->rule, diag);
	if (error < 0) {
		(void)arena_destroy(burst->arena);
		free(burst);
		return error;
	}
	burst->turn = arena_create(0);
	burst->keys_max = keys_max != 0 ? keys_max : BURST_KEYS_MAX;
	burst->groups = map_create(burst->keys_max, seed);
	memcpy(burst->seed, seed, sizeof(burst->seed));
	burst->now_ms = INT64_MIN;
	*ret_burst = burst;
	return 0;
}

struct burst *burst_destroy(struct burst *burst)
{
	if (burst == NULL) {
		return NULL;
	}
	struct group *next = NULL;
	for (struct group *group = burst->oldest; group != NULL; group = next) {
		next = group->newer;
		free(group);
	}
	(void)map_destroy(burst->groups);
	(void)arena_destroy(burst->turn);
	(void)arena_destroy(burst->arena);
	free(burst);
	return NULL;
}

/* ---- the list by last row */

static void unlink_group(struct burst *burst, struct group *group)
{
	*(group->older != NULL ? &group->older->newer : &burst->oldest) = group->newer;
	*(group->newer != NULL ? &group->newer->older : &burst->newest) = group->older;
	group->older = NULL;
	group->newer = NULL;
}

static void link_newest(struct burst *burst, struct group *group)
{
	group->older = burst->newest;
	*(burst->newest != NULL ? &burst->newest->newer : &burst->oldest) = group;
	burst->newest = group;
}

/* ---- signals */

/* The n-th value of a group's key. */
static struct slice value_of(const struct group *group, size_t n)
{
	struct slice left = group->key;
	struct slice value = { 0 };
	for (size_t i = 0; i <= n; i++) {
		(void)slice_cut(left, 0, &value, &left);
	}
	return value;
}

static void put_filter(const struct burst *burst, const struct group *group, struct buf *buf)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	for (size_t i = 0; i < burst->rule.match_count; i++) {
		jw_key_slice(&jw, burst->rule.match_name[i]);
		jw_str(&jw, burst->rule.match_value[i]);
	}
	for (size_t i = 0; i < burst->rule.group_count; i++) {
		jw_key_slice(&jw, burst->rule.group[i]);
		jw_str(&jw, value_of(group, i));
	}
	jw_end(&jw);
}

static void put_args(const struct burst *burst, const struct group *group, struct buf *buf)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	for (size_t i = 0; i < burst->rule.group_count; i++) {
		jw_key_slice(&jw, burst->rule.group[i]);
		jw_str(&jw, value_of(group, i));
	}
	jw_kv_int(&jw, "count", (int64_t)group->count);
	jw_kv_int(&jw, "window_s", burst->rule.window_ms / 1000);
	jw_end(&jw);
}

static struct slice asset_of(const struct burst *burst, const struct group *group)
{
	for (size_t i = 0; i < burst->rule.group_count; i++) {
		if (slice_eq(burst->rule.group[i], burst->rule.asset)) {
			return value_of(group, i);
		}
	}
	return value_of(group, 0);
}

/* "rule:digest": values come from senders and may be long or odd. */
static void put_dedup(const struct burst *burst, const struct group *group, struct buf *buf)
{
	struct digest digest = digest_of(DIGEST_SHA256, group->key);
	buf_put(buf, burst->rule.id);
	buf_put_byte(buf, ':');
	buf_put_hex(buf, slice_of(digest.octet, 16));
}

static void emit(const struct burst *burst, const struct group *group, enum signal_state state,
	const struct burst_sink *sink)
{
	AUTO_BUF struct buf filter;
	AUTO_BUF struct buf args;
	AUTO_BUF struct buf dedup;
	buf_init(&filter, TEXT_MAX);
	buf_init(&args, TEXT_MAX);
	buf_init(&dedup, SIGNAL_KEY_MAX);
	put_filter(burst, group, &filter);
	put_args(burst, group, &args);
	put_dedup(burst, group, &dedup);
	struct signal signal = {
		.source = SLICE("detect"),
		.check = burst->rule.id,
		.asset_key = asset_of(burst, group),
		.class = burst->rule.class,
		.severity = burst->rule.severity,
		.observed_at_ms = state == SIGNAL_FIRING
					  ? group->last_ms
					  : group->last_ms + burst->rule.quiet_ms,
		.state = state,
		.evidence = { SLICE("log"), buf_slice(&filter), group->first_ms,
			group->last_ms },
		.dedup_key = buf_slice(&dedup),
		.code = burst->rule.code,
		.args = buf_slice(&args),
	};
	sink->emit(sink->context, &signal);
}

static void drop(struct burst *burst, struct group *group, const struct burst_sink *sink)
{
	if (group->firing) {
		burst->counters.resolved++;
		emit(burst, group, SIGNAL_RESOLVED, sink);
	}
	(void)map_take(burst->groups, group->key);
	unlink_group(burst, group);
	free(group);
}

/* ---- rows */

static struct slice field_of(
	const struct log_row *row, const struct json *fields, struct slice name)
{
	if (slice_is(name, "source")) {
		return row->source;
	}
	if (slice_is(name, "host")) {
		return row->host.n > 0 ? row->host : row->source;
	}
	if (slice_is(name, "app")) {
		return row->app;
	}
	for (const struct json *f = json_first(fields); f != NULL; f = json_next(f)) {
		if (slice_eq(json_name(f), name)) {
			return json_str(f);
		}
	}
	return (struct slice) { 0 };
}

/* A cheap look before the JSON is read: each wanted value must stand somewhere. */
static bool may_match(const struct burst_rule *rule, const struct log_row *row)
{
	for (size_t i = 0; i < rule->match_count; i++) {
		struct slice name = rule->match_name[i];
		bool column = slice_is(name, "source") || slice_is(name, "host") ||
			      slice_is(name, "app");
		if (!column && slice_find(row->fields, rule->match_value[i]) == SIZE_MAX) {
			return false;
		}
	}
	return true;
}

/* The group's key; false when the row does not match or lacks a value. */
static bool key_of(struct burst *burst, const struct log_row *row, struct buf *key)
{
	const struct burst_rule *rule = &burst->rule;
	const struct json *fields = NULL;
	arena_reset(burst->turn);
	if (!may_match(rule, row) ||
		json_parse(burst->turn, row->fields, 16, &fields, NULL) < 0) {
		return false;
	}
	for (size_t i = 0; i < rule->match_count; i++) {
		if (!slice_eq(
			    field_of(row, fields, rule->match_name[i]), rule->match_value[i])) {
			return false;
		}
	}
	for (size_t i = 0; i < rule->group_count; i++) {
		struct slice value =
			slice_head(field_of(row, fields, rule->group[i]), VALUE_MAX);
		if (value.n == 0 || memchr(value.p, 0, value.n) != NULL) {
			return false;
		}
		buf_put(key, value);
		buf_put_byte(key, 0);
	}
	return !key->failed;
}

static struct group *group_of(
	struct burst *burst, struct slice key, const struct burst_sink *sink)
{
	struct group *group = map_get(burst->groups, key);
	if (group != NULL) {
		unlink_group(burst, group);
		return group;
	}
	if (map_count(burst->groups) >= burst->keys_max) {
		burst->counters.evicted++;
		burst->counters.evicted_firing += burst->oldest->firing;
		drop(burst, burst->oldest, sink);
	}
	size_t ring = burst->rule.threshold * sizeof(int64_t);
	group = calloc(1, sizeof(*group) + ring + key.n);
	if (group == NULL) {
		abort();
	}
	uint8_t *text = (uint8_t *)group->ring + ring;
	memcpy(text, key.p, key.n);
	group->key = slice_of(text, key.n);
	int error = map_put(burst->groups, group->key, group);
	assert(error == 0);
	return group;
}

static void count_row(struct burst *burst, struct group *group, const struct burst_sink *sink)
{
	unsigned threshold = burst->rule.threshold;
	group->ring[group->head] = burst->now_ms;
	group->head = (group->head + 1) % threshold;
	group->held += group->held < threshold;
	group->last_ms = burst->now_ms;
	group->count++;
	if (group->firing || group->held < threshold) {
		return;
	}
	int64_t first_ms = group->ring[group->head]; /* threshold rows ago */
	if (burst->now_ms - first_ms <= burst->rule.window_ms) {
		group->firing = true;
		group->first_ms = first_ms;
		group->count = threshold;
		burst->counters.fired++;
		emit(burst, group, SIGNAL_FIRING, sink);
	}
}

void burst_tick(struct burst *burst, int64_t now_ms, const struct burst_sink *sink)
{
	if (now_ms > burst->now_ms) {
		burst->now_ms = now_ms;
	}
	/* quiet_s is never less than window_s, so a group this old holds nothing of use. */
	while (burst->oldest != NULL &&
		burst->now_ms - burst->oldest->last_ms > burst->rule.quiet_ms) {
		drop(burst, burst->oldest, sink);
	}
}

void burst_row(struct burst *burst, const struct log_row *row, const struct burst_sink *sink)
{
	AUTO_BUF struct buf key;
	buf_init(&key, KEY_MAX);
	burst->counters.rows++;
	burst_tick(burst, row->recv_ms, sink);
	if (!key_of(burst, row, &key)) {
		return;
	}
	burst->counters.matched++;
	struct group *group = group_of(burst, buf_slice(&key), sink);
	group->last_ms = burst->now_ms;
	link_newest(burst, group);
	count_row(burst, group, sink);
}

struct burst_counters burst_counters(const struct burst *burst)
{
	struct burst_counters counters = burst->counters;
	counters.keys = map_count(burst->groups);
	return counters;
}
