/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "probe/snmp/profile_priv.h"

enum { ARENA_OCTETS = 64 * 1024 * 1024, REGEX_HEAP_KIB = 1024 };

static const char *const root_keys[] = { "os", "vendor", "order", "priority", "generic",
	"match", "include", "exclude", "oids", "maps", "states", "enterprises", "identity",
	"ports", "sensors", "processors", "mempools", "storage", "neighbours", "texts", "fdb",
	NULL };

struct profiles *profiles_create(void)
{
	struct profiles *profiles = calloc(1, sizeof(*profiles));
	struct profile **items = calloc(PROFILES_MAX, sizeof(*items));
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	if (profiles == NULL || items == NULL || limits == NULL) {
		abort();
	}
	/* What is matched comes from strangers. */
	(void)pcre2_set_match_limit(limits, PROFILE_REGEX_STEPS_MAX);
	(void)pcre2_set_heap_limit(limits, REGEX_HEAP_KIB);
	profiles->items = items;
	profiles->limits = limits;
	profiles->arena = arena_create(ARENA_OCTETS);
	return profiles;
}

struct profiles *profiles_destroy(struct profiles *profiles)
{
	if (profiles != NULL) {
		for (size_t i = 0; i < profiles->regex_count; i++) {
			pcre2_code_free(profiles->regexes[i]);
		}
		pcre2_match_context_free(profiles->limits);
		(void)arena_destroy(profiles->arena);
		free(profiles->regexes);
		free(profiles->items);
		free(profiles);
	}
	return NULL;
}

size_t profiles_count(const struct profiles *profiles)
{
	return profiles->count;
}

void compile_complain(struct compile *c, const yaml_node_t *at, const char *format, ...)
{
	struct diag diag = { 0 };
	va_list more;
	if (at != NULL) {
		diag.line = at->start_mark.line + 1;
		diag.offset = at->start_mark.index;
	}
	va_start(more, format);
	(void)vsnprintf(diag.text, sizeof(diag.text), format, more);
	va_end(more);
	(void)snprintf(diag.source, sizeof(diag.source), "%s", c->source);
	diag_list_add(c->diags, &diag);
	c->bad = true;
}

struct slice compile_dup(struct compile *c, struct slice text)
{
	return arena_dup(c->profiles->arena, text);
}

static struct slice scalar_of(const yaml_node_t *node)
{
	return node != NULL && node->type == YAML_SCALAR_NODE
		       ? slice_of(node->data.scalar.value, node->data.scalar.length)
		       : (struct slice) { 0 };
}

struct slice compile_text(struct compile *c, const yaml_node_t *node)
{
	if (node != NULL && node->type != YAML_SCALAR_NODE) {
		compile_complain(c, node, "a text belongs here");
	}
	return compile_dup(c, scalar_of(node));
}

const yaml_node_t *compile_get(struct compile *c, const yaml_node_t *map, const char *key)
{
	if (map == NULL || map->type != YAML_MAPPING_NODE) {
		return NULL;
	}
	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
		pair < map->data.mapping.pairs.top; pair++) {
		if (slice_is(scalar_of(yaml_document_get_node(c->doc, pair->key)), key)) {
			return yaml_document_get_node(c->doc, pair->value);
		}
	}
	return NULL;
}

size_t compile_count(const yaml_node_t *node)
{
	if (node == NULL) {
		return 0;
	}
	if (node->type != YAML_SEQUENCE_NODE) {
		return 1;
	}
	return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

const yaml_node_t *compile_item(struct compile *c, const yaml_node_t *node, size_t at)
{
	return node->type != YAML_SEQUENCE_NODE
		       ? node
		       : yaml_document_get_node(c->doc, node->data.sequence.items.start[at]);
}

struct words compile_words(struct compile *c, const yaml_node_t *map)
{
	struct words words = { 0 };
	if (map == NULL) {
		return words;
	}
	size_t count =
		map->type != YAML_MAPPING_NODE
			? 0
			: (size_t)(map->data.mapping.pairs.top - map->data.mapping.pairs.start);
	if (map->type != YAML_MAPPING_NODE || count > PROFILE_ITEMS_MAX) {
		compile_complain(
			c, map, "a mapping of at most %d belongs here", PROFILE_ITEMS_MAX);
		return words;
	}
	struct word *items = arena_take(c->profiles->arena, (count + 1) * sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		const yaml_node_pair_t *pair = map->data.mapping.pairs.start + i;
		items[i].key = compile_text(c, yaml_document_get_node(c->doc, pair->key));
		items[i].word = compile_text(c, yaml_document_get_node(c->doc, pair->value));
	}
	return (struct words) { .items = items, .count = count };
}

static void keys_check(struct compile *c, const yaml_node_t *map)
{
	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
		pair < map->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(c->doc, pair->key);
		size_t i = 0;
		while (root_keys[i] != NULL && !slice_is(scalar_of(key), root_keys[i])) {
			i++;
		}
		if (root_keys[i] == NULL) {
			compile_complain(c, key, "unknown key '%.*s'",
				SLICE_FMT(slice_head(scalar_of(key), 40)));
		}
	}
}

