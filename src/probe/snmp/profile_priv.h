/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Profiles as they are kept once compiled.
 *
 * Layer: probe.  Threading: see profile.h.
 */
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "probe/snmp/device.h"
#include "proto/mib_table.h"
#include "proto/oid.h"

struct arena;
struct diag_list;

enum ref_kind {
	REF_INDEX,  /* the row's index itself, or parts of it */
	REF_VALUE,  /* the row's own value */
	REF_ROW,    /* object at the row's index, or at parts of it */
	REF_SCALAR, /* one object, whatever the row */
	REF_AT,     /* object at the index that another object's value names */
	REF_FIRST,  /* the first of a column that says something */
};

struct ref {
	enum ref_kind kind;
	struct oid oid;
	int from; /* part of the index from 1, from the end when negative; 0 = all of it */
	int to;
	const struct ref *at;
};

enum filter {
	FILTER_NONE,
	FILTER_HEX,    /* octets as hexadecimal */
	FILTER_IP,     /* 4 or 16 octets, or as many parts of an index, as an address */
	FILTER_STRING, /* an index as the text it spells, its length in front */
	FILTER_PLAIN,  /* the same without a length */
	FILTER_U32,    /* an INTEGER below 0 as the 32 bits it was */
	FILTER_ASCII,  /* only the octets that print */
	FILTER_NUMBER, /* octets as one number, the first the highest */
};

struct piece {
	struct slice literal; /* when there is no ref */
	const struct ref *ref;
	enum filter filter;
};

struct template
{
	const struct piece *pieces;
	size_t count;
};

enum op {
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_GT,
	OP_LE,
	OP_GE,
	OP_MATCH,
	OP_NO_MATCH,
	OP_EXISTS,
	OP_ABSENT
};

struct cond {
	struct template left;
	enum op op;
	struct slice right;
	const pcre2_code *regex;
};

struct conds {
	const struct cond *items;
	size_t count;
};

struct word {
	struct slice key;
	struct slice word;
};

struct words {
	struct slice name;
	const struct word *items;
	size_t count;
};

/** One way to come to a field's text. */
struct alt {
	struct template from;
	const struct ref *each; /* NULL = the rule's own row */
	bool under;             /* of each only rows whose index begins with the rule's own */
	struct conds only;
	const pcre2_code *regex;
	const struct words *map;
	double multiply;
	bool nonzero;
};

struct field {
	const struct alt *alts;
	size_t count;
};

enum section {
	SECTION_IDENTITY,
	SECTION_PORTS,
	SECTION_SENSORS,
	SECTION_PROCESSORS,
	SECTION_MEMPOOLS,
	SECTION_STORAGE,
	SECTION_NEIGHBOURS,
	SECTION_TEXTS,
	SECTION_COUNT,
};

enum field_name {
	FIELD_DESCR,
	/* identity */
	FIELD_VERSION,
	FIELD_MODEL,
	FIELD_SERIAL,
	FIELD_SYSNAME,
	FIELD_FEATURES,
	FIELD_VENDOR,
	/* ports */
	FIELD_IF_INDEX,
	FIELD_IF_NAME,
	FIELD_IF_ALIAS,
	FIELD_IF_TYPE,
	FIELD_IF_ADMIN,
	FIELD_IF_OPER,
	FIELD_IF_SPEED,
	FIELD_IF_MTU,
	FIELD_IF_PHYS,
	/* sensors */
	FIELD_CLASS,
	FIELD_VALUE,
	FIELD_UNIT,
	FIELD_EXPONENT,
	FIELD_PRECISION,
	FIELD_PERCENT_OF,
	FIELD_DIVIDE_BY,
	FIELD_METRIC,
	FIELD_LOW_CRITICAL, /* in the order of enum device_limit */
	FIELD_LOW_WARN,
	FIELD_HIGH_WARN,
	FIELD_HIGH_CRITICAL,
	/* processors, mempools, storage */
	FIELD_USAGE,
	FIELD_USED,
	FIELD_TOTAL,
	FIELD_FREE,
	FIELD_PERC,
	FIELD_UNITS,
	FIELD_LESS,
	FIELD_LESS_TOO,
	/* neighbours */
	FIELD_PROTOCOL,
	FIELD_LOCAL_PORT,
	FIELD_REMOTE_HOST,
	FIELD_REMOTE_PORT,
	FIELD_REMOTE_PLATFORM,
	FIELD_REMOTE_ADDRESS,
	/* texts */
	FIELD_NAME,
	FIELD_TEXT,
	FIELD_COUNT,
};

enum transform {
	AS_IS,
	AS_DBM_FROM_UW,
	AS_DBM_FROM_MW,
	AS_CELSIUS_FROM_FAHRENHEIT,
	AS_IDLE, /* 100 less the value */
};

struct state {
	struct slice key; /* the value that means this */
	enum device_severity severity;
	struct slice label;
	struct slice number; /* what a text stands for; may be empty */
};

