/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A superior's own form 附件, to be filled in and sent back: what stands in its
 * cells, and the same file with some of them filled.  A Word file (.docx) or a
 * workbook (.xlsx), by what is in it.
 *
 * What is read, as JSON: {"format": "docx" | "xlsx", "more": bool, "tables":
 * [{"name", "columns", "rows": [{"r", "cells": [{"c", "x", "w", "h", "s"}, …]}, …]}, …],
 * "blanks": [{"r", "c", "s"}, …]}.  r and c are where a cell is filled: for a
 * workbook its row from 1 and its column from 0; for a Word file its row and
 * its place in the row, both from 0.  x, w and h say where it is drawn.  A
 * blank is a run of underscores in a paragraph outside tables, s what stands
 * before it.
 *
 * What is filled, as JSON: {"cells": [{"t", "r", "c", "s"}, …], "repeat":
 * [{"t", "r", "rows": [[{"c", "s"}, …], …]}, …]}.  t is the table, -1 a blank.
 * Rows that repeat take the empty rows that follow; when these run out rows
 * in the look of the last are put in and what stands below moves down.
 *
 * Parts that are not filled in keep their octets.  Refused: macros, embedded
 * objects, anything but hyperlinks that is linked from outside, document type
 * declarations, packages that unpack to too much.
 *
 * Source:  ECMA-376 part 1 sections 17.4 (tables), 18.3 (worksheets), part 2 (packages).
 * Layer: paper.  Threading: one owner.  Fuzz target: fuzz/annex.c.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct diag;
struct json;

enum {
	ANNEX_OCTETS_MAX = 4 * 1024 * 1024,      /* of the file */
	ANNEX_PART_OCTETS_MAX = 3 * 1024 * 1024, /* of a part that is read as a tree */
	ANNEX_JSON_OCTETS_MAX = 512 * 1024,      /* of what is read, and of what is filled */
	ANNEX_TABLES_MAX = 20,
	ANNEX_ROWS_MAX = 300, /* of a table; what is further down is not shown */
	ANNEX_COLUMNS_MAX = 40,
	ANNEX_CELLS_MAX = 4000, /* of the whole */
	ANNEX_TEXT_CHARS_MAX = 200,
	ANNEX_REPEAT_MAX = 500, /* rows of one list */
};

#define ANNEX_XLSX_MEDIA "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/**
 * What stands in the form.
 *
 * Shape:   *ret_media is the file's media type.
 * Returns: 0; E_FORMAT or E_LIMIT with diag: source a code ("annex.type", "annex.macro",
 *          "annex.link", "annex.broken", "annex.empty", "annex.too_large"), text the place.
 */
NODISCARD int annex_read(
	struct slice file, struct buf *out, const char **ret_media, struct diag *diag);

/**
 * Fill it in.
 *
 * Shape:   the same file and edits give the same octets.
 * Returns: 0, or as annex_read; besides "annex.place" for a place the form does not have,
 *          "annex.formula" for a cell that is computed, "annex.rows" when rows lack below which
 *          something is computed.
 */
NODISCARD int annex_fill(
	struct slice file, const struct json *edits, struct buf *out, struct diag *diag);
