/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/fill.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "paper/clean.h"

/* ---- tags */

static int tag_read(struct slice body, enum fill_tag *ret_tag, struct slice *ret_name)
{
	static const struct {
		const char *word;
		enum fill_tag tag;
	} words[] = { { "#if ", FILL_IF }, { "#each ", FILL_EACH }, { "/if", FILL_END_IF },
		{ "/each", FILL_END_EACH } };
	*ret_tag = FILL_FIELD;
	*ret_name = slice_trim(body);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_starts(*ret_name, slice_str(words[i].word))) {
			*ret_tag = words[i].tag;
			*ret_name = slice_trim(slice_skip(*ret_name, strlen(words[i].word)));
			break;
		}
	}
	bool end = *ret_tag == FILL_END_IF || *ret_tag == FILL_END_EACH;
	bool fine = end ? ret_name->n == 0 : ret_name->n > 0 && ret_name->n <= FILL_NAME_MAX;
	for (size_t i = 0; i < ret_name->n; i++) {
		uint8_t c = ret_name->p[i];
		fine = fine && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
				       (c == '@' && i == 0));
	}
	return fine ? 1 : E_FORMAT;
}

int fill_find(struct slice text, size_t *ret_at, size_t *ret_octets, enum fill_tag *ret_tag,
	struct slice *ret_name, struct diag *diag)
{
	size_t at = slice_find(text, SLICE("{{"));
	if (at == SIZE_MAX) {
		return 0;
	}
	struct slice rest = slice_skip(text, at + 2);
	size_t end = slice_find(rest, SLICE("}}"));
	if (end == SIZE_MAX) {
		return diag_set(diag, E_FORMAT, 0, 0, "{{%.*s is not closed by }}",
			SLICE_FMT(slice_head(rest, 40)));
	}
	if (tag_read(slice_head(rest, end), ret_tag, ret_name) < 0) {
		return diag_set(diag, E_FORMAT, 0, 0, "{{%.*s}} names no field",
			SLICE_FMT(slice_head(rest, end < 60 ? end : 60)));
	}
	*ret_at = at;
	*ret_octets = end + 4;
	return 1;
}

/* ---- fields */

/* Of members of the same name the last counts, as for json_get. */
static const struct json *member(const struct json *object, struct slice name)
{
	const struct json *found = NULL;
	for (const struct json *m = json_first(object); m != NULL; m = json_next(m)) {
		found = slice_eq(json_name(m), name) ? m : found;
	}
	return found;
}

/* The place nearest to this one that knows the name. */
static const struct fill *knows(const struct fill *fill, struct slice name)
{
	while (fill != NULL && member(fill->fields, name) == NULL) {
		fill = fill->outer;
	}
	return fill;
}

/* The kind stands first: ["text?", "words"], ["list", "words", {fields of an item}]. */
static struct slice kind_of(const struct json *field)
{
	return json_str(json_first(field));
}

struct slice fill_kind(const struct fill *fill, struct slice name)
{
	bool own = name.n > 0 && name.p[0] == '@';
	if (own) {
		return slice_is(name, "@n") || slice_is(name, "@zh") ? SLICE("int") : SLICE("");
	}
	const struct fill *at = knows(fill, name);
	struct slice kind = at == NULL ? SLICE("") : kind_of(member(at->fields, name));
	/* A list is walked where it stands: lists of outer places would multiply each other. */
	return at != fill && slice_starts(kind, SLICE("list")) ? SLICE("") : kind;
}

static const struct json *value_of(const struct fill *fill, struct slice name)
{
	const struct fill *at = knows(fill, name);
	return at == NULL ? NULL : member(at->data, name);
}

bool fill_says(const struct fill *fill, struct slice name)
{
	const struct json *value = value_of(fill, name);
	switch (json_type(value)) {
	case JSON_STRING:
		return slice_trim(json_str(value)).n > 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return json_count(value) > 0;
	case JSON_INT:
	case JSON_NUMBER:
		return true;
	case JSON_BOOL: {
		bool yes = false;
		return json_bool(value, &yes) && yes;
	}
	case JSON_NULL:
	case JSON_ABSENT:
		break;
	}
	return false;
}

const struct json *fill_list(
	const struct fill *fill, struct slice name, const struct json **ret_fields)
{
	const struct json *field = member(fill->fields, name);
	if (!slice_starts(kind_of(field), SLICE("list"))) {
		return NULL;
	}
	*ret_fields = json_next(json_next(json_first(field)));
	return member(fill->data, name);
}

