/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Rows out of comma separated values and out of cells pasted from a sheet,
 * which come parted by tabs and quoted alike.
 *
 * Source:  RFC 4180, and beyond it what spreadsheets write: another separator,
 *          LF or CR alone as line end, a quote inside an unquoted cell, octets
 *          after a closing quote (kept), a byte order mark (dropped).
 *
 * Layer: base.  Threading: reentrant.  Fuzz target: fuzz/csv.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;

struct csv {
	struct slice left;
	uint8_t separator;
	size_t row; /* of the row given last, from 1; empty lines count */
};

/** Text is borrowed for as long as cells are used. */
void csv_init(struct csv *csv, struct slice text, uint8_t separator);

/** The separator that stands most often outside quotes in the first lines: , ; or TAB. */
uint8_t csv_separator_guess(struct slice text);

/**
 * The next row.  An empty line is a row of one empty cell.
 *
 * Owns:    cells borrow from the text, or from the arena where quotes were doubled.
 * Returns: how many cells, 0 at the end, E_FORMAT (a quote that never closes),
 *          E_LIMIT (more than max cells).
 */
NODISCARD int csv_next(
	struct csv *csv, struct arena *arena, struct slice *ret_cells, size_t max);

/** A cell as it was before buf_put_csv disarmed it: one leading apostrophe less where a formula follows. */
struct slice csv_plain(struct slice cell);
