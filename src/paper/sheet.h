/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One official paper on pages: A4, 22 lines of 28 characters, page numbers
 * outside, check code in the foot of the last page.
 *
 *   sheet_create, sheet_put …, sheet_pages, sheet_draw, sheet_destroy
 *
 * What goes wrong in between is kept and told by sheet_pages and sheet_draw.
 *
 * Source:  GB/T 9704-2012 sections 5 and 7.
 * Layer: paper.  Threading: one owner.
 */
#pragma once

#include "base/attr.h"

struct draw;
struct form;
struct sheet;

/** Onto the draw's next page.  Owns:    *ret_sheet; end it with sheet_destroy.  Returns: 0 or -ENOMEM. */
NODISCARD int sheet_create(struct draw *draw, struct sheet **ret_sheet);
/** NULL is fine.  Returns: NULL. */
struct sheet *sheet_destroy(struct sheet *sheet);

/** Everything the form says; its texts live until sheet_destroy. */
void sheet_put(struct sheet *sheet, const struct form *form);

/** Returns: how many pages it takes, or E_UTF8, E_LIMIT, E_RANGE. */
NODISCARD int sheet_pages(struct sheet *sheet);
/** Returns: pages drawn, or as sheet_pages. */
NODISCARD int sheet_draw(struct sheet *sheet);
