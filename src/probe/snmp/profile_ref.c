/* SPDX-License-Identifier: Apache-2.0 */
/* References, templates and conditions out of a profile's text. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "probe/snmp/profile.h"
#include "probe/snmp/profile_priv.h"

enum { PIECES_MAX = 32, AT_DEPTH_MAX = 4 };

static struct slice word_of(const struct words *words, struct slice key)
{
	for (size_t i = 0; i < words->count; i++) {
		if (slice_eq(words->items[i].key, key)) {
			return words->items[i].word;
		}
	}
	return (struct slice) { 0 };
}

static bool included(const struct profile *profile, struct slice name)
{
	for (size_t i = 0; i < profile->include_count; i++) {
		if (slice_eq(profile->include_names[i], name)) {
			return true;
		}
	}
	return false;
}

/* The dotted text behind a name: the file's own, then of what it includes or all share. */
static struct slice named(const struct compile *c, struct slice name)
{
	struct slice text = word_of(&c->profile->oids, name);
	for (size_t i = 0; text.n == 0 && i < c->profiles->count; i++) {
		const struct profile *other = c->profiles->items[i];
		if (other->generic || included(c->profile, other->name)) {
			text = word_of(&other->oids, name);
		}
	}
	return text;
}

struct oid compile_oid(struct compile *c, struct slice text, const yaml_node_t *at)
{
	struct oid_room oid = { 0 };
	struct oid_room more = { 0 };
	struct slice name = text;
	struct slice tail = { 0 };
	bool letter = text.n > 0 && (text.p[0] | 0x20) >= 'a' && (text.p[0] | 0x20) <= 'z';
	int error = 0;
	if (letter) {
		bool dot = slice_cut(text, '.', &name, &tail);
		error = oid_parse(named(c, dot ? name : text), &oid);
		error = error < 0 || !dot ? error : oid_parse(tail, &more);
		error = error < 0 ? error : oid_append(&oid, oid_of(&more));
	} else {
		error = oid_parse(text, &oid);
	}
	if (error < 0) {
		compile_complain(
			c, at, "'%.*s' is no object we know", SLICE_FMT(slice_head(text, 60)));
		return (struct oid) { 0 };
	}
	uint32_t *ids = arena_take(c->profiles->arena, oid.n * sizeof(*ids));
	memcpy(ids, oid.id, oid.n * sizeof(*ids));
	return (struct oid) { ids, oid.n };
}

/* "2", "-1" or "1..3". */
static bool parts_take(struct slice text, struct ref *ref)
{
	struct slice left = text;
	struct slice right = { 0 };
	size_t dots = slice_find(text, SLICE(".."));
	int64_t from = 0;
	int64_t to = 0;
	if (dots != SIZE_MAX) {
		left = slice_head(text, dots);
		right = slice_skip(text, dots + 2);
	}
	if (num_i64(left, -OID_IDS_MAX, OID_IDS_MAX, &from) < 0 || from == 0) {
		return false;
	}
	to = from;
	if (dots != SIZE_MAX &&
		(num_i64(right, -OID_IDS_MAX, OID_IDS_MAX, &to) < 0 || to == 0)) {
		return false;
	}
	ref->from = (int)from;
	ref->to = (int)to;
	return true;
}

/* Of NAME.TAIL the column NAME: what is walked is what lies below. */
static void want_note(struct compile *c, struct slice text, struct oid oid)
{
	struct slice name = text;
	struct slice tail = { 0 };
	struct oid_room room = { 0 };
	struct want *want = arena_take(c->profiles->arena, sizeof(*want));
	bool letter = (text.p[0] | 0x20) >= 'a' && (text.p[0] | 0x20) <= 'z';
	if (letter && slice_cut(text, '.', &name, &tail) &&
		oid_parse(named(c, name), &room) == 0) {
		oid.n = room.n;
	} else if (oid.n > 0 && oid.id[oid.n - 1] == 0) {
		oid.n--;
	}
	*want = (struct want) { c->profile->wants, oid };
	c->profile->wants = oid.n > 0 ? want : c->profile->wants;
}

