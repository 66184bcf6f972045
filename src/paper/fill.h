/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Texts with {{fields}}: what a kind of paper may be told, and the words that
 * come of it.
 *
 *   {{name}}                       the field's text
 *   {{@n}} {{@zh}}                 which item this is: 1, 一
 *   {{#if name}}…{{/if}}           only when the field says something
 *   {{#each name}}…{{/each}}       once an item; its own fields come first
 *
 * What goes into a paper is cleaned: no control characters, nothing that
 * turns the direction of writing, no floods of combining marks.
 *
 * Layer: paper.  Threading: reentrant.  Fuzz target: fuzz/paper_data.c.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct diag;
struct json;

enum {
	FILL_NAME_MAX = 64,
	FILL_DEPTH_MAX = 4,
	FILL_TEXT_OCTETS_MAX = 64 * 1024, /* one text, filled in */
	FILL_ITEMS_MAX = 500,             /* of one list */
};

/** Where a text is filled in: the paper's data, or an item of a list in it. */
struct fill {
	const struct json *fields; /* what is known here: {"name": ["text", "…"], …} */
	const struct json *data;
	const struct fill *outer; /* NULL at the top */
	unsigned n;               /* which item, from 1 */
	unsigned depth;
};

/** What a tag asks for. */
enum fill_tag { FILL_FIELD, FILL_IF, FILL_EACH, FILL_END_IF, FILL_END_EACH };

/**
 * The first tag of a text.
 *
 * Shape:   *ret_at and *ret_octets are the tag with its braces, *ret_name what it names.
 * Returns: 1, 0 when there is none, E_FORMAT with diag for one that is not closed or not named.
 */
NODISCARD int fill_find(struct slice text, size_t *ret_at, size_t *ret_octets,
	enum fill_tag *ret_tag, struct slice *ret_name, struct diag *diag);

/** What kind of field this is here: "text", "int", "bool" or "list", with "?" when it may lack; empty when unknown. */
struct slice fill_kind(const struct fill *fill, struct slice name);
/** Does the field say something: a text that is not empty, a list with items, a number? */
bool fill_says(const struct fill *fill, struct slice name);
/** The list, or NULL.  *ret_fields gets the fields of its items. */
const struct json *fill_list(
	const struct fill *fill, struct slice name, const struct json **ret_fields);
/** The place where an item's texts are filled in. */
struct fill fill_item(const struct fill *outer, const struct json *fields,
	const struct json *item, unsigned n);

/**
 * Fill a text in.
 *
 * Owns:    *ret_text in the arena.
 * Returns: 0, E_FORMAT for broken tags, E_ABSENT for an unknown field, E_LIMIT; with diag.
 */
NODISCARD int fill_text(const struct fill *fill, struct slice text, struct arena *arena,
	struct slice *ret_text, struct diag *diag);

/**
 * Hold data against the fields of its kind.
 *
 * Returns: 0, or E_INPUT with diag: "problems[2].title is missing".
 */
NODISCARD int fill_check(const struct json *fields, const struct json *data, struct diag *diag);

/** A text as a paper may have it.  Owns: the arena's. */
struct slice fill_clean(struct arena *arena, struct slice text);
