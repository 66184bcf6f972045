/* SPDX-License-Identifier: Apache-2.0 */
#include "json_oracle.h"

#include "base/arena.h"
#include "base/json.h"

enum { PLAIN_MAX = 1 << 24 };

static const struct json *with_name(const struct json *object, struct slice name, bool last)
{
	const struct json *found = NULL;
	for (const struct json *m = json_first(object); m != NULL; m = json_next(m)) {
		if (slice_eq(json_name(m), name)) {
			found = m;
			if (!last) {
				break;
			}
		}
	}
	return found;
}

static void put_string(struct buf *plain, struct slice text)
{
	buf_printf(plain, "s%zu:", text.n);
	buf_put(plain, text);
}

static void put_number(struct buf *plain, const struct json *value)
{
	int64_t i = 0;
	double d = 0;
	if (json_int(value, &i)) {
		buf_printf(plain, "i%lld;", (long long)i);
	} else if (json_double(value, &d)) {
		buf_printf(plain, "d%a;", d);
	} else {
		buf_put_str(plain, "?");
	}
}

static void put_value(struct buf *plain, const struct json *value);

static void put_items(struct buf *plain, const struct json *array) // NOLINT(misc-no-recursion)
{
	buf_put_str(plain, "[");
	for (const struct json *at = json_first(array); at != NULL; at = json_next(at)) {
		put_value(plain, at);
	}
	buf_put_str(plain, "]");
}

static void put_members(
	struct buf *plain, const struct json *object) // NOLINT(misc-no-recursion)
{
	buf_put_str(plain, "{");
	for (const struct json *at = json_first(object); at != NULL; at = json_next(at)) {
		if (with_name(object, json_name(at), false) == at) {
			put_string(plain, json_name(at));
			put_value(plain, with_name(object, json_name(at), true));
		}
	}
	buf_put_str(plain, "}");
}

static void put_value(struct buf *plain, const struct json *value) // NOLINT(misc-no-recursion)
{
	bool truth = false;
	switch (json_type(value)) {
	case JSON_NULL:
		buf_put_str(plain, "n");
		break;
	case JSON_BOOL:
		buf_put_str(plain, json_bool(value, &truth) && truth ? "t" : "f");
		break;
	case JSON_INT:
	case JSON_NUMBER:
		put_number(plain, value);
		break;
	case JSON_STRING:
		put_string(plain, json_str(value));
		break;
	case JSON_ARRAY:
		put_items(plain, value);
		break;
	case JSON_OBJECT:
		put_members(plain, value);
		break;
	case JSON_ABSENT:
	default:
		buf_put_str(plain, "?");
	}
}

const char *json_oracle_differs(struct slice text)
{
	AUTO_BUF struct buf theirs;
	AUTO_BUF struct buf ours;
	buf_init(&theirs, PLAIN_MAX);
	buf_init(&ours, PLAIN_MAX);
	bool bare_nul = text.n > 0 && memchr(text.p, '\0', text.n) != NULL;
	enum oracle_answer answer = bare_nul ? ORACLE_REFUSED : oracle_jansson(text, &theirs);
	if (answer == ORACLE_CANNOT) {
		return NULL;
	}
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	/* jansson stops at 2,048 levels; both refuse what is deeper than ours. */
	int error = json_parse(arena, text, JSON_DEPTH_MAX, &root, NULL);
	if (error < 0) {
		return answer == ORACLE_READ ? "jansson reads it, we refuse it" : NULL;
	}
	if (answer == ORACLE_REFUSED) {
		return "jansson refuses it, we read it";
	}
	put_value(&ours, root);
	return slice_eq(buf_slice(&ours), buf_slice(&theirs)) ? NULL : "it is read otherwise";
}
