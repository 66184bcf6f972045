/* SPDX-License-Identifier: Apache-2.0 */
/* The table of checks: read whole, applied by difference. */
#include "role/probe/table.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "base/map.h"
#include "probe/prober.h"
#include "probe/scheduler.h"
#include "probe/spec.h"
#include "role/probe/facts.h"
#include "role/probe/judge.h"
#include "role/probe/probe.h"
#include "role/runtime.h"
#include "sys/memfd.h"
#include "sys/rand.h"

/* Parsed JSON takes up to eight times its text. */
#define TABLE_ARENA_MAX ((size_t)TABLE_OCTETS_MAX * 9)

enum { CHECK_OCTETS_MAX = 64 * 1024 };

struct table {
	struct probe *probe;
	struct map *by_id;
	uint8_t seed[16];
	uint64_t taken;   /* tables */
	uint64_t refused; /* checks of the last table that could not be read or held */
	uint64_t broken;  /* tables that could not be read at all */
};

struct table *table_create(struct probe *probe)
{
	struct table *table = calloc(1, sizeof(*table));
	if (table == NULL) {
		abort();
	}
	table->probe = probe;
	rand_octets(table->seed, sizeof(table->seed));
	table->by_id = map_create(SCHEDULER_CHECKS_MAX, table->seed);
	return table;
}

static void watch_free(struct watch *watch)
{
	free(watch->spec);
	free(watch->name);
	free(watch->target);
	free(watch->host);
	for (unsigned i = 0; i < watch->line_count; i++) {
		free(watch->lines[i].port);
		free(watch->lines[i].name);
	}
	free(watch->lines);
	free(watch);
}

struct table *table_destroy(struct table *table)
{
	struct slice key;
	void *watch = NULL;
	size_t cursor = 0;
	if (table == NULL) {
		return NULL;
	}
	while (map_next(table->by_id, &cursor, &key, &watch)) {
		watch_free(watch);
	}
	table->by_id = map_destroy(table->by_id);
	free(table);
	return NULL;
}

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

const struct watch *table_get(const struct table *table, int64_t id)
{
	return map_get(table->by_id, key_of(&id));
}

static char *text_of(struct slice text)
{
	char *copy = malloc(text.n + 1);
	if (copy == NULL) {
		abort();
	}
	if (text.n > 0) {
		memcpy(copy, text.p, text.n);
	}
	copy[text.n] = '\0';
	return copy;
}

/* The check's own text tells whether anything about it has changed; who it hangs on is no reason to look at once. */
static uint64_t digest_of_item(const struct table *table, const struct json *item)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, CHECK_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_object(&jw);
	for (const struct json *m = json_first(item); m != NULL; m = json_next(m)) {
		if (!slice_is(json_name(m), "parents")) {
			jw_key_slice(&jw, json_name(m));
			jw_value(&jw, m);
		}
	}
	jw_end(&jw);
	return text.failed ? rand_u64() : digest_siphash(table->seed, buf_slice(&text));
}

static struct watch *watch_make(struct table *table, const struct spec_item *item)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	struct check_spec *spec = check_spec_dup(&item->spec);
	if (watch == NULL || spec == NULL) {
		free(watch);
		free(spec);
		return NULL;
	}
	struct slice host = item->host;
	if (item->spec.kind == CHECK_HOST) {
		host = slice_str(facts_hostname(table->probe->facts));
	}
	watch->spec = spec;
	watch->severity = item->severity;
	watch->name = text_of(item->name);
	watch->target = text_of(item->target);
	watch->host = text_of(host);
	return watch;
}

/* The desk gives no more than are taken, and no others. */
static void parents_read(const struct json *list, struct watch *watch)
{
	watch->parent_count = 0;
	for (const struct json *parent = json_first(list);
		parent != NULL && watch->parent_count < REACH_PARENTS_MAX;
		parent = json_next(parent)) {
		watch->parent_count += json_int(parent, &watch->parents[watch->parent_count]);
	}
}

static void lines_read(const struct json *list, struct watch *watch)
{
	size_t count = json_count(list);
	count = count < WATCH_LINES_MAX ? count : WATCH_LINES_MAX;
	watch->lines = count > 0 ? calloc(count, sizeof(*watch->lines)) : NULL;
	if (count > 0 && watch->lines == NULL) {
		abort();
	}
	for (const struct json *line = json_first(list); watch->line_count < count;
		line = json_next(line)) {
		watch->lines[watch->line_count++] =
			(struct watch_line) { text_of(json_get_str(line, "port")),
				text_of(json_get_str(line, "name")) };
	}
}