struct states {
	struct slice name; /* of a set that several rules share */
	const struct state *items;
	size_t count;
};

struct rule {
	enum section section;
	const struct ref *each; /* candidates; the first that has rows is walked */
	size_t each_count;
	struct conds when; /* of the device */
	struct conds only; /* of a row: all of them */
	struct conds skip; /* of a row: none of them */
	struct field field[FIELD_COUNT];
	double divisor;
	double multiplier;
	enum transform as;
	struct states states;
	bool fallback; /* only while its section is empty */
};

struct match {
	const struct oid *object_ids; /* any of them; none = all devices */
	size_t object_id_count;
	struct conds only;
};

/** An object, or a column, that something in the file asks for. */
struct want {
	const struct want *next;
	struct oid oid;
};

struct profile {
	const struct want *wants; /* in no order, one as often as it is named */
	struct slice name;
	struct slice os;
	struct slice vendor;
	int order;
	int priority;
	bool generic;
	bool fdb_per_vlan; /* a forwarding table of each VLAN, none of all */
	const struct match *matches;
	size_t match_count;
	const struct slice *include_names;
	const struct profile **includes;
	size_t include_count;
	const struct slice *excludes; /* generic ones that would mislead here */
	size_t exclude_count;
	struct words oids; /* name → dotted text */
	const struct words *maps;
	size_t map_count;
	const struct states *state_sets;
	size_t state_set_count;
	struct words enterprises; /* number → vendor */
	const struct rule *rules;
	size_t rule_count;
};

struct profiles {
	struct arena *arena;
	struct profile **items; /* by order, then as loaded */
	size_t count;
	pcre2_match_context *limits;
	pcre2_code **regexes;
	size_t regex_count;
	size_t regex_room;
};

/* ---- while one file is compiled */

struct compile {
	struct profiles *profiles;
	struct profile *profile;
	yaml_document_t *doc;
	struct diag_list *diags;
	const char *source;
	bool bad;
};

/** Name a mistake at a node. */
PRINTF_LIKE(3, 4)
void compile_complain(struct compile *c, const yaml_node_t *at, const char *format, ...);
/** NULL for a mapping without it. */
const yaml_node_t *compile_get(struct compile *c, const yaml_node_t *map, const char *key);
/** A scalar's text in the arena; a mistake and empty for anything else but NULL. */
struct slice compile_text(struct compile *c, const yaml_node_t *node);
/** Items of a list, or the one node that stands for a list of one. */
size_t compile_count(const yaml_node_t *node);
const yaml_node_t *compile_item(struct compile *c, const yaml_node_t *node, size_t at);
struct slice compile_dup(struct compile *c, struct slice text);

/** `name`, `name.0`, `1.3.6…`, each with `:PARTS`, `*` or `@REF` behind it. */
const struct ref *compile_ref(struct compile *c, struct slice text, const yaml_node_t *at);
struct oid compile_oid(struct compile *c, struct slice text, const yaml_node_t *at);
/** bare: a text without braces is a reference itself, or a whole number. */
struct template compile_template(
	struct compile *c, struct slice text, bool bare, const yaml_node_t *at);
struct conds compile_conds(struct compile *c, const yaml_node_t *list);
const pcre2_code *compile_regex(struct compile *c, const yaml_node_t *node);
const pcre2_code *compile_pattern(
	struct compile *c, struct slice pattern, const yaml_node_t *at);
struct words compile_words(struct compile *c, const yaml_node_t *map);
/** `2: [ok, running]`, or `GREEN: [ok, green, 1]` for a text and what it stands for. */
struct states compile_states(struct compile *c, const yaml_node_t *map);
/** Rules of all sections of the file. */
void compile_rules(struct compile *c, const yaml_node_t *root);

/* ---- what a rule sees of the device */

enum {
	EVAL_TEXT_MAX = 2048,
	EVAL_STEPS_REGEX = 32, /* what a pattern costs, in references */
};

struct eval {
	const struct profiles *profiles;
	const struct mib_table *table;
	struct oid index;
	const struct mib_value *value; /* NULL outside a walk */
	pcre2_match_data *found;
	size_t *steps_left; /* of the whole device; at 0 nothing is there any more */
};

/** Append a reference's text.  Returns: false when it is absent or says nothing. */
bool eval_ref(
	const struct eval *eval, const struct ref *ref, enum filter filter, struct buf *buf);
/** Append the text; nothing, and false, when one of its references is absent. */
bool eval_template(const struct eval *eval, const struct template *template, struct buf *buf);
bool eval_all(const struct eval *eval, const struct conds *conds);
bool eval_any(const struct eval *eval, const struct conds *conds);
/** The text of the first way that gives any; buf is cleared first. */
bool eval_field(const struct eval *eval, const struct field *field, struct buf *buf);
/** As eval_field, for a number in front of the text. */
bool eval_number(const struct eval *eval, const struct field *field, double *ret_number);
/** The number that a text begins with. */
bool eval_leading_number(struct slice text, double *ret_number);
