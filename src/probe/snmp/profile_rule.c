/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a profile's sections. */
#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "probe/snmp/profile.h"
#include "probe/snmp/profile_priv.h"

enum { RULES_MAX = 4096 };

static const char *const section_names[SECTION_COUNT] = { "identity", "ports", "sensors",
	"processors", "mempools", "storage", "neighbours", "texts" };

#define IN(section) (1U << SECTION_##section)

static const struct {
	enum field_name field;
	const char *name;
	unsigned sections;
	bool bare; /* a text without braces is a reference */
} fields[] = {
	{ FIELD_DESCR, "descr", IN(SENSORS) | IN(PROCESSORS) | IN(MEMPOOLS) | IN(STORAGE),
		false },
	{ FIELD_VERSION, "version", IN(IDENTITY), false },
	{ FIELD_MODEL, "model", IN(IDENTITY), false },
	{ FIELD_SERIAL, "serial", IN(IDENTITY), false },
	{ FIELD_SYSNAME, "sysname", IN(IDENTITY), false },
	{ FIELD_FEATURES, "features", IN(IDENTITY), false },
	{ FIELD_VENDOR, "vendor", IN(IDENTITY), false },
	{ FIELD_IF_INDEX, "ifIndex", IN(PORTS), true },
	{ FIELD_IF_NAME, "ifName", IN(PORTS), true },
	{ FIELD_DESCR, "ifDescr", IN(PORTS), true },
	{ FIELD_IF_ALIAS, "ifAlias", IN(PORTS), true },
	{ FIELD_IF_TYPE, "ifType", IN(PORTS), true },
	{ FIELD_IF_ADMIN, "ifAdminStatus", IN(PORTS), true },
	{ FIELD_IF_OPER, "ifOperStatus", IN(PORTS), true },
	{ FIELD_IF_SPEED, "ifSpeed", IN(PORTS), true },
	{ FIELD_IF_MTU, "ifMtu", IN(PORTS), true },
	{ FIELD_IF_PHYS, "ifPhysAddress", IN(PORTS), true },
	{ FIELD_CLASS, "class", IN(SENSORS), false },
	{ FIELD_VALUE, "value", IN(SENSORS), true },
	{ FIELD_UNIT, "unit", IN(SENSORS), false },
	{ FIELD_EXPONENT, "exponent", IN(SENSORS), true },
	{ FIELD_PRECISION, "precision", IN(SENSORS), true },
	{ FIELD_PERCENT_OF, "percent_of", IN(SENSORS), true },
	{ FIELD_DIVIDE_BY, "divide_by", IN(SENSORS) | IN(PROCESSORS), true },
	{ FIELD_METRIC, "metric", IN(SENSORS), false },
	{ FIELD_LOW_CRITICAL, "low_critical", IN(SENSORS), true },
	{ FIELD_LOW_WARN, "low_warn", IN(SENSORS), true },
	{ FIELD_HIGH_WARN, "high_warn", IN(SENSORS), true },
	{ FIELD_HIGH_CRITICAL, "high_critical", IN(SENSORS), true },
	{ FIELD_USAGE, "usage", IN(PROCESSORS), true },
	{ FIELD_USED, "used", IN(MEMPOOLS) | IN(STORAGE), true },
	{ FIELD_TOTAL, "total", IN(MEMPOOLS) | IN(STORAGE), true },
	{ FIELD_FREE, "free", IN(MEMPOOLS) | IN(STORAGE), true },
	{ FIELD_PERC, "perc", IN(MEMPOOLS) | IN(STORAGE), true },
	{ FIELD_UNITS, "units", IN(MEMPOOLS) | IN(STORAGE), true },
	{ FIELD_LESS, "less", IN(MEMPOOLS), true },
	{ FIELD_LESS_TOO, "less_too", IN(MEMPOOLS), true },
	{ FIELD_PROTOCOL, "protocol", IN(NEIGHBOURS), false },
	{ FIELD_LOCAL_PORT, "local_port", IN(NEIGHBOURS), true },
	{ FIELD_REMOTE_HOST, "remote_host", IN(NEIGHBOURS), true },
	{ FIELD_REMOTE_PORT, "remote_port", IN(NEIGHBOURS), true },
	{ FIELD_REMOTE_PLATFORM, "remote_platform", IN(NEIGHBOURS), true },
	{ FIELD_REMOTE_ADDRESS, "remote_address", IN(NEIGHBOURS), true },
	{ FIELD_NAME, "name", IN(TEXTS), true },
	{ FIELD_TEXT, "text", IN(TEXTS), true },
};

