/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "detect/burst.h"
#include "detect/burst_rule.h"
#include "detect/metric_rule.h"
#include "role/detect/detect.h"
#include "role/rule_shelf.h"
#include "role/runtime.h"
#include "sys/rand.h"

struct rules {
	struct burst *burst[RULES_MAX];
	char name[RULES_MAX][SHELF_NAME_MAX + 1]; /* of its file */
	struct slice id[RULES_MAX];               /* in the arena */
	struct arena *arena;
	size_t count;
	size_t refused;
	int64_t memory_ms;
};

static void refuse(struct rules *rules, const char *name, const char *why)
{
	rules->refused++;
	log_event(LOG_WARNING, "rule.refused", F_STR("file", name), F_STR("why", why));
}

/* How far back it looks, and what it calls itself. */
static void note(struct rules *rules, size_t at, struct slice json)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct burst_rule rule = { 0 };
	if (burst_rule_read(arena, json, &rule, NULL) < 0) {
		return;
	}
	int64_t memory_ms = rule.quiet_ms + rule.window_ms;
	rules->memory_ms = memory_ms > rules->memory_ms ? memory_ms : rules->memory_ms;
	rules->id[at] = arena_dup(rules->arena, rule.id);
}

static bool is_known(const struct rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (strcmp(rules->name[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_of_figures(struct slice text)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	return json_parse(arena, text, 8, &root, NULL) == 0 && metric_rule_is(root);
}

static void on_file(void *context, const char *name, struct slice text)
{
	struct rules *rules = context;
	struct diag diag = { 0 };
	uint8_t seed[16];
	if (is_known(rules, name) || is_of_figures(text)) {
		return;
	}
	if (rules->count == RULES_MAX) {
		refuse(rules, name, "too many rules");
		return;
	}
	rand_octets(seed, sizeof(seed));
	int error = burst_create(text, seed, 0, &rules->burst[rules->count], &diag);
	if (error < 0) {
		refuse(rules, name, diag.text[0] != '\0' ? diag.text : err_text(error));
		return;
	}
	memcpy(rules->name[rules->count], name, strlen(name) + 1);
	note(rules, rules->count++, text);
}

static void on_unreadable(void *context, const char *name, int error)
{
	refuse(context, name, err_text(error));
}

struct rules *rules_load(const struct runtime *rt)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	if (rules == NULL) {
		abort();
	}
	rules->arena = arena_create(0);
	/* The site's first: a name it has already is not taken again. */
	const struct shelf_sink sink = { on_file, on_unreadable, rules };
	shelf_files(runtime_handle(rt, "site"), "rules", &sink);
	shelf_files(runtime_handle(rt, "share"), "rules", &sink);
	return rules;
}

struct rules *rules_destroy(struct rules *rules)
{
	for (size_t i = 0; rules != NULL && i < rules->count; i++) {
		rules->burst[i] = burst_destroy(rules->burst[i]);
	}
	if (rules != NULL) {
		rules->arena = arena_destroy(rules->arena);
	}
	free(rules);
	return NULL;
}

void rules_row(struct rules *rules, const struct log_row *row, const struct burst_sink *sink)
{
	for (size_t i = 0; i < rules->count; i++) {
		burst_row(rules->burst[i], row, sink);
	}
}

void rules_tick(struct rules *rules, int64_t now_ms, const struct burst_sink *sink)
{
	for (size_t i = 0; i < rules->count; i++) {
		burst_tick(rules->burst[i], now_ms, sink);
	}
}

int64_t rules_memory_ms(const struct rules *rules)
{
	return rules->memory_ms;
}

void rules_put_ids(const struct rules *rules, struct jw *jw)
{
	for (size_t i = 0; i < rules->count; i++) {
		jw_str(jw, rules->id[i]);
	}
}

void rules_status(const struct rules *rules, struct jw *jw)
{
	struct burst_counters sum = { 0 };
	for (size_t i = 0; i < rules->count; i++) {
		struct burst_counters c = burst_counters(rules->burst[i]);
		sum.matched += c.matched;
		sum.fired += c.fired;
		sum.resolved += c.resolved;
		sum.evicted += c.evicted;
		sum.keys += c.keys;
	}
	jw_kv_int(jw, "rules", (int64_t)rules->count);
	jw_kv_int(jw, "rules_refused", (int64_t)rules->refused);
	jw_kv_int(jw, "matched", (int64_t)sum.matched);
	jw_kv_int(jw, "fired", (int64_t)sum.fired);
	jw_kv_int(jw, "resolved", (int64_t)sum.resolved);
	jw_kv_int(jw, "groups", (int64_t)sum.keys);
	jw_kv_int(jw, "groups_evicted", (int64_t)sum.evicted);
}