struct fill fill_item(const struct fill *outer, const struct json *fields,
	const struct json *item, unsigned n)
{
	return (struct fill) { .fields = fields,
		.data = item,
		.outer = outer,
		.n = n,
		.depth = outer->depth + 1 };
}

/* ---- texts */

static void value_put(
	const struct fill *fill, struct slice name, struct arena *arena, struct buf *out)
{
	const struct json *value = value_of(fill, name);
	bool yes = false;
	if (slice_is(name, "@n")) {
		buf_printf(out, "%u", fill->n);
	} else if (slice_is(name, "@zh")) {
		char numeral[NUM_ZH_ROOM];
		num_zh(fill->n, numeral);
		buf_put_str(out, numeral);
	} else if (json_type(value) == JSON_STRING) {
		buf_put(out, slice_trim(fill_clean(arena, json_str(value))));
	} else if (json_bool(value, &yes)) {
		buf_put_str(out, yes ? "是" : "否");
	} else {
		buf_put(out, json_number_text(value));
	}
}

static int put(const struct fill *fill, struct slice text, struct arena *arena, struct buf *out,
	struct diag *diag);

/* What stands between a tag that opens and the one that closes it; *text is left behind both. */
static int inner_take(
	struct slice *text, enum fill_tag open, struct slice *ret_inner, struct diag *diag)
{
	struct slice left = *text;
	unsigned depth = 1;
	enum fill_tag close = open == FILL_IF ? FILL_END_IF : FILL_END_EACH;
	while (depth > 0) {
		size_t at = 0;
		size_t octets = 0;
		enum fill_tag tag = FILL_FIELD;
		struct slice name = { 0 };
		int found = fill_find(left, &at, &octets, &tag, &name, diag);
		if (found <= 0) {
			return found < 0 ? found
					 : diag_set(diag, E_FORMAT, 0, 0, "%s is not closed",
						   open == FILL_IF ? "{{#if}}" : "{{#each}}");
		}
		depth += tag == open ? 1 : 0;
		depth -= tag == close ? 1 : 0;
		if (depth == 0) {
			*ret_inner = slice_of(text->p, (size_t)(left.p - text->p) + at);
		}
		left = slice_skip(left, at + octets);
	}
	*text = left;
	return 0;
}

static int each_put(const struct fill *fill, struct slice name, struct slice inner,
	struct arena *arena, struct buf *out)
{
	const struct json *fields = NULL;
	const struct json *list = fill_list(fill, name, &fields);
	unsigned n = 0;
	int error = 0;
	for (const struct json *i = json_first(list); i != NULL && error == 0;
		i = json_next(i)) {
		struct fill item = fill_item(fill, fields, i, ++n);
		error = put(&item, inner, arena, out, NULL);
	}
	return error;
}

static int unknown(
	const struct fill *fill, enum fill_tag tag, struct slice name, struct diag *diag)
{
	struct slice kind = fill_kind(fill, name);
	bool list = slice_starts(kind, SLICE("list"));
	if (kind.n == 0) {
		return diag_set(diag, E_ABSENT, 0, 0, "{{%.*s}} is no field of this paper",
			SLICE_FMT(name));
	}
	if ((tag == FILL_EACH && !list) || (tag == FILL_FIELD && list)) {
		return diag_set(diag, E_ABSENT, 0, 0, "{{%.*s}} is %s list", SLICE_FMT(name),
			list ? "a" : "no");
	}
	return 0;
}

/* Broken inner texts are told even when nothing comes of them. */
static int inner_check(const struct fill *fill, struct slice name, struct slice inner,
	struct arena *arena, struct diag *diag)
{
	AUTO_BUF struct buf waste;
	const struct json *fields = NULL;
	buf_init(&waste, FILL_TEXT_OCTETS_MAX);
	if (fill->depth >= FILL_DEPTH_MAX) {
		return diag_set(diag, E_FORMAT, 0, 0, "lists within lists within lists");
	}
	(void)fill_list(fill, name, &fields);
	struct fill item = fill_item(fill, fields, NULL, 1);
	return put(&item, inner, arena, &waste, diag);
}

