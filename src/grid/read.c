/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "grid/read_priv.h"

/* ---- a sheet under way */

void tablet_init(struct tablet *t, struct arena *arena)
{
	*t = (struct tablet) { .arena = arena,
		.row = arena_take(arena, GRID_ROWS_MAX * sizeof(struct grid_row *)) };
}

struct grid_row *tablet_row(const struct tablet *t, uint32_t number)
{
	size_t low = 0;
	size_t high = t->rows;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (t->row[middle]->number < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < t->rows && t->row[low]->number == number ? t->row[low] : NULL;
}

static struct grid_row *row_for(struct tablet *t, uint32_t number)
{
	uint32_t last = t->rows > 0 ? t->row[t->rows - 1]->number : 0;
	if (number <= last) {
		return tablet_row(t, number);
	}
	if (t->rows == GRID_ROWS_MAX) {
		t->left_out += number != t->last_left_out;
		t->last_left_out = number;
		return NULL;
	}
	struct grid_row *row = arena_try(t->arena, 1, sizeof(*row));
	if (row == NULL) {
		t->full = true;
		return NULL;
	}
	row->number = number;
	t->row[t->rows++] = row;
	return row;
}

void tablet_put(struct tablet *t, uint32_t number, size_t column, struct slice text)
{
	if (text.n == 0 || column >= GRID_COLUMNS_MAX || number == 0) {
		return;
	}
	struct grid_row *row = row_for(t, number);
	text = slice_head(text, GRID_CELL_MAX_OCTETS);
	t->octets += text.n;
	t->full = t->full || t->octets > GRIDREAD_TEXT_MAX_OCTETS;
	if (row == NULL || t->full) {
		return;
	}
	row->cell[column] = arena_dup(t->arena, text);
	row->cells = column >= row->cells ? column + 1 : row->cells;
}

void tablet_merge(struct tablet *t, uint32_t from, uint32_t to, size_t column)
{
	const struct grid_row *first = tablet_row(t, from);
	if (first == NULL || column >= GRID_COLUMNS_MAX) {
		return;
	}
	/* Rows that are not there hold nothing else either: they stay away. */
	for (size_t i = 0; i < t->rows; i++) {
		struct grid_row *row = t->row[i];
		if (row->number > from && row->number <= to && row->cell[column].n == 0) {
			row->cell[column] = first->cell[column];
			row->cells = column >= row->cells ? column + 1 : row->cells;
		}
	}
}

void tablet_write(const struct tablet *t, struct slice name, struct buf *out)
{
	grid_put_sheet(out, name, t->left_out);
	for (size_t i = 0; i < t->rows; i++) {
		grid_put_row(out, t->row[i]);
	}
}

/* ---- numbers */

struct slice number_text(double value, char room[32])
{
	/* Whole up to where a double is exact. */
	bool whole = isfinite(value) && fabs(value) < 9.0e15 && trunc(value) == value;
	int n = snprintf(room, 32, whole ? "%.0f" : "%.15g", value);
	return slice_of(room, n > 0 && n < 32 ? (size_t)n : 0);
}

struct slice serial_text(double serial, bool is_1904, char room[32])
{
	enum { MINUTES = 24 * 60, DAYS_1900 = 25569, DAYS_1904 = 24107, LAST = 2958465 };
	if (!isfinite(serial) || serial < 0 || serial > LAST) {
		return number_text(serial, room);
	}
	double day = floor(serial);
	int64_t minute = (int64_t)floor((serial - day) * MINUTES + 0.5);
	int64_t days = (int64_t)day - (is_1904 ? DAYS_1904 : DAYS_1900);
	struct civil c = civil_of_ms((days * MINUTES + minute) * 60000, 0);
	int n = 0;
	if (day < 1 && !is_1904) {
		n = snprintf(room, 32, "%02u:%02u", c.hour, c.minute);
	} else if (minute == 0) {
		n = snprintf(room, 32, "%04d-%02u-%02u", (int)c.year, c.month, c.day);
	} else {
		n = snprintf(room, 32, "%04d-%02u-%02u %02u:%02u", (int)c.year, c.month, c.day,
			c.hour, c.minute);
	}
	return slice_of(room, n > 0 && n < 32 ? (size_t)n : 0);
}

/* ---- which it is */

static bool empty(struct slice grid)
{
	struct slice name = { 0 };
	struct slice rows = { 0 };
	size_t left_out = 0;
	while (grid_next_sheet(&grid, &name, &left_out, &rows) == 1) {
		if (rows.n > 0) {
			return false;
		}
	}
	return true;
}

/* Of what people send by mistake: said by name, not read as text. */
static bool is_other(struct slice octets)
{
	static const char *const heads[] = { "%PDF-", "\x89PNG", "\xff\xd8\xff", "GIF8", "Rar!",
		"7z\xbc\xaf", "\x1f\x8b", "{\\rtf",
		"\x7f"
		"ELF",
		"MZ" };
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		if (slice_starts(octets, slice_str(heads[i]))) {
			return true;
		}
	}
	return false;
}

enum gridread_problem gridread(struct slice octets, struct buf *out)
{
	enum gridread_problem problem = GRIDREAD_FINE;
	if (octets.n > GRIDREAD_OCTETS_MAX) {
		return GRIDREAD_TOO_LARGE;
	}
	if (slice_starts(octets, SLICE("PK\x03\x04"))) {
		problem = xlsx_read(octets, out);
	} else if (slice_starts(octets, SLICE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))) {
		problem = xls_read(octets, out);
	} else if (is_other(octets)) {
		return GRIDREAD_TYPE;
	} else {
		problem = text_read(octets, out);
	}
	if (problem == GRIDREAD_FINE && out->failed) {
		problem = GRIDREAD_TOO_LARGE;
	}
	return problem == GRIDREAD_FINE && empty(buf_slice(out)) ? GRIDREAD_EMPTY : problem;
}

const char *gridread_problem_text(enum gridread_problem problem)
{
	static const char *const texts[] = { "", "import.empty", "import.type", "import.broken",
		"import.password", "import.unsafe", "import.too_large", "import.charset",
		"import.quotes" };
	return (unsigned)problem < sizeof(texts) / sizeof(texts[0]) ? texts[problem]
								    : "import.broken";
}