static int number_at(struct compile *c, const yaml_node_t *root, const char *key, int otherwise)
{
	const yaml_node_t *node = compile_get(c, root, key);
	int64_t number = otherwise;
	if (node != NULL && num_i64(scalar_of(node), -1000, 1000, &number) < 0) {
		compile_complain(c, node, "'%s' is a number from -1000 to 1000", key);
	}
	return (int)number;
}

static const struct slice *texts_at(
	struct compile *c, const yaml_node_t *root, const char *key, size_t *ret_count)
{
	const yaml_node_t *list = compile_get(c, root, key);
	size_t count = compile_count(list);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(
			c, list, "'%s' has more than %d items", key, PROFILE_ITEMS_MAX);
		count = 0;
	}
	struct slice *texts = arena_take(c->profiles->arena, (count + 1) * sizeof(*texts));
	for (size_t i = 0; i < count; i++) {
		texts[i] = compile_text(c, compile_item(c, list, i));
	}
	*ret_count = count;
	return texts;
}

static void maps_take(struct compile *c, const yaml_node_t *maps)
{
	size_t count = maps == NULL || maps->type != YAML_MAPPING_NODE
			       ? 0
			       : (size_t)(maps->data.mapping.pairs.top -
					  maps->data.mapping.pairs.start);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(c, maps, "more than %d maps", PROFILE_ITEMS_MAX);
		return;
	}
	struct words *items = arena_take(c->profiles->arena, (count + 1) * sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		const yaml_node_pair_t *pair = maps->data.mapping.pairs.start + i;
		items[i] = compile_words(c, yaml_document_get_node(c->doc, pair->value));
		items[i].name = compile_text(c, yaml_document_get_node(c->doc, pair->key));
	}
	c->profile->maps = items;
	c->profile->map_count = count;
}

static void state_sets_take(struct compile *c, const yaml_node_t *sets)
{
	size_t count = sets == NULL || sets->type != YAML_MAPPING_NODE
			       ? 0
			       : (size_t)(sets->data.mapping.pairs.top -
					  sets->data.mapping.pairs.start);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(c, sets, "more than %d sets of states", PROFILE_ITEMS_MAX);
		return;
	}
	struct states *items = arena_take(c->profiles->arena, (count + 1) * sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		const yaml_node_pair_t *pair = sets->data.mapping.pairs.start + i;
		items[i] = compile_states(c, yaml_document_get_node(c->doc, pair->value));
		items[i].name = compile_text(c, yaml_document_get_node(c->doc, pair->key));
	}
	c->profile->state_sets = items;
	c->profile->state_set_count = count;
}

static void match_take(struct compile *c, const yaml_node_t *node, struct match *match)
{
	size_t count = 0;
	const struct slice *texts = texts_at(c, node, "object_id", &count);
	struct oid *oids = arena_take(c->profiles->arena, (count + 1) * sizeof(*oids));
	for (size_t i = 0; i < count; i++) {
		oids[i] = compile_oid(c, texts[i], node);
	}
	match->object_ids = oids;
	match->object_id_count = count;
	match->only = compile_conds(c, compile_get(c, node, "only"));
	if (count == 0 && match->only.count == 0) {
		compile_complain(c, node, "a match needs object_id or only");
	}
}

static void matches_take(struct compile *c, const yaml_node_t *list)
{
	size_t count = compile_count(list);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(c, list, "more than %d ways to match", PROFILE_ITEMS_MAX);
		return;
	}
	struct match *matches = arena_take(c->profiles->arena, (count + 1) * sizeof(*matches));
	for (size_t i = 0; i < count; i++) {
		match_take(c, compile_item(c, list, i), &matches[i]);
	}
	c->profile->matches = matches;
	c->profile->match_count = count;
}

static bool seen_before(struct compile *c, uint8_t *seen, int index)
{
	bool again = seen[index] != 0;
	seen[index] = 1;
	if (again) {
		compile_complain(c, yaml_document_get_node(c->doc, index),
			"anchors and aliases are not used here");
	}
	return again;
}

/* A node with two parents would let a small file stand for a very large one. */
static bool is_tree(struct compile *c)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	yaml_node_t *end = c->doc->nodes.top;
	uint8_t *seen = arena_take(arena, (size_t)(end - c->doc->nodes.start) + 1);
	seen[1] = 1;
	for (yaml_node_t *node = c->doc->nodes.start; node < end; node++) {
		bool map = node->type == YAML_MAPPING_NODE;
		for (yaml_node_pair_t *pair = map ? node->data.mapping.pairs.start : NULL;
			map && pair < node->data.mapping.pairs.top; pair++) {
			if (seen_before(c, seen, pair->key) ||
				seen_before(c, seen, pair->value)) {
				return false;
			}
		}
		bool list = node->type == YAML_SEQUENCE_NODE;
		for (yaml_node_item_t *item = list ? node->data.sequence.items.start : NULL;
			list && item < node->data.sequence.items.top; item++) {
			if (seen_before(c, seen, *item)) {
				return false;
			}
		}
	}
	return true;
}

