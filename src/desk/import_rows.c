/* SPDX-License-Identifier: Apache-2.0 */
/* From the cells of a sheet as it came to the fields of a register. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "desk/sheet.h"
#include "model/asset_key.h"
#include "model/cell.h"

enum { STORED_ERRORS_MAX = 16 * 1024, SAMPLES = 3 };

struct raw {
	struct sheet_row *row;
	size_t count;
	size_t first; /* of the data */
};

/* ---- cells */

static int raw_read(struct desk *desk, struct raw *raw)
{
	struct slice left = desk->import->cells;
	struct grid_row *row = arena_take(desk->arena, sizeof(*row));
	int more = 0;
	raw->row = arena_take(desk->arena, GRID_ROWS_MAX * sizeof(*raw->row));
	while (raw->count < GRID_ROWS_MAX && (more = grid_next_row(&left, row)) == 1) {
		struct sheet_row *to = &raw->row[raw->count++];
		to->number = row->number;
		to->cells = row->cells;
		to->cell = arena_take(desk->arena, row->cells * sizeof(*to->cell));
		memcpy(to->cell, row->cell, row->cells * sizeof(*to->cell));
	}
	if (more < 0) {
		return desk_refuse(desk, E_INPUT, "import.broken", NULL);
	}
	return raw->count > 0 ? 0 : desk_refuse(desk, E_INPUT, "import.empty", NULL);
}

static struct slice cell_at(const struct sheet_row *row, size_t column)
{
	return column < row->cells ? slice_trim(row->cell[column]) : (struct slice) { 0 };
}

/* ---- headings */

static size_t heading_guess(struct desk *desk, const struct sheet *sheet, const struct raw *raw)
{
	size_t column[SHEET_FIELDS_MAX];
	size_t best = 0;
	size_t at = 0;
	for (size_t i = 0; i < raw->count && i < SHEET_HEAD_ROWS; i++) {
		size_t known = sheet_headings(desk, sheet, &raw->row[i], true, column);
		if (known > best) {
			best = known;
			at = i;
		}
	}
	return at;
}

static void heading_settle(struct desk *desk, const struct sheet *sheet, struct raw *raw)
{
	struct import_source *source = desk->import;
	size_t at = 0;
	if (source->heading_given) {
		while (at < raw->count && raw->row[at].number < source->heading_row) {
			at++;
		}
		raw->first = source->heading_row == 0 ? 0 : at + 1;
	} else {
		at = heading_guess(desk, sheet, raw);
		source->heading_row = (uint32_t)raw->row[at].number;
		raw->first = at + 1;
	}
	raw->first = raw->first < raw->count ? raw->first : raw->count;
	for (size_t c = 0; source->heading_row > 0 && raw->first > 0 && c < source->columns;
		c++) {
		source->column[c].heading = cell_at(&raw->row[raw->first - 1], c);
	}
}

static void columns_count(struct desk *desk, const struct raw *raw)
{
	struct import_source *source = desk->import;
	for (size_t i = 0; i < raw->count; i++) {
		source->columns = raw->row[i].cells > source->columns ? raw->row[i].cells
								      : source->columns;
	}
	for (size_t c = 0; c < source->columns; c++) {
		source->column[c].field = SIZE_MAX;
	}
}

static void samples_take(struct desk *desk, const struct raw *raw)
{
	struct import_source *source = desk->import;
	for (size_t c = 0; c < source->columns; c++) {
		struct import_column *column = &source->column[c];
		for (size_t i = raw->first; i < raw->count && column->samples < SAMPLES; i++) {
			struct slice cell = cell_at(&raw->row[i], c);
			if (cell.n > 0) {
				column->sample[column->samples++] = cell;
			}
		}
	}
}

/* ---- which column is which field */

static size_t field_named(const struct sheet *sheet, const char *id)
{
	for (size_t f = 0; f < sheet->field_count; f++) {
		if (slice_is(slice_str(sheet->fields[f].id), id)) {
			return f;
		}
	}
	return SIZE_MAX;
}

