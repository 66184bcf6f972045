/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum { GUESS_OCTETS = 4096 };

void csv_init(struct csv *csv, struct slice text, uint8_t separator)
{
	if (slice_starts(text, SLICE("\xef\xbb\xbf"))) {
		text = slice_skip(text, 3);
	}
	*csv = (struct csv) { .left = text, .separator = separator };
}

uint8_t csv_separator_guess(struct slice text)
{
	static const uint8_t candidates[] = { ',', ';', '\t' };
	size_t count[256] = { 0 };
	bool quoted = false;
	text = slice_head(text, GUESS_OCTETS);
	for (size_t i = 0; i < text.n; i++) {
		quoted ^= text.p[i] == '"';
		count[text.p[i]] += !quoted;
	}
	uint8_t best = ',';
	for (size_t i = 1; i < sizeof(candidates); i++) {
		best = count[candidates[i]] > count[best] ? candidates[i] : best;
	}
	return best;
}

static bool ends_cell(const struct csv *csv, uint8_t c)
{
	return c == csv->separator || c == '\n' || c == '\r';
}

/* Octets up to the cell's end, from at. */
static size_t plain_end(const struct csv *csv, size_t at)
{
	while (at < csv->left.n && !ends_cell(csv, csv->left.p[at])) {
		at++;
	}
	return at;
}

/* The closing quote of a cell that began with one; SIZE_MAX when it never comes. */
static size_t quote_end(struct slice text, size_t *doubled)
{
	for (size_t at = 1; at < text.n; at++) {
		if (text.p[at] != '"') {
			continue;
		}
		if (at + 1 == text.n || text.p[at + 1] != '"') {
			return at;
		}
		(*doubled)++;
		at++;
	}
	return SIZE_MAX;
}

/* Quotes single again, and what stands behind the closing one. */
static struct slice unquoted(struct arena *arena, struct slice inner, struct slice behind)
{
	uint8_t *out = arena_take(arena, inner.n + behind.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < inner.n; i++) {
		out[n++] = inner.p[i];
		i += inner.p[i] == '"';
	}
	for (size_t i = 0; i < behind.n; i++) {
		out[n++] = behind.p[i];
	}
	return slice_of(out, n);
}

static int cell_take(struct csv *csv, struct arena *arena, struct slice *ret_cell)
{
	size_t doubled = 0;
	if (csv->left.n == 0 || csv->left.p[0] != '"') {
		size_t end = plain_end(csv, 0);
		*ret_cell = slice_head(csv->left, end);
		csv->left = slice_skip(csv->left, end);
		return 0;
	}
	size_t close = quote_end(csv->left, &doubled);
	if (close == SIZE_MAX) {
		return E_FORMAT;
	}
	size_t end = plain_end(csv, close + 1);
	struct slice inner = slice_of(csv->left.p + 1, close - 1);
	struct slice behind = slice_of(csv->left.p + close + 1, end - close - 1);
	*ret_cell = doubled + behind.n == 0 ? inner : unquoted(arena, inner, behind);
	csv->left = slice_skip(csv->left, end);
	return 0;
}

/* Past CR LF, LF or CR. */
static void line_end_take(struct csv *csv)
{
	bool both = slice_starts(csv->left, SLICE("\r\n"));
	csv->left = slice_skip(csv->left, both ? 2 : 1);
}

int csv_next(struct csv *csv, struct arena *arena, struct slice *ret_cells, size_t max)
{
	if (csv->left.n == 0) {
		return 0;
	}
	csv->row++;
	for (size_t count = 0; count < max;) {
		int error = cell_take(csv, arena, &ret_cells[count++]);
		if (error < 0) {
			return error;
		}
		if (csv->left.n == 0 || csv->left.p[0] != csv->separator) {
			line_end_take(csv);
			return (int)count;
		}
		csv->left = slice_skip(csv->left, 1);
	}
	return E_LIMIT;
}

struct slice csv_plain(struct slice cell)
{
	size_t lead = 0;
	while (lead < cell.n && cell.p[lead] == '\'') {
		lead++;
	}
	bool armed = lead > 0 && lead < cell.n && memchr("=+-@\t\r", cell.p[lead], 6) != NULL;
	return armed ? slice_skip(cell, 1) : cell;
}
