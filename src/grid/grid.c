/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/grid.h"

#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"

enum { GS = 0x1d, RS = 0x1e, US = 0x1f };

/* Cut at a character, controls and what is not UTF-8 replaced. */
static void put_clean(struct buf *out, struct slice text, size_t max)
{
	size_t begin = out->n;
	uint32_t c = 0;
	for (unsigned n = utf8_next(text, &c); n > 0; n = utf8_next(text, &c)) {
		text = slice_skip(text, n);
		if (c == '\r' || c == 0x2028) {
			c = slice_starts(text, SLICE("\n")) ? 0 : '\n';
		}
		bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xfeff;
		if (out->n - begin + 4 > max) {
			return;
		}
		if (!control) {
			utf8_put(out, c);
		}
	}
}

void grid_put_sheet(struct buf *out, struct slice name, size_t left_out)
{
	buf_put_byte(out, GS);
	put_clean(out, name, GRID_NAME_MAX_OCTETS);
	buf_put_byte(out, US);
	buf_put_i64(out, (int64_t)left_out);
	buf_put_byte(out, RS);
}

void grid_put_row(struct buf *out, const struct grid_row *row)
{
	size_t cells = row->cells < GRID_COLUMNS_MAX ? row->cells : GRID_COLUMNS_MAX;
	while (cells > 0 && slice_trim(row->cell[cells - 1]).n == 0) {
		cells--;
	}
	if (cells == 0) {
		return;
	}
	buf_put_i64(out, row->number);
	for (size_t i = 0; i < cells; i++) {
		buf_put_byte(out, US);
		put_clean(out, row->cell[i], GRID_CELL_MAX_OCTETS);
	}
	buf_put_byte(out, RS);
}

int grid_next_sheet(struct slice *grid, struct slice *ret_name, size_t *ret_left_out,
	struct slice *ret_rows)
{
	struct slice head = { 0 };
	struct slice rest = { 0 };
	struct slice name = { 0 };
	struct slice number = { 0 };
	int64_t left_out = 0;
	if (grid->n == 0) {
		return 0;
	}
	if (grid->p[0] != GS || !slice_cut(slice_skip(*grid, 1), RS, &head, &rest) ||
		!slice_cut(head, US, &name, &number) ||
		num_i64(number, 0, INT32_MAX, &left_out) < 0) {
		return E_FORMAT;
	}
	const uint8_t *next = rest.n > 0 ? memchr(rest.p, GS, rest.n) : NULL;
	size_t n = next != NULL ? (size_t)(next - rest.p) : rest.n;
	*ret_name = name;
	*ret_left_out = (size_t)left_out;
	*ret_rows = slice_head(rest, n);
	*grid = slice_skip(rest, n);
	return 1;
}

int grid_next_row(struct slice *rows, struct grid_row *ret_row)
{
	struct slice line = { 0 };
	struct slice rest = { 0 };
	struct slice part = { 0 };
	int64_t number = 0;
	if (rows->n == 0) {
		return 0;
	}
	if (!slice_cut(*rows, RS, &line, &rest)) {
		return E_FORMAT;
	}
	bool more = slice_cut(line, US, &part, &line);
	if (!more || num_i64(part, 1, UINT32_MAX, &number) < 0) {
		return E_FORMAT;
	}
	ret_row->number = (uint32_t)number;
	ret_row->cells = 0;
	while (more) {
		if (ret_row->cells == GRID_COLUMNS_MAX) {
			return E_FORMAT;
		}
		struct slice behind = { 0 };
		more = slice_cut(line, US, &part, &behind);
		ret_row->cell[ret_row->cells++] = more ? part : line;
		line = behind;
	}
	*rows = rest;
	return 1;
}
