/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Text from outside as a paper may show it: what has no glyph, turns the
 * direction of writing or grows out of its line is left out.
 *
 * Source:  Unicode 15 chapters 2.11 (combining), 23.2 (layout controls).
 * Layer: paper.  Threading: reentrant.  Fuzz target: fuzz/paper_data.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct buf;

/** Marks that stand on one character; more are left out. */
enum { CLEAN_MARKS_MAX = 2 };

/** Does clean_put change nothing? */
bool clean_already(struct slice text);
/** Append the text cleaned; malformed octets become U+FFFD, TAB a space, line separators LF. */
void clean_put(struct buf *out, struct slice text);
/** Is this a mark that stands on the character before it? */
bool clean_combines(uint32_t point);