enum { FIELDS_KNOWN = sizeof(fields) / sizeof(fields[0]) };

static const char *const rule_keys[] = { "each", "when", "only", "skip", "divisor",
	"multiplier", "as", "states", "fallback", NULL };

/* ---- one field */

static const struct words *map_named(struct compile *c, const yaml_node_t *node)
{
	struct slice name = compile_text(c, node);
	const struct words *found = NULL;
	for (size_t i = 0; i < c->profile->map_count; i++) {
		found = slice_eq(c->profile->maps[i].name, name) ? &c->profile->maps[i] : found;
	}
	for (size_t k = 0; found == NULL && k < c->profiles->count; k++) {
		const struct profile *other = c->profiles->items[k];
		for (size_t i = 0; i < other->map_count && found == NULL; i++) {
			found = slice_eq(other->maps[i].name, name) ? &other->maps[i] : NULL;
		}
	}
	if (found == NULL) {
		compile_complain(c, node, "no map '%.*s'", SLICE_FMT(slice_head(name, 40)));
	}
	return found;
}

static const struct words *map_of(struct compile *c, const yaml_node_t *node)
{
	if (node == NULL) {
		return NULL;
	}
	if (node->type == YAML_SCALAR_NODE) {
		return map_named(c, node);
	}
	struct words *words = arena_take(c->profiles->arena, sizeof(*words));
	*words = compile_words(c, node);
	return words;
}

static double factor_at(struct compile *c, const yaml_node_t *map, const char *key)
{
	const yaml_node_t *node = compile_get(c, map, key);
	double number = 1;
	if (node != NULL && (num_double(compile_text(c, node), &number) < 0 || number == 0)) {
		compile_complain(c, node, "'%s' is a number other than 0", key);
		number = 1;
	}
	return number;
}

static bool flag_at(struct compile *c, const yaml_node_t *map, const char *key)
{
	return slice_is(compile_text(c, compile_get(c, map, key)), "true");
}

static struct alt alt_of(struct compile *c, const yaml_node_t *node, bool bare)
{
	struct alt alt = { .multiply = 1 };
	if (node->type == YAML_SCALAR_NODE) {
		alt.from = compile_template(c, compile_text(c, node), bare, node);
		return alt;
	}
	const yaml_node_t *from = compile_get(c, node, "from");
	const yaml_node_t *each = compile_get(c, node, "each");
	if (node->type != YAML_MAPPING_NODE || from == NULL) {
		compile_complain(c, node, "a field is a text or a mapping with 'from'");
		return alt;
	}
	alt.from = compile_template(c, compile_text(c, from), true, from);
	alt.each = each == NULL ? NULL : compile_ref(c, compile_text(c, each), each);
	alt.only = compile_conds(c, compile_get(c, node, "only"));
	alt.regex = compile_regex(c, compile_get(c, node, "match"));
	alt.map = map_of(c, compile_get(c, node, "map"));
	alt.multiply = factor_at(c, node, "multiply");
	alt.nonzero = flag_at(c, node, "nonzero");
	alt.under = flag_at(c, node, "under");
	if (alt.under && each == NULL) {
		compile_complain(c, node, "'under' needs an 'each'");
	}
	return alt;
}

static struct field field_of(struct compile *c, const yaml_node_t *node, bool bare)
{
	size_t count = compile_count(node);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(c, node, "more than %d ways to one field", PROFILE_ITEMS_MAX);
		count = 0;
	}
	struct alt *alts = arena_take(c->profiles->arena, (count + 1) * sizeof(*alts));
	for (size_t i = 0; i < count; i++) {
		alts[i] = alt_of(c, compile_item(c, node, i), bare);
	}
	return (struct field) { alts, count };
}

