/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A form as a Word file, to be edited, signed and sealed: A4 with the margins
 * and the grid of the standard, page numbers outside, heads of tables
 * repeated, no macros and nothing linked.
 *
 * Source:  ECMA-376 parts 1 and 2; GB/T 9704-2012 section 5.
 * Layer: paper.  Threading: one owner of the fonts.
 */
#pragma once

#include "base/attr.h"

struct buf;
struct draw_fonts;
struct form;

/** The same form gives the same octets.  Returns: 0, or E_LIMIT. */
NODISCARD int docx_write(
	const struct draw_fonts *fonts, const struct form *form, struct buf *out);