static struct ref ref_of(
	struct compile *c, struct slice text, const yaml_node_t *at, unsigned depth)
{
	struct ref ref = { .kind = REF_ROW };
	struct slice base = text;
	struct slice more = { 0 };
	bool pointed = slice_cut(text, '@', &base, &more);
	base = pointed ? base : text;
	if (pointed && depth < AT_DEPTH_MAX) {
		struct ref *behind = arena_take(c->profiles->arena, sizeof(*behind));
		*behind = ref_of(c, more, at, depth + 1);
		ref.kind = REF_AT;
		ref.at = behind;
	}
	struct slice parts = { 0 };
	struct slice whole = base;
	bool cut = slice_cut(base, ':', &whole, &parts);
	whole = cut ? whole : base;
	bool first = !cut && slice_ends(whole, SLICE("*"));
	whole = first ? slice_head(whole, whole.n - 1) : whole;
	if ((cut && !parts_take(parts, &ref)) || (pointed && (cut || ref.at == NULL)) ||
		whole.n == 0) {
		compile_complain(
			c, at, "'%.*s' is no reference", SLICE_FMT(slice_head(text, 60)));
		return ref;
	}
	if (slice_is(whole, "index")) {
		ref.kind = REF_INDEX;
	} else if (slice_is(whole, "value")) {
		ref.kind = REF_VALUE;
	} else {
		ref.oid = compile_oid(c, whole, at);
		want_note(c, whole, ref.oid);
		ref.kind = first                                                ? REF_FIRST
			   : !pointed && !cut && slice_ends(whole, SLICE(".0")) ? REF_SCALAR
										: ref.kind;
	}
	return ref;
}

const struct ref *compile_ref(struct compile *c, struct slice text, const yaml_node_t *at)
{
	struct ref *ref = arena_take(c->profiles->arena, sizeof(*ref));
	*ref = ref_of(c, slice_trim(text), at, 0);
	return ref;
}

static bool filter_of(struct slice name, enum filter *ret_filter)
{
	static const struct {
		const char *name;
		enum filter filter;
	} filters[] = {
		{ "hex", FILTER_HEX },
		{ "ip", FILTER_IP },
		{ "string", FILTER_STRING },
		{ "plain", FILTER_PLAIN },
		{ "number", FILTER_NUMBER },
		{ "ascii", FILTER_ASCII },
		{ "u32", FILTER_U32 },
	};
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (slice_is(name, filters[i].name)) {
			*ret_filter = filters[i].filter;
			return true;
		}
	}
	return false;
}

static struct piece piece_of(struct compile *c, struct slice inside, const yaml_node_t *at)
{
	struct piece piece = { 0 };
	struct slice name = inside;
	struct slice filter = { 0 };
	bool cut = slice_cut(inside, '|', &name, &filter);
	if (cut && !filter_of(filter, &piece.filter)) {
		compile_complain(c, at, "no filter '%.*s'", SLICE_FMT(slice_head(filter, 40)));
	}
	piece.ref = compile_ref(c, cut ? name : inside, at);
	return piece;
}

static bool digits_only(struct slice text)
{
	uint64_t number = 0;
	return num_u64(text, UINT64_MAX, &number) == 0;
}