static void fields_take(struct compile *c, const yaml_node_t *node, struct rule *rule)
{
	for (size_t i = 0; i < FIELDS_KNOWN; i++) {
		const yaml_node_t *at = (fields[i].sections & 1U << rule->section) == 0
						? NULL
						: compile_get(c, node, fields[i].name);
		if (at != NULL) {
			rule->field[fields[i].field] = field_of(c, at, fields[i].bare);
		}
	}
}

/* ---- one rule */

static bool known_key(struct slice key, enum section section)
{
	for (size_t i = 0; rule_keys[i] != NULL; i++) {
		if (slice_is(key, rule_keys[i])) {
			return true;
		}
	}
	for (size_t i = 0; i < FIELDS_KNOWN; i++) {
		if ((fields[i].sections & 1U << section) != 0 &&
			slice_is(key, fields[i].name)) {
			return true;
		}
	}
	return false;
}

static void keys_check(struct compile *c, const yaml_node_t *node, enum section section)
{
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = yaml_document_get_node(c->doc, pair->key);
		struct slice name = compile_text(c, key);
		if (!known_key(name, section)) {
			compile_complain(c, key, "'%.*s' is no key of %s",
				SLICE_FMT(slice_head(name, 40)), section_names[section]);
		}
	}
}

static enum device_severity severity_of(struct compile *c, const yaml_node_t *node)
{
	static const char *const names[] = { "unknown", "ok", "warning", "critical" };
	struct slice name = compile_text(c, node);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_is(name, names[i])) {
			return (enum device_severity)i;
		}
	}
	compile_complain(c, node, "a state is [unknown, ok, warning or critical, WORDS]");
	return DEVICE_UNKNOWN;
}

/* 2: [ok, running] or GREEN: [ok, green, 1] */
static struct state state_of(struct compile *c, const yaml_node_pair_t *pair)
{
	const yaml_node_t *node = yaml_document_get_node(c->doc, pair->value);
	struct state state = { .key = compile_text(
				       c, yaml_document_get_node(c->doc, pair->key)) };
	size_t count = compile_count(node);
	if (node == NULL || node->type != YAML_SEQUENCE_NODE || count < 2 || count > 3) {
		compile_complain(
			c, node, "a state is [SEVERITY, WORDS] or [SEVERITY, WORDS, N]");
		return state;
	}
	state.severity = severity_of(c, compile_item(c, node, 0));
	state.label = compile_text(c, compile_item(c, node, 1));
	state.number = count == 3 ? compile_text(c, compile_item(c, node, 2)) : state.number;
	return state;
}

struct states compile_states(struct compile *c, const yaml_node_t *map)
{
	size_t count =
		map->type != YAML_MAPPING_NODE
			? SIZE_MAX
			: (size_t)(map->data.mapping.pairs.top - map->data.mapping.pairs.start);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(
			c, map, "states are a mapping of at most %d", PROFILE_ITEMS_MAX);
		return (struct states) { 0 };
	}
	struct state *states = arena_take(c->profiles->arena, (count + 1) * sizeof(*states));
	for (size_t i = 0; i < count; i++) {
		states[i] = state_of(c, map->data.mapping.pairs.start + i);
	}
	return (struct states) { .items = states, .count = count };
}

static const struct states *set_of(const struct profile *profile, struct slice name)
{
	for (size_t i = 0; i < profile->state_set_count; i++) {
		if (slice_eq(profile->state_sets[i].name, name)) {
			return &profile->state_sets[i];
		}
	}
	return NULL;
}

static struct states states_of(struct compile *c, const yaml_node_t *node)
{
	if (node == NULL || node->type != YAML_SCALAR_NODE) {
		return node == NULL ? (struct states) { 0 } : compile_states(c, node);
	}
	struct slice name = compile_text(c, node);
	const struct states *set = set_of(c->profile, name);
	for (size_t i = 0; set == NULL && i < c->profiles->count; i++) {
		set = set_of(c->profiles->items[i], name);
	}
	if (set == NULL) {
		compile_complain(c, node, "no states '%.*s'", SLICE_FMT(slice_head(name, 40)));
		return (struct states) { 0 };
	}
	return *set;
}

