/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What people put into one cell of a sheet, taken apart: wide digits, several
 * addresses and ranges of them, a name with its telephone number behind it, a
 * number a spreadsheet has made into another.
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/cell.c.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;

enum { CELL_PARTS_MAX = 64 };

/** Wide letters, digits and signs as narrow ones; other blanks as spaces; marks without width gone.  Han marks stay. */
struct slice cell_narrow(struct arena *arena, struct slice cell);

/**
 * Addresses as the register keeps them: every range as the networks it is made
 * of, "10.1.2.3-10" and "10.1.2.3~10.1.2.10" alike, a list parted by / too.
 * What is none is left for asset_keys_addresses to refuse.
 *
 * Returns: the text; empty with *ret_ok false when there are more than CELL_PARTS_MAX.
 */
struct slice cell_addresses(struct arena *arena, struct slice cell, bool *ret_ok);

/**
 * A telephone number without what a spreadsheet did to it: "13800000000.0",
 * blanks and marks within.
 *
 * Returns: 0; E_RANGE when its digits are lost ("1.38E+10").
 */
NODISCARD int cell_phone(struct arena *arena, struct slice cell, struct slice *ret_phone);

/** "张三 13800000000", "张三（13800000000）", "张三/13800000000" in name and phone; phone empty without one. */
void cell_person(struct arena *arena, struct slice cell, struct slice *ret_name,
	struct slice *ret_phone);

/** How alike two names of units are, 0 … 100: pairs of neighbours in common; a name within the other counts 80. */
unsigned cell_likeness(struct slice a, struct slice b);