/* The one of this id is new or has changed. */
static int watch_put(struct table *table, const struct spec_item *item, const struct json *json,
	struct watch **ret_watch)
{
	struct watch *watch = watch_make(table, item);
	if (watch == NULL) {
		return E_LIMIT;
	}
	lines_read(json_get(json, "lines"), watch);
	struct watch *old = map_get(table->by_id, key_of(&item->spec.id));
	int error = scheduler_put(table->probe->scheduler, watch->spec, true);
	error = error < 0 ? error : judge_put(table->probe->judge, watch);
	if (error >= 0) {
		error = map_put(table->by_id, key_of(&item->spec.id), watch);
	}
	if (error < 0) {
		watch_free(watch);
		return error;
	}
	if (old != NULL) {
		watch_free(old);
	}
	*ret_watch = watch;
	return 0;
}

static int item_take(
	struct table *table, struct arena *arena, const struct json *json, struct diag *diag)
{
	struct spec_item item = { 0 };
	int64_t id = json_get_int(json, "id", 0);
	struct watch *watch = map_get(table->by_id, key_of(&id));
	uint64_t digest = digest_of_item(table, json);
	if (watch == NULL || watch->digest != digest) {
		int error = spec_read(arena, json, &item, diag);
		error = error < 0 ? error : watch_put(table, &item, json, &watch);
		if (error < 0) {
			return error;
		}
	}
	parents_read(json_get(json, "parents"), watch);
	watch->digest = digest;
	watch->seen = table->taken;
	return 0;
}

/* What this table no longer names; the walk begins anew because the map moves. */
static void drop_unseen(struct table *table)
{
	size_t gone_count = 0;
	size_t cursor = 0;
	struct slice key;
	void *value = NULL;
	int64_t *gone = calloc(map_count(table->by_id) + 1, sizeof(*gone));
	if (gone == NULL) {
		abort();
	}
	while (map_next(table->by_id, &cursor, &key, &value)) {
		const struct watch *watch = value;
		if (watch->seen != table->taken) {
			gone[gone_count++] = watch->spec->id;
		}
	}
	for (size_t i = 0; i < gone_count; i++) {
		struct watch *watch = map_take(table->by_id, key_of(&gone[i]));
		(void)!scheduler_remove(table->probe->scheduler, gone[i]);
		judge_remove(table->probe->judge, gone[i]);
		prober_forget(table->probe->prober, gone[i]);
		watch_free(watch);
	}
	free(gone);
}

/* A parent may stand behind its child in the table, or have come with it. */
static void link_all(const struct table *table)
{
	struct slice key;
	void *watch = NULL;
	size_t cursor = 0;
	while (map_next(table->by_id, &cursor, &key, &watch)) {
		judge_link(table->probe->judge, watch);
	}
}

static int apply(struct table *table, struct slice text)
{
	AUTO_ARENA struct arena *arena = arena_create(TABLE_ARENA_MAX);
	const struct json *root = NULL;
	struct diag diag = { 0 };
	int error = json_parse(arena, text, 0, &root, &diag);
	if (error == 0 && json_type(root) != JSON_ARRAY) {
		error = E_FORMAT;
	}
	if (error < 0) {
		return error;
	}
	table->taken++;
	table->refused = 0;
	for (const struct json *item = json_first(root); item != NULL; item = json_next(item)) {
		error = item_take(table, arena, item, &diag);
		if (error < 0 && table->refused++ == 0) {
			log_event(LOG_WARNING, "check.refused",
				F_INT("check", json_get_int(item, "id", 0)),
				F_STR("why", error == E_INPUT ? diag.text : err_text(error)));
		}
	}
	drop_unseen(table);
	link_all(table);
	return 0;
}

void table_take(struct table *table, struct ipc_frame *frame)
{
	struct msg_checks msg = { 0 };
	struct memfd_map map = { 0 };
	int error = msg_checks_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, TABLE_OCTETS_MAX, &map);
		msg.json = map.octets;
	}
	error = error < 0 ? error : apply(table, msg.json);
	if (error == 0) {
		judge_settle(table->probe->judge, msg.settle_s);
	}
	if (error < 0) {
		table->broken++;
		log_event(LOG_ERROR, "checks.unreadable", F_STR("why", err_text(error)));
	}
	memfd_unmap(&map);
}

void table_put_ipv4(const struct table *table, struct buf *out)
{
	struct slice key;
	void *value = NULL;
	size_t cursor = 0;
	while (map_next(table->by_id, &cursor, &key, &value)) {
		const struct watch *watch = value;
		if (watch->spec->addr.family == 4) {
			buf_put(out, slice_of(watch->spec->addr.octet, 4));
		}
	}
}

void table_status(const struct table *table, struct jw *jw)
{
	jw_kv_int(jw, "tables", (int64_t)table->taken);
	jw_kv_int(jw, "tables_broken", (int64_t)table->broken);
	jw_kv_int(jw, "checks_refused", (int64_t)table->refused);
}
