/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "detect/burst.h"
#include "detect/burst_rule.h"
#include "role/detect/detect.h"
#include "role/runtime.h"
#include "sys/rand.h"

enum { RULE_OCTETS_MAX = 64 * 1024, RULE_NAME_MAX = 64 };

struct rules {
	struct burst *burst[RULES_MAX];
	char name[RULES_MAX][RULE_NAME_MAX + 1]; /* of its file */
	struct slice id[RULES_MAX];              /* in the arena */
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

static int read_file(int folder, const char *name, struct buf *text)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 ? -errno : 0;
	for (ssize_t n = 1; error == 0 && n > 0;) {
		uint8_t *room = buf_reserve(text, 4096);
		n = room != NULL ? read(fd, room, 4096) : 0;
		if (room == NULL || n < 0) {
			error = room == NULL ? E_LIMIT : -errno;
		} else {
			buf_commit(text, (size_t)n);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return error;
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

static bool is_rule(const char *name)
{
	struct slice text = slice_str(name);
	return text.n > 5 && text.n <= RULE_NAME_MAX && name[0] != '.' &&
	       slice_ends(text, SLICE(".json"));
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

static void add(struct rules *rules, int folder, const char *name)
{
	AUTO_BUF struct buf json;
	uint8_t seed[16];
	struct diag diag = { 0 };
	if (!is_rule(name) || is_known(rules, name)) {
		return;
	}
	if (rules->count == RULES_MAX) {
		refuse(rules, name, "too many rules");
		return;
	}
	buf_init(&json, RULE_OCTETS_MAX);
	rand_octets(seed, sizeof(seed));
	int error = read_file(folder, name, &json);
	error = error < 0 ? error
			  : burst_create(buf_slice(&json), seed, 0, &rules->burst[rules->count],
				    &diag);
	if (error < 0) {
		refuse(rules, name, diag.text[0] != '\0' ? diag.text : err_text(error));
		return;
	}
	memcpy(rules->name[rules->count], name, strlen(name) + 1);
	note(rules, rules->count++, buf_slice(&json));
}

static void add_folder(struct rules *rules, int above)
{
	int folder =
		above >= 0 ? openat(above, "rules", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
	if (dir == NULL) {
		if (folder >= 0) {
			(void)close(folder);
		}
		return;
	}
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		add(rules, folder, entry->d_name);
	}
	(void)closedir(dir);
}

struct rules *rules_load(const struct runtime *rt)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	if (rules == NULL) {
		abort();
	}
	rules->arena = arena_create(0);
	/* The site's first: a name it has already is not taken again. */
	add_folder(rules, runtime_handle(rt, "site"));
	add_folder(rules, runtime_handle(rt, "share"));
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
	jw_array(jw);
	for (size_t i = 0; i < rules->count; i++) {
		jw_str(jw, rules->id[i]);
	}
	jw_end(jw);
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
