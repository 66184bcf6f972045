/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The one JSON reader of the house: strict RFC 8259 (UTF-8 and number grammar
 * checked, no NaN, no comments, no trailing commas), 64-bit integers exact,
 * every value reachable.  The whole text is checked before the root is given;
 * nothing is parsed lazily.  Values are immutable and live in the arena.
 *
 * Every accessor takes NULL and a value of another type and then answers
 * "absent", so a chain of gets needs one check at its end.
 *
 * Layer: base.  Threading: reentrant.  Fuzz target: fuzz/json.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct diag;
struct json;

enum json_type {
	JSON_ABSENT, /* json_type(NULL) */
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,    /* fits int64_t and was written without fraction or exponent; -0 too */
	JSON_NUMBER, /* every other number */
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/** Nesting allowed when 0 is asked for, and the most that can be asked for. */
enum { JSON_DEPTH_DEFAULT = 64, JSON_DEPTH_MAX = 1024 };

/**
 * Parse one JSON text.
 *
 * Source:  RFC 8259; duplicate names are kept in order, json_get finds the last.
 *          A byte order mark is refused (section 8.1 allows it).
 * Shape:   text is the whole input, at most 2^32-1 octets; strings without
 *          escapes are borrowed from it, so it must outlive the arena's use.
 *          Takes at most about eight times the text from the arena, and keeps
 *          what it took when it refuses.
 * Owns:    *ret_root belongs to the arena.
 * Returns: 0, or E_SHORT (ends too early), E_FORMAT, E_UTF8 (also half a
 *          surrogate pair), E_DEPTH, E_LIMIT (arena full) with diag->offset at
 *          the first wrong octet: where a bad sequence or escape pair starts,
 *          and the text's length for E_SHORT.
 */
NODISCARD int json_parse(struct arena *arena, struct slice text, unsigned depth_max,
	const struct json **ret_root, struct diag *diag);

enum json_type json_type(const struct json *value);

/** Member of an object by name; NULL when absent. */
const struct json *json_get(const struct json *object, const char *name);
/** Members of an object, or items of an array. */
size_t json_count(const struct json *container);
/** First child, and the one after; NULL at the end.  For objects the child is the value. */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *child);
/** Name of an object's member, decoded; empty for array items. */
struct slice json_name(const struct json *member);

/** Decoded string; empty slice when it is not one. */
struct slice json_str(const struct json *value);
/** The number as written; empty when it is not one. */
struct slice json_number_text(const struct json *value);
/** Exact; false when not JSON_INT.  -0 gives 0; its text and its double keep the sign. */
NODISCARD bool json_int(const struct json *value, int64_t *ret_value);
/** Any number, to the nearest double; false when not a number, or past the largest double. */
NODISCARD bool json_double(const struct json *value, double *ret_value);
NODISCARD bool json_bool(const struct json *value, bool *ret_value);

/** json_str(json_get(object, name)). */
struct slice json_get_str(const struct json *object, const char *name);
/** json_int of a member, or the given value when it is absent or no integer. */
int64_t json_get_int(const struct json *object, const char *name, int64_t otherwise);
bool json_get_bool(const struct json *object, const char *name, bool otherwise);
