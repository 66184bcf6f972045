/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A worksheet as a tree: its cells by their place, rows put in.
 *
 * Source:  ECMA-376 part 1 section 18.3.1.
 * Layer: paper.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>

#include "paper/annex_priv.h"

enum { SHEET_ROWS_MAX = 1048576, SHEET_COLUMNS_MAX = 16384, SHEET_MERGES_MAX = 2000 };

/** Rows from 1, columns from 0. */
struct sheet_at {
	int row;
	int column;
};

struct sheet_range {
	struct sheet_at from;
	struct sheet_at to;
};

struct sheet_merges {
	struct sheet_range range[SHEET_MERGES_MAX];
	int count;
};

/** "B12".  False for what is none. */
bool sheet_at_read(struct slice text, struct sheet_at *ret_at);
/** "B12" or "B12:C14". */
bool sheet_range_read(struct slice text, struct sheet_range *ret_range);

void sheet_merges_read(xmlNode *root, struct sheet_merges *merges);
/** 0 = covered by a merged cell; else how wide it is, and *ret_h how high. */
int sheet_spread(const struct sheet_merges *merges, int row, int column, int *ret_h);

/** The cell there, made when it is not, in the look of its row. */
xmlNode *sheet_cell(struct annex *a, xmlNode *data, struct sheet_at at);
/** Its text, kept within the cell; its look stays. */
void sheet_text_set(xmlNode *cell, struct slice words);

/** Rows from..from+count-1 get the cells of the first where they have none. */
void sheet_look_spread(struct annex *a, xmlNode *data, int from, int count);

/**
 * Rows below one, in its look; what stands further down moves, with merged
 * cells, choices, links and colours by rule.
 *
 * Returns: 0, or E_FORMAT "annex.rows" in a sheet that computes.
 */
NODISCARD int sheet_rows_insert(struct annex *a, xmlNode *root, int below, int count);