static int put(const struct fill *fill, struct slice text, struct arena *arena, struct buf *out,
	struct diag *diag)
{
	while (text.n > 0) {
		size_t at = 0;
		size_t octets = 0;
		enum fill_tag tag = FILL_FIELD;
		struct slice name = { 0 };
		struct slice inner = { 0 };
		int found = fill_find(text, &at, &octets, &tag, &name, diag);
		if (found <= 0) {
			buf_put(out, text);
			return found;
		}
		buf_put(out, slice_head(text, at));
		text = slice_skip(text, at + octets);
		if (tag == FILL_END_IF || tag == FILL_END_EACH) {
			return diag_set(diag, E_FORMAT, 0, 0, "a tag closes what is not open");
		}
		int error = unknown(fill, tag, name, diag);
		if (error == 0 && tag != FILL_FIELD) {
			error = inner_take(&text, tag, &inner, diag);
		}
		if (error == 0 && tag == FILL_EACH) {
			error = inner_check(fill, name, inner, arena, diag);
			error = error < 0 ? error : each_put(fill, name, inner, arena, out);
		} else if (error == 0 && tag == FILL_IF) {
			AUTO_BUF struct buf waste;
			buf_init(&waste, FILL_TEXT_OCTETS_MAX);
			error = put(
				fill, inner, arena, fill_says(fill, name) ? out : &waste, diag);
		} else if (error == 0) {
			value_put(fill, name, arena, out);
		}
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

int fill_text(const struct fill *fill, struct slice text, struct arena *arena,
	struct slice *ret_text, struct diag *diag)
{
	AUTO_BUF struct buf out;
	buf_init(&out, FILL_TEXT_OCTETS_MAX);
	int error = put(fill, text, arena, &out, diag);
	if (error == 0 && out.failed) {
		error = diag_set(diag, E_LIMIT, 0, 0, "a text is longer than %d octets",
			FILL_TEXT_OCTETS_MAX);
	}
	if (error == 0) {
		*ret_text = arena_dup(arena, buf_slice(&out));
	}
	return error;
}

/* ---- data */

static bool fits(struct slice kind, const struct json *value)
{
	enum json_type type = json_type(value);
	if (slice_starts(kind, SLICE("int"))) {
		return type == JSON_INT;
	}
	if (slice_starts(kind, SLICE("bool"))) {
		return type == JSON_BOOL;
	}
	return slice_starts(kind, SLICE("list")) ? type == JSON_ARRAY : type == JSON_STRING;
}

static int wrong(struct diag *diag, struct slice path, struct slice name, const char *what)
{
	return diag_set(
		diag, E_INPUT, 0, 0, "%.*s%.*s %s", SLICE_FMT(path), SLICE_FMT(name), what);
}

static int object_check(struct arena *arena, struct slice path, const struct json *fields,
	const struct json *data, struct diag *diag);

static int items_check(struct arena *arena, struct slice path, const struct json *field,
	const struct json *list, struct diag *diag)
{
	const struct json *fields = json_next(json_next(json_first(field)));
	unsigned n = 0;
	int error = 0;
	if (json_count(list) > FILL_ITEMS_MAX) {
		return wrong(diag, path, json_name(field), "has more items than a paper holds");
	}
	for (const struct json *i = json_first(list); i != NULL && error == 0;
		i = json_next(i)) {
		struct slice at = arena_printf(arena, "%.*s%.*s[%u].", SLICE_FMT(path),
			SLICE_FMT(json_name(field)), n++);
		error = object_check(arena, at, fields, i, diag);
	}
	return error;
}

static int object_check(struct arena *arena, struct slice path, const struct json *fields,
	const struct json *data, struct diag *diag)
{
	if (json_type(data) != JSON_OBJECT) {
		return wrong(diag, path, SLICE(""), "is no object");
	}
	for (const struct json *f = json_first(fields); f != NULL; f = json_next(f)) {
		struct slice kind = kind_of(f);
		const struct json *value = member(data, json_name(f));
		bool may_lack = slice_ends(kind, SLICE("?"));
		bool none = json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL;
		if (none && may_lack) {
			continue;
		}
		bool blank =
			json_type(value) == JSON_STRING && slice_trim(json_str(value)).n == 0;
		if (none || (blank && !may_lack)) {
			return wrong(diag, path, json_name(f), "is missing");
		}
		if (!fits(kind, value)) {
			return wrong(diag, path, json_name(f), "is of another type");
		}
		int error = slice_starts(kind, SLICE("list"))
				    ? items_check(arena, path, f, value, diag)
				    : 0;
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

int fill_check(const struct json *fields, const struct json *data, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	return object_check(arena, (struct slice) { 0 }, fields, data, diag);
}

struct slice fill_clean(struct arena *arena, struct slice text)
{
	if (clean_already(text)) {
		return text;
	}
	AUTO_BUF struct buf out;
	buf_init(&out, text.n + 16);
	clean_put(&out, text);
	return arena_dup(arena, buf_slice(&out));
}
