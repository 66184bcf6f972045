/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A list as a file people open in WPS or Excel: .xlsx, or CSV with a byte
 * order mark.  No cell is a formula in either.
 *
 * Layer: view.  Threading: as view.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct view;
struct xlsx_out;

struct table_out {
	struct buf csv;
	struct xlsx_out *xlsx; /* NULL = CSV */
	size_t column;
};

/** Begin in the format the query asks for: format=xlsx, or CSV. */
void table_out_begin(struct table_out *out, const struct view *view, const char *name,
	const unsigned *width, size_t columns);
/** The next row, then its cells from the left. */
void table_out_row(struct table_out *out);
void table_out_heading(struct table_out *out, struct slice text);
void table_out_cell(struct table_out *out, struct slice text);
/** More than a file may hold? */
bool table_out_full(const struct table_out *out);
/** The file as the view's download, its name with the day.  Returns: 0, E_LIMIT refused, or -errno. */
NODISCARD int table_out_end(struct table_out *out, struct view *view, const char *name);
void table_out_fini(struct table_out *out);
