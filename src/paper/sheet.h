/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One official paper, written from top to bottom and then set on pages: A4,
 * 22 lines of 28 characters, page numbers outside, check code in the foot of
 * the last page.
 *
 *   sheet_open, sheet_title, sheet_text …, sheet_sign, sheet_foot, sheet_close
 *
 * What goes wrong in between is kept and told by sheet_close.
 *
 * Source:  GB/T 9704-2012 sections 5 and 7.
 * Layer: paper.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"
#include "paper/draw.h"

struct sheet;

/** Owns:    *ret_sheet; end it with sheet_close.  Returns: 0 or -ENOMEM. */
NODISCARD int sheet_open(struct draw_fonts *fonts, const struct draw_about *about,
	struct buf *out, struct sheet **ret_sheet);

/** 22 pt, centred, in lines of like length; LF parts them.  Ends on the grid. */
void sheet_title(struct sheet *sheet, struct slice text);
/** Empty space in thousandths of a line. */
void sheet_gap(struct sheet *sheet, int height);
/** A paragraph of 16 pt; first_cells is the first line's indent. */
void sheet_text(struct sheet *sheet, enum draw_face face, int first_cells, struct slice text);
/** As sheet_text, and never the last line of a page. */
void sheet_heading(struct sheet *sheet, enum draw_face face, struct slice text);
/** One line with something at either edge. */
void sheet_sides(struct sheet *sheet, struct slice left, struct slice right);
/** A ruled row of one or two labelled fields, 12 pt; label2 empty = one. */
void sheet_row(struct sheet *sheet, struct slice label, struct slice value, struct slice label2,
	struct slice value2);
/** A ruled box to be written in by hand: label, and so many empty lines. */
void sheet_box(struct sheet *sheet, struct slice label, int lines);
/** Issuer over date at the right; kept with the text before. */
void sheet_sign(struct sheet *sheet, struct slice issuer, struct slice date);

struct sheet_foot {
	struct slice check_code;
	struct slice basis; /* may be empty */
	struct slice hint;
	struct slice scan; /* what the QR code says */
};
/** At the bottom of the last page; texts live until sheet_close. */
void sheet_foot(struct sheet *sheet, const struct sheet_foot *foot);

/** Set, draw and close.  Returns: pages, or E_UTF8, E_LIMIT, E_RANGE. */
NODISCARD int sheet_close(struct sheet *sheet);
