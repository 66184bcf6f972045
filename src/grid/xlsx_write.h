/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One sheet as an .xlsx, cell by cell.  Every cell is a text: nothing in it is
 * a formula, no telephone number loses its digits.
 *
 * Source:  ECMA-376 part 1 section 18.3 (inline strings), APPNOTE.TXT 6.3.
 *
 * Layer: grid.  Threading: one owner.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum xlsx_look { XLSX_PLAIN, XLSX_HEADING, XLSX_BAD, XLSX_REASON };

enum { XLSX_OUT_MAX_OCTETS = 64 * 1024 * 1024, XLSX_CELL_MAX_CHARS = 32767 };

struct xlsx_out;

/**
 * Begin: the sheet's name and how many characters wide each column is.
 *
 * Owns:    the result; give it to xlsx_out_end or xlsx_out_destroy.
 */
struct xlsx_out *xlsx_out_create(struct slice name, const unsigned *width, size_t columns);
/** A new row; the first stands still when the others are scrolled. */
void xlsx_out_row(struct xlsx_out *out);
/** The next cell of the row; longer texts are cut at XLSX_CELL_MAX_CHARS, controls left away. */
void xlsx_out_cell(struct xlsx_out *out, struct slice text, enum xlsx_look look);
/** Append the whole file.  Returns: 0 or E_LIMIT. */
NODISCARD int xlsx_out_end(struct xlsx_out *out, struct buf *ret_file);
/** NULL is fine. */
struct xlsx_out *xlsx_out_destroy(struct xlsx_out *out);