/* A column whose cells are all addresses is one, whatever stands above. */
static void addresses_guess(struct desk *desk, struct sheet *sheet)
{
	struct import_source *source = desk->import;
	size_t field = field_named(sheet, "address");
	for (size_t c = 0; c < source->columns && field != SIZE_MAX; c++) {
		struct import_column *column = &source->column[c];
		size_t good = 0;
		for (size_t s = 0; s < column->samples; s++) {
			struct asset_keys *keys = arena_take(desk->arena, sizeof(*keys));
			struct slice bad = { 0 };
			bool ok = false;
			struct slice text = cell_addresses(desk->arena, column->sample[s], &ok);
			good += ok && asset_keys_addresses(keys, text, &bad) == 0 &&
				keys->count > 0;
		}
		if (column->field == SIZE_MAX && good > 0 && good == column->samples &&
			sheet->source_column[field] == SIZE_MAX) {
			column->field = field;
			sheet->source_column[field] = c;
		}
	}
}

static void columns_guess(struct desk *desk, struct sheet *sheet, const struct raw *raw)
{
	struct import_source *source = desk->import;
	size_t column[SHEET_FIELDS_MAX];
	if (raw->first > 0 && source->heading_row > 0) {
		(void)sheet_headings(desk, sheet, &raw->row[raw->first - 1], true, column);
		for (size_t f = 0; f < sheet->field_count; f++) {
			if (column[f] != SIZE_MAX) {
				source->column[column[f]].field = f;
				sheet->source_column[f] = column[f];
			}
		}
	}
	addresses_guess(desk, sheet);
}

static int columns_take(struct desk *desk, struct sheet *sheet)
{
	struct import_source *source = desk->import;
	size_t c = 0;
	for (const struct json *at = json_first(source->columns_given); at != NULL;
		at = json_next(at)) {
		char id[32];
		struct slice text = json_str(at);
		size_t n = text.n < sizeof(id) - 1 ? text.n : sizeof(id) - 1;
		memcpy(id, text.n > 0 ? (const char *)text.p : "", n);
		id[n] = '\0';
		size_t field = n > 0 ? field_named(sheet, id) : SIZE_MAX;
		bool bad = c >= source->columns || (n > 0 && field == SIZE_MAX) ||
			   (field != SIZE_MAX && sheet->source_column[field] != SIZE_MAX);
		if (bad) {
			return desk_refuse(desk, E_INPUT, "import.mapping", "columns");
		}
		source->column[c].field = field;
		if (field != SIZE_MAX) {
			sheet->source_column[field] = c;
		}
		c++;
	}
	for (const struct json *at = json_first(source->fill_given); at != NULL;
		at = json_next(at)) {
		int64_t which = -1;
		if (json_int(at, &which) && which >= 0 && which < (int64_t)source->columns) {
			source->column[which].fill = true;
		}
	}
	return 0;
}

/* ---- cells into fields */

struct cleaning {
	struct desk *desk;
	struct sheet *sheet;
	size_t person;
	size_t phone;
	size_t address;
	size_t phones[3];
};

static void phone_clean(struct cleaning *c, size_t row, size_t field)
{
	struct slice *cell = &c->sheet->rows[row].cell[field];
	struct slice phone = { 0 };
	if (cell_phone(c->desk->arena, *cell, &phone) < 0) {
		sheet_refuse(c->sheet, row, field, "digits_lost", *cell);
		phone = (struct slice) { 0 };
	}
	*cell = phone;
}

static void row_clean(struct cleaning *c, size_t row)
{
	struct slice *cell = c->sheet->rows[row].cell;
	struct slice name = { 0 };
	struct slice phone = { 0 };
	bool ok = true;
	if (c->address != SIZE_MAX && cell[c->address].n > 0) {
		struct slice text = cell_addresses(c->desk->arena, cell[c->address], &ok);
		if (!ok) {
			sheet_refuse(c->sheet, row, c->address, "too_many", cell[c->address]);
		}
		cell[c->address] = text;
	}
	if (c->person != SIZE_MAX && cell[c->person].n > 0) {
		cell_person(c->desk->arena, cell[c->person], &name, &phone);
		cell[c->person] = name;
		if (c->phone != SIZE_MAX && cell[c->phone].n == 0) {
			cell[c->phone] = phone;
		}
	}
	for (size_t i = 0; i < 3; i++) {
		if (c->phones[i] != SIZE_MAX && cell[c->phones[i]].n > 0) {
			phone_clean(c, row, c->phones[i]);
		}
	}
}

