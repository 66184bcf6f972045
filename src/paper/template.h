/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A school's own Word file in place of ours: {{fields}} in it are filled in.
 *
 *   {{unit}}                              also where Word has split it over runs
 *   a table row with {{#each problems}} … {{/each}}   is there once an item
 *   paragraphs or rows between {{#each …}} and {{/each}} likewise; {{#if …}} … {{/if}}
 *
 * Refused: macros, embedded objects, anything linked from outside, document
 * type declarations, packages that unpack to too much, and fields that the
 * kind does not have.
 *
 * Source:  ECMA-376 part 1 sections 17.3 (paragraphs, runs), 17.4 (tables), part 2 (packages).
 * Layer: paper.  Threading: one owner.  Fuzz target: fuzz/paper_template.c.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct diag;
struct json;
struct spec;

enum {
	TEMPLATE_NODES_MAX = 400000, /* of the text, filled in */
	TEMPLATE_TEXTS_MAX = 2000,   /* runs of one paragraph */
};

/**
 * Fill it in.
 *
 * Shape:   the same file and data give the same octets.
 * Returns: 0; E_FORMAT, E_ABSENT or E_LIMIT with diag: source a code ("template.macro",
 *          "template.link", "template.broken", "template.field", "template.too_large"), text
 *          the place and what is wrong there.
 */
NODISCARD int template_fill(struct slice word, const struct spec *spec, const struct json *data,
	struct buf *out, struct diag *diag);
