/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The cells of a workbook as one text: how what was read in a fence passes to
 * core and lies in the store until it is imported.
 *
 * Shape:   a sheet is GS name US rows-left-out RS; a row is its number, then
 *          US and a text for each cell from the first column on, then RS.  The
 *          four separators (0x1c..0x1f) and other controls but LF and TAB
 *          stand in no cell.
 *
 * Layer: grid.  Threading: reentrant.  Fuzz target: fuzz/grid.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum {
	GRID_OCTETS_MAX = 16 * 1024 * 1024,
	GRID_SHEETS_MAX = 20,
	GRID_ROWS_MAX =
		10020, /* of a sheet: 10,000 and what stands above them; later ones are counted */
	GRID_COLUMNS_MAX = 64,            /* cells further right are left out */
	GRID_CELL_MAX_OCTETS = 16 * 1024, /* longer ones are cut at a character */
	GRID_NAME_MAX_OCTETS = 120,
};

/** Rows of one sheet, in memory: what merged cells are spread over before it is written. */
struct grid_row {
	uint32_t number; /* as a spreadsheet counts, from 1 */
	struct slice cell[GRID_COLUMNS_MAX];
	size_t cells;
};

/** Append a sheet: its name, and how many rows did not fit. */
void grid_put_sheet(struct buf *out, struct slice name, size_t left_out);
/** Append a row; empty cells at its end and rows without any text are left away. */
void grid_put_row(struct buf *out, const struct grid_row *row);

/** Take the next sheet off the front of a grid.  Returns: 1, 0 at the end, or E_FORMAT. */
NODISCARD int grid_next_sheet(struct slice *grid, struct slice *ret_name, size_t *ret_left_out,
	struct slice *ret_rows);
/** Take the next row off the front of a sheet; cells borrow.  Returns: 1, 0 at the end, or E_FORMAT. */
NODISCARD int grid_next_row(struct slice *rows, struct grid_row *ret_row);