static void fdb_take(struct compile *c, const yaml_node_t *node)
{
	c->profile->fdb_per_vlan = slice_is(scalar_of(node), "per_vlan");
	if (node != NULL && !c->profile->fdb_per_vlan) {
		compile_complain(c, node, "'fdb' knows only per_vlan");
	}
}

static void root_take(struct compile *c, const yaml_node_t *root)
{
	struct profile *profile = c->profile;
	if (root == NULL || root->type != YAML_MAPPING_NODE) {
		compile_complain(c, root, "a profile is a mapping");
		return;
	}
	keys_check(c, root);
	profile->os = compile_text(c, compile_get(c, root, "os"));
	profile->vendor = compile_text(c, compile_get(c, root, "vendor"));
	profile->order = number_at(c, root, "order", 0);
	profile->priority = number_at(c, root, "priority", 0);
	profile->generic = slice_is(scalar_of(compile_get(c, root, "generic")), "true");
	profile->include_names = texts_at(c, root, "include", &profile->include_count);
	profile->excludes = texts_at(c, root, "exclude", &profile->exclude_count);
	profile->oids = compile_words(c, compile_get(c, root, "oids"));
	profile->enterprises = compile_words(c, compile_get(c, root, "enterprises"));
	fdb_take(c, compile_get(c, root, "fdb"));
	maps_take(c, compile_get(c, root, "maps"));
	state_sets_take(c, compile_get(c, root, "states"));
	matches_take(c, compile_get(c, root, "match"));
	if (profile->match_count > 0 && profile->os.n == 0) {
		compile_complain(c, root, "a profile that matches needs an os");
	}
	compile_rules(c, root);
}

/* Generic ones first, in their order, so that their names are known to the others. */
static void keep(struct profiles *profiles, struct profile *profile)
{
	size_t at = profiles->count++;
	while (at > 0 && profiles->items[at - 1]->order > profile->order) {
		profiles->items[at] = profiles->items[at - 1];
		at--;
	}
	profiles->items[at] = profile;
}

static int compile(struct profiles *profiles, yaml_document_t *doc, const char *name,
	struct diag_list *diags)
{
	struct compile c = { .profiles = profiles, .doc = doc, .diags = diags, .source = name };
	c.profile = arena_take(profiles->arena, sizeof(*c.profile));
	c.profile->name = compile_dup(&c, slice_str(name));
	if (profiles->count == PROFILES_MAX || arena_used(profiles->arena) > ARENA_OCTETS / 2) {
		compile_complain(&c, NULL, "too many profiles, or too large ones");
		return E_LIMIT;
	}
	if (is_tree(&c)) {
		root_take(&c, yaml_document_get_root_node(doc));
	}
	if (c.bad) {
		return E_INPUT;
	}
	keep(profiles, c.profile);
	return 0;
}

int profiles_load(
	struct profiles *profiles, struct slice text, const char *name, struct diag_list *diags)
{
	struct compile c = { .diags = diags, .source = name };
	yaml_parser_t parser;
	yaml_document_t doc;
	if (text.n > PROFILE_OCTETS_MAX) {
		compile_complain(
			&c, NULL, "a profile has at most %d octets", PROFILE_OCTETS_MAX);
		return E_LIMIT;
	}
	if (yaml_parser_initialize(&parser) == 0) {
		abort();
	}
	yaml_parser_set_input_string(&parser, text.p, text.n);
	if (yaml_parser_load(&parser, &doc) == 0) {
		const yaml_node_t at = { .start_mark = parser.problem_mark };
		compile_complain(
			&c, &at, "%s", parser.problem != NULL ? parser.problem : "not YAML");
		yaml_parser_delete(&parser);
		return E_FORMAT;
	}
	int error = compile(profiles, &doc, name, diags);
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	return error;
}

static const struct profile *named(const struct profiles *profiles, struct slice name)
{
	for (size_t i = 0; i < profiles->count; i++) {
		if (slice_eq(profiles->items[i]->name, name)) {
			return profiles->items[i];
		}
	}
	return NULL;
}

int profiles_link(struct profiles *profiles, struct diag_list *diags)
{
	int error = 0;
	for (size_t i = 0; i < profiles->count; i++) {
		struct profile *profile = profiles->items[i];
		profile->includes = arena_take(profiles->arena,
			(profile->include_count + 1) * sizeof(*profile->includes));
		for (size_t k = 0; k < profile->include_count; k++) {
			struct slice name = profile->include_names[k];
			profile->includes[k] = named(profiles, name);
			if (profile->includes[k] != NULL) {
				continue;
			}
			struct diag diag = { 0 };
			error = diag_set(&diag, E_ABSENT, 0, 0, "includes %.*s, not there",
				SLICE_FMT(slice_head(name, 40)));
			(void)snprintf(diag.source, sizeof(diag.source), "%.*s",
				SLICE_FMT(profile->name));
			diag_list_add(diags, &diag);
		}
	}
	return error;
}