static enum transform transform_of(struct compile *c, const yaml_node_t *node)
{
	static const char *const names[] = { "is", "dbm_from_uw", "dbm_from_mw",
		"celsius_from_fahrenheit", "idle" };
	struct slice name = compile_text(c, node);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (node == NULL || slice_is(name, names[i])) {
			return (enum transform)i;
		}
	}
	compile_complain(c, node, "'as' knows no '%.*s'", SLICE_FMT(slice_head(name, 40)));
	return AS_IS;
}

/* A rule without `each` walks what its first telling field refers to. */
static void each_take(struct compile *c, const yaml_node_t *node, struct rule *rule)
{
	static const enum field_name telling[] = { FIELD_VALUE, FIELD_USAGE, FIELD_USED,
		FIELD_PERC, FIELD_FREE, FIELD_TOTAL, FIELD_IF_INDEX, FIELD_REMOTE_HOST,
		FIELD_TEXT };
	const yaml_node_t *list = compile_get(c, node, "each");
	size_t count = compile_count(list);
	if (rule->section == SECTION_IDENTITY) {
		return;
	}
	count = count > PROFILE_ITEMS_MAX ? 0 : count;
	struct ref *refs = arena_take(c->profiles->arena, (count + 1) * sizeof(*refs));
	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *item = compile_item(c, list, i);
		refs[i] = *compile_ref(c, compile_text(c, item), item);
	}
	for (size_t i = 0; count == 0 && i < sizeof(telling) / sizeof(telling[0]); i++) {
		const struct field *field = &rule->field[telling[i]];
		const struct template *from = field->count == 0 ? NULL : &field->alts[0].from;
		if (from != NULL && from->count > 0 && from->pieces[0].ref != NULL) {
			refs[count++] = *from->pieces[0].ref;
		}
	}
	for (size_t i = 0; i < count; i++) {
		if ((refs[i].kind != REF_ROW && refs[i].kind != REF_SCALAR) ||
			refs[i].from != 0) {
			compile_complain(c, node, "what a rule walks is a column or an object");
		}
	}
	if (count == 0) {
		compile_complain(c, node, "a rule needs something to walk");
	}
	rule->each = refs;
	rule->each_count = count;
}

static void rule_take(struct compile *c, const yaml_node_t *node, struct rule *rule)
{
	if (node->type != YAML_MAPPING_NODE) {
		compile_complain(c, node, "a rule is a mapping");
		return;
	}
	keys_check(c, node, rule->section);
	fields_take(c, node, rule);
	each_take(c, node, rule);
	rule->when = compile_conds(c, compile_get(c, node, "when"));
	rule->only = compile_conds(c, compile_get(c, node, "only"));
	rule->skip = compile_conds(c, compile_get(c, node, "skip"));
	rule->divisor = factor_at(c, node, "divisor");
	rule->multiplier = factor_at(c, node, "multiplier");
	rule->as = transform_of(c, compile_get(c, node, "as"));
	rule->fallback = flag_at(c, node, "fallback");
	rule->states = states_of(c, compile_get(c, node, "states"));
	if (rule->section == SECTION_SENSORS &&
		(rule->field[FIELD_CLASS].count == 0 || rule->field[FIELD_VALUE].count == 0)) {
		compile_complain(c, node, "a sensor needs class and value");
	}
}

void compile_rules(struct compile *c, const yaml_node_t *root)
{
	size_t count = 0;
	for (int s = 0; s < SECTION_COUNT; s++) {
		count += compile_count(compile_get(c, root, section_names[s]));
	}
	if (count > RULES_MAX) {
		compile_complain(c, root, "more than %d rules", RULES_MAX);
		return;
	}
	struct rule *rules = arena_take(c->profiles->arena, (count + 1) * sizeof(*rules));
	size_t at = 0;
	for (int s = 0; s < SECTION_COUNT; s++) {
		const yaml_node_t *list = compile_get(c, root, section_names[s]);
		size_t items = compile_count(list);
		for (size_t i = 0; i < items; i++) {
			rules[at].section = (enum section)s;
			rule_take(c, compile_item(c, list, i), &rules[at++]);
		}
	}
	c->profile->rules = rules;
	c->profile->rule_count = count;
}
