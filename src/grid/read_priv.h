/* SPDX-License-Identifier: Apache-2.0 */
/** What the readers of grid/read.h share. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "grid/grid.h"
#include "grid/read.h"

/** A sheet under way: rows in the order they came. */
struct tablet {
	struct arena *arena;
	struct grid_row **row; /* GRID_ROWS_MAX of them */
	size_t rows;
	size_t left_out;
	uint32_t last_left_out;
	size_t octets; /* of all texts */
	bool full;     /* GRIDREAD_TEXT_MAX_OCTETS was met */
};

void tablet_init(struct tablet *t, struct arena *arena);
/** Put a text into row (from 1) and column (from 0); rows come in rising order. */
void tablet_put(struct tablet *t, uint32_t row, size_t column, struct slice text);
/** The row of that number, or NULL. */
struct grid_row *tablet_row(const struct tablet *t, uint32_t number);
/** Spread the first cell's text over the rows of its first column. */
void tablet_merge(struct tablet *t, uint32_t from, uint32_t to, size_t column);
/** Append the sheet to the grid. */
void tablet_write(const struct tablet *t, struct slice name, struct buf *out);

/** A number as a person wrote it: "13800000000", "0.5".  Shape: room of 32 octets. */
struct slice number_text(double value, char room[32]);
/** A day and time of the 1900 or 1904 system: "2027-06-30", "2027-06-30 08:30", "08:30". */
struct slice serial_text(double serial, bool is_1904, char room[32]);

NODISCARD enum gridread_problem xlsx_read(struct slice octets, struct buf *out);
NODISCARD enum gridread_problem xls_read(struct slice octets, struct buf *out);
NODISCARD enum gridread_problem text_read(struct slice octets, struct buf *out);