struct template compile_template(
	struct compile *c, struct slice text, bool bare, const yaml_node_t *at)
{
	struct piece pieces[PIECES_MAX];
	size_t count = 0;
	struct slice left = compile_dup(c, text);
	if (bare && slice_find(text, SLICE("{")) == SIZE_MAX && !digits_only(text)) {
		pieces[count++] = piece_of(c, left, at);
		left.n = 0;
	}
	while (left.n > 0) {
		struct slice literal = left;
		struct slice after = { 0 };
		struct slice inside = { 0 };
		bool open = slice_cut(left, '{', &literal, &after);
		literal = open ? literal : left;
		if (count + 2 > PIECES_MAX ||
			(open && !slice_cut(after, '}', &inside, &left))) {
			compile_complain(c, at, "a text with too many braces, or too few");
			break;
		}
		if (literal.n > 0) {
			pieces[count++] = (struct piece) { .literal = literal };
		}
		if (open) {
			pieces[count++] = piece_of(c, inside, at);
		} else {
			left.n = 0;
		}
	}
	struct piece *kept = arena_take(c->profiles->arena, (count + 1) * sizeof(*kept));
	memcpy(kept, pieces, count * sizeof(*kept));
	return (struct template) { kept, count };
}

const pcre2_code *compile_pattern(
	struct compile *c, struct slice pattern, const yaml_node_t *at)
{
	struct profiles *p = c->profiles;
	int number = 0;
	PCRE2_SIZE offset = 0;
	pcre2_code *code = pcre2_compile(
		pattern.p, pattern.n, PCRE2_DOLLAR_ENDONLY, &number, &offset, NULL);
	if (code == NULL) {
		PCRE2_UCHAR words[120] = "";
		(void)pcre2_get_error_message(number, words, sizeof(words));
		compile_complain(c, at, "the pattern: %s", (const char *)words);
		return NULL;
	}
	if (p->regex_count == p->regex_room) {
		size_t room = p->regex_room == 0 ? 64 : 2 * p->regex_room;
		p->regexes = reallocarray(p->regexes, room, sizeof(pcre2_code *));
		p->regex_room = room;
	}
	if (p->regexes == NULL) {
		abort();
	}
	p->regexes[p->regex_count++] = code;
	return code;
}

const pcre2_code *compile_regex(struct compile *c, const yaml_node_t *node)
{
	return node == NULL ? NULL : compile_pattern(c, compile_text(c, node), node);
}

static const struct {
	const char *sign;
	enum op op;
} ops[] = {
	{ " = ", OP_EQ },
	{ " != ", OP_NE },
	{ " < ", OP_LT },
	{ " > ", OP_GT },
	{ " <= ", OP_LE },
	{ " >= ", OP_GE },
	{ " ~ ", OP_MATCH },
	{ " !~ ", OP_NO_MATCH },
	{ " exists", OP_EXISTS },
	{ " absent", OP_ABSENT },
};

/* The operator that comes first is meant; what a pattern says behind it is its own. */
static struct cond cond_of(struct compile *c, struct slice text, const yaml_node_t *at)
{
	size_t where = SIZE_MAX;
	size_t which = 0;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		size_t found = slice_find(text, slice_str(ops[i].sign));
		if (found < where) {
			where = found;
			which = i;
		}
	}
	struct cond cond = { .op = ops[which].op };
	if (where == SIZE_MAX) {
		compile_complain(c, at, "a condition is 'LEFT OPERATOR RIGHT'");
		return cond;
	}
	cond.left = compile_template(c, slice_head(text, where), true, at);
	cond.right = compile_dup(
		c, slice_trim(slice_skip(text, where + slice_str(ops[which].sign).n)));
	if (cond.op == OP_MATCH || cond.op == OP_NO_MATCH) {
		cond.regex = compile_pattern(c, cond.right, at);
	}
	return cond;
}

struct conds compile_conds(struct compile *c, const yaml_node_t *list)
{
	size_t count = compile_count(list);
	if (count > PROFILE_ITEMS_MAX) {
		compile_complain(c, list, "more than %d conditions", PROFILE_ITEMS_MAX);
		count = 0;
	}
	struct cond *items = arena_take(c->profiles->arena, (count + 1) * sizeof(*items));
	for (size_t i = 0; i < count; i++) {
		const yaml_node_t *node = compile_item(c, list, i);
		items[i] = cond_of(c, compile_text(c, node), node);
	}
	return (struct conds) { items, count };
}
