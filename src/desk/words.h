/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading a request's body: text with limits, ids that must exist, words of an
 * enumeration; and the timeline a person reads.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/** A missing or blank required text is refused with "input.required". */
enum words_need { WORDS_OPTIONAL, WORDS_REQUIRED };

/**
 * Text member, trimmed; without control characters but line feeds.
 *
 * Shape:   at most max characters (code points).
 * Returns: 0, or E_INPUT refused with input.required, input.too_long or input.text.
 */
NODISCARD int words_text(struct desk *desk, const char *field, enum words_need need, size_t max,
	struct slice *ret_text);

/**
 * Id member of a table with an id column; 0 when absent and optional.
 *
 * Shape:   table is a name of our schema.
 * Returns: 0, or E_INPUT refused with input.required or input.unknown.
 */
NODISCARD int words_id(struct desk *desk, const char *field, enum words_need need,
	const char *table, int64_t *ret_id);

/**
 * One of the words; `otherwise` when absent (NULL = required).
 *
 * Shape:   words is NULL-ended.
 * Returns: 0, or E_INPUT refused with input.required or input.word.
 */
NODISCARD int words_choice(struct desk *desk, const char *field, const char *const words[],
	const char *otherwise, struct slice *ret_word);

/** Integer member between min and max; `otherwise` when absent. */
NODISCARD int words_int(struct desk *desk, const char *field, int64_t min, int64_t max,
	int64_t otherwise, int64_t *ret_value);

/** Has the text at least min characters (code points)? */
bool words_enough(struct slice text, size_t min);

/** A line in a record's timeline: code and JSON arguments, by the caller now.  0 or as db_step. */
NODISCARD int words_timeline(struct desk *desk, const char *kind, int64_t id, const char *code,
	struct slice args_json);

/** A file's name from outside: 1 to 120 characters, no control and no separator of folders.  0 or E_INPUT refused. */
NODISCARD int words_file_name(struct desk *desk, struct slice name);
