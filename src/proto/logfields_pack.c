/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "proto/logfields_priv.h"

enum { NAME_MAX_OCTETS = 32, PACK_OCTETS_MAX = 1024 * 1024 };

static const struct {
	const char *name;
	enum part_kind kind;
} types[] = {
	{ "text", PART_TEXT },
	{ "most", PART_MOST },
	{ "word", PART_WORD },
	{ "num", PART_NUM },
	{ "ip", PART_IP },
	{ "host", PART_HOST },
};

struct logfields *logfields_create(void)
{
	struct logfields *packs = calloc(1, sizeof(*packs));
	struct rule **rules = calloc(LOGFIELDS_RULES_MAX, sizeof(*rules));
	if (packs == NULL || rules == NULL) {
		abort();
	}
	packs->rules = rules;
	packs->arena = arena_create(0);
	return packs;
}

struct logfields *logfields_destroy(struct logfields *packs)
{
	if (packs != NULL) {
		(void)arena_destroy(packs->arena);
		free(packs->rules);
		free(packs);
	}
	return NULL;
}

size_t logfields_count(const struct logfields *packs)
{
	return packs->count;
}

static bool name_ok(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
			return false;
		}
	}
	return name.n > 0 && name.n <= NAME_MAX_OCTETS;
}

static bool add(struct rule *rule, enum part_kind kind, struct slice text)
{
	if (rule->part_count == LOGFIELDS_PARTS_MAX) {
		return false;
	}
	rule->part[rule->part_count++] = (struct part) { kind, text };
	if (kind == PART_LITERAL && text.n > rule->needle.n) {
		rule->needle = text;
	}
	return true;
}

/* What stands between < and >. */
static bool add_angle(struct rule *rule, struct slice inside)
{
	if (slice_is(inside, "*")) {
		return add(rule, PART_ANY, (struct slice) { 0 });
	}
	if (slice_is(inside, "**")) {
		return add(rule, PART_MOST, (struct slice) { 0 });
	}
	if (slice_is(inside, "$")) {
		return add(rule, PART_END, (struct slice) { 0 });
	}
	if (inside.n > 1 && inside.p[0] == '?') {
		return add(rule, PART_OPTIONAL, slice_skip(inside, 1));
	}
	struct slice name = { 0 };
	struct slice type = { 0 };
	if (!slice_cut(inside, ':', &name, &type) || !name_ok(name)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (slice_is(type, types[i].name)) {
			return add(rule, types[i].kind, name);
		}
	}
	return false;
}

/* One element in angle brackets off the front, its "<" already taken; "<<" is the octet. */
static int take_angle(struct rule *rule, struct slice *left, struct diag *diag)
{
	struct slice inside = { 0 };
	struct slice after = { 0 };
	if (slice_starts(*left, SLICE("<"))) {
		*left = slice_skip(*left, 1);
		return add(rule, PART_LITERAL, SLICE("<"))
			       ? 0
			       : diag_set(diag, E_INPUT, 0, 0, "a pattern has too many parts");
	}
	if (!slice_cut(*left, '>', &inside, &after) || !add_angle(rule, inside)) {
		return diag_set(diag, E_INPUT, 0, 0,
			"no such element in a pattern, or too many: <%.*s",
			SLICE_FMT(slice_head(*left, 40)));
	}
	*left = after;
	return 0;
}

int logfields_compile(
	struct arena *arena, struct slice pattern, struct rule *rule, struct diag *diag)
{
	struct slice left = arena_dup(arena, pattern);
	int error = 0;
	while (left.n > 0 && error == 0) {
		struct slice literal = { 0 };
		struct slice after = { 0 };
		bool angle = slice_cut(left, '<', &literal, &after);
		literal = angle ? literal : left;
		left = angle ? after : (struct slice) { 0 };
		if (literal.n > 0 && !add(rule, PART_LITERAL, literal)) {
			return diag_set(diag, E_INPUT, 0, 0, "a pattern has too many parts");
		}
		error = angle ? take_angle(rule, &left, diag) : 0;
	}
	if (error == 0 && rule->needle.n < 3) {
		return diag_set(
			diag, E_INPUT, 0, 0, "a pattern needs a literal of 3 octets or more");
	}
	return error;
}