static struct slice cell_for(
	struct desk *desk, const struct raw *raw, size_t row, size_t column, const char *field)
{
	struct slice cell =
		column == SIZE_MAX ? (struct slice) { 0 } : cell_at(&raw->row[row], column);
	for (size_t up = row; column != SIZE_MAX && desk->import->column[column].fill &&
			      cell.n == 0 && up > raw->first;) {
		cell = cell_at(&raw->row[--up], column);
	}
	bool verbatim = slice_is(slice_str(field), "note") || cell.n == 0;
	return verbatim ? cell : cell_narrow(desk->arena, cell);
}

/* A line that only says how many there are above it, or numbers an empty one, is none. */
static bool row_idle(const struct sheet *sheet, const struct sheet_row *row)
{
	for (size_t f = 0; f < sheet->field_count; f++) {
		if (row->cell[f].n > 0) {
			return false;
		}
	}
	return true;
}

static void rows_fill(struct desk *desk, struct sheet *sheet, const struct raw *raw)
{
	sheet->rows = arena_take(desk->arena, (raw->count + 1) * sizeof(*sheet->rows));
	for (size_t i = raw->first; i < raw->count; i++) {
		struct sheet_row *row = &sheet->rows[sheet->row_count];
		*row = (struct sheet_row) { .number = raw->row[i].number,
			.cells = sheet->field_count,
			.cell = arena_take(
				desk->arena, sheet->field_count * sizeof(*row->cell)) };
		for (size_t f = 0; f < sheet->field_count; f++) {
			row->cell[f] = cell_for(
				desk, raw, i, sheet->source_column[f], sheet->fields[f].id);
		}
		sheet->row_count += !row_idle(sheet, row);
	}
}

static void cells_clean(struct desk *desk, struct sheet *sheet)
{
	bool of_people = field_named(sheet, "unit") != SIZE_MAX;
	struct cleaning c = { .desk = desk,
		.sheet = sheet,
		.person = field_named(sheet, of_people ? "name" : "person"),
		.phone = field_named(sheet, "phone"),
		.address = field_named(sheet, "address"),
		.phones = { field_named(sheet, "phone"), field_named(sheet, "phone2"),
			field_named(sheet, "vendor_phone") } };
	for (size_t row = 0; row < sheet->row_count; row++) {
		row_clean(&c, row);
	}
}

int import_source_rows(struct desk *desk, struct sheet *sheet)
{
	struct raw raw = { 0 };
	sheet->stored = true;
	sheet->errors_max = STORED_ERRORS_MAX;
	for (size_t f = 0; f < SHEET_FIELDS_MAX; f++) {
		sheet->source_column[f] = SIZE_MAX;
	}
	int error = raw_read(desk, &raw);
	if (error < 0) {
		return error;
	}
	columns_count(desk, &raw);
	heading_settle(desk, sheet, &raw);
	samples_take(desk, &raw);
	if (desk->import->columns_given != NULL) {
		error = columns_take(desk, sheet);
	} else {
		columns_guess(desk, sheet, &raw);
	}
	for (size_t f = 0; f < sheet->field_count && error >= 0; f++) {
		size_t c = sheet->source_column[f];
		sheet->column[f] = f;
		sheet->heading[f] = c != SIZE_MAX && desk->import->column[c].heading.n > 0
					    ? desk->import->column[c].heading
					    : slice_str(sheet->fields[f].names[0]);
	}
	if (error < 0) {
		return error;
	}
	rows_fill(desk, sheet, &raw);
	cells_clean(desk, sheet);
	return sheet->row_count <= SHEET_ROWS_MAX && desk->import->left_out == 0
		       ? 0
		       : desk_refuse(desk, E_LIMIT, "import.rows", NULL);
}