static int read_set(
	struct arena *arena, const struct json *set, struct rule *rule, struct diag *diag)
{
	for (const struct json *m = json_first(set); m != NULL; m = json_next(m)) {
		if (rule->set_count == LOGFIELDS_FIELDS_MAX || !name_ok(json_name(m)) ||
			json_type(m) != JSON_STRING) {
			return diag_set(diag, E_INPUT, 0, 0,
				"set: too many, or no text under a plain name");
		}
		rule->set[rule->set_count++] =
			(struct logfields_field) { arena_dup(arena, json_name(m)),
				arena_dup(arena, json_str(m)) };
	}
	return 0;
}

/* A rule's pattern is one text or several that give the same fields. */
static int read_rule(struct logfields *packs, const struct json *json, const struct rule *front,
	struct diag *diag)
{
	const struct json *match = json_get(json, "match");
	bool list = json_type(match) == JSON_ARRAY;
	struct slice name = json_get_str(json, "name");
	int count = 0;
	for (const struct json *m = list ? json_first(match) : match; m != NULL;
		m = list ? json_next(m) : NULL) {
		if (packs->count == LOGFIELDS_RULES_MAX) {
			return diag_set(
				diag, E_LIMIT, 0, 0, "more rules than %d", LOGFIELDS_RULES_MAX);
		}
		struct rule *rule = arena_take(packs->arena, sizeof(*rule));
		*rule = *front;
		rule->name = arena_printf(
			packs->arena, "%.*s/%.*s", SLICE_FMT(front->name), SLICE_FMT(name));
		int error = logfields_compile(packs->arena, json_str(m), rule, diag);
		error = error < 0 ? error
				  : read_set(packs->arena, json_get(json, "set"), rule, diag);
		if (error < 0) {
			return error;
		}
		packs->rules[packs->count++] = rule;
		count++;
	}
	return count > 0 ? count : diag_set(diag, E_INPUT, 0, 0, "a rule has no match");
}

static int read_apps(
	struct arena *arena, const struct json *apps, struct rule *front, struct diag *diag)
{
	size_t count = json_count(apps);
	if (count > LOGFIELDS_APPS_MAX) {
		return diag_set(diag, E_INPUT, 0, 0, "apps: more than %d", LOGFIELDS_APPS_MAX);
	}
	struct slice *names = arena_take(arena, (count + 1) * sizeof(*names));
	for (const struct json *a = json_first(apps); a != NULL; a = json_next(a)) {
		names[front->app_count++] = arena_dup(arena, json_str(a));
	}
	front->apps = names;
	return 0;
}

static int read_pack(
	struct logfields *packs, struct slice json, const char *name, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(16 * PACK_OCTETS_MAX);
	const struct json *root = NULL;
	int error = json.n > PACK_OCTETS_MAX
			    ? diag_set(diag, E_LIMIT, 0, 0, "a pack may have %d octets",
				      PACK_OCTETS_MAX)
			    : json_parse(arena, json, 8, &root, diag);
	if (error < 0) {
		return error;
	}
	struct rule front = { .name = arena_dup(packs->arena, slice_str(name)) };
	front.vendor = arena_dup(packs->arena, json_get_str(root, "vendor"));
	error = read_apps(packs->arena, json_get(root, "apps"), &front, diag);
	const struct json *rules = json_get(root, "rules");
	if (error == 0 && json_type(rules) != JSON_ARRAY) {
		error = diag_set(diag, E_INPUT, 0, 0, "a pack needs a list of rules");
	}
	int count = 0;
	for (const struct json *r = json_first(rules); error >= 0 && r != NULL;
		r = json_next(r)) {
		error = read_rule(packs, r, &front, diag);
		count += error;
	}
	return error < 0 ? error : count;
}

int logfields_load(
	struct logfields *packs, struct slice json, const char *name, struct diag *diag)
{
	size_t before = packs->count;
	int count = read_pack(packs, json, name, diag);
	if (count < 0) {
		packs->count = before;
	}
	return count;
}
