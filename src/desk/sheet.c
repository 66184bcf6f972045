/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/sheet.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/import_source.h"
#include "desk/unit_names.h"
#include "desk/words.h"

enum { VALUE_MAX_CHARS = 60 };

/* ---- from what was sent to text */

static int charset_apply(
	struct desk *desk, struct slice octets, struct slice charset, struct slice *ret_text)
{
	bool is_utf8 = utf8_valid(octets);
	if (slice_is(charset, "utf-8") || (slice_is(charset, "auto") && is_utf8)) {
		*ret_text = octets;
		return is_utf8 ? 0 : desk_refuse(desk, E_INPUT, "import.charset", "charset");
	}
	AUTO_BUF struct buf text;
	buf_init(&text, SHEET_TEXT_MAX_OCTETS);
	int error = gb18030_to_utf8(octets, &text);
	if (error < 0) {
		return error == E_LIMIT
			       ? desk_refuse(desk, E_LIMIT, "import.too_large", "text")
			       : desk_refuse(desk, E_INPUT, "import.charset", "charset");
	}
	*ret_text = arena_dup(desk->arena, buf_slice(&text));
	return 0;
}

static int text_read(struct desk *desk, struct slice *ret_text)
{
	static const char *const charsets[] = { "auto", "utf-8", "gb18030", NULL };
	struct slice charset = { 0 };
	struct slice text = json_get_str(desk->call->body, "text");
	int error = words_choice(desk, "charset", charsets, "auto", &charset);
	if (error < 0 || !json_get_bool(desk->call->body, "base64", false)) {
		*ret_text = text; /* a JSON string is UTF-8 whatever the file was */
		return error;
	}
	AUTO_BUF struct buf octets;
	buf_init(&octets, SHEET_TEXT_MAX_OCTETS);
	error = base64_decode(text, &octets);
	if (error < 0 || octets.failed) {
		return octets.failed ? desk_refuse(desk, E_LIMIT, "import.too_large", "text")
				     : desk_refuse(desk, E_INPUT, "import.base64", "text");
	}
	return charset_apply(
		desk, arena_dup(desk->arena, buf_slice(&octets)), charset, ret_text);
}

/* ---- from text to rows */

static bool row_blank(const struct slice *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (slice_trim(cells[i]).n > 0) {
			return false;
		}
	}
	return true;
}

static int rows_read(
	struct desk *desk, struct slice text, uint8_t separator, struct sheet *sheet)
{
	const size_t max = SHEET_ROWS_MAX + SHEET_HEAD_ROWS;
	struct slice cells[SHEET_COLUMNS_MAX];
	struct csv csv;
	csv_init(&csv, text, separator);
	sheet->rows = arena_take(desk->arena, max * sizeof(*sheet->rows));
	int count = 0;
	while ((count = csv_next(&csv, desk->arena, cells, SHEET_COLUMNS_MAX)) > 0) {
		if (row_blank(cells, (size_t)count)) {
			continue;
		}
		if (sheet->row_count == max) {
			return desk_refuse(desk, E_LIMIT, "import.rows", "text");
		}
		struct sheet_row *row = &sheet->rows[sheet->row_count++];
		row->number = csv.row;
		row->cells = (size_t)count;
		row->cell = arena_take(desk->arena, row->cells * sizeof(*row->cell));
		memcpy(row->cell, cells, row->cells * sizeof(*row->cell));
	}
	if (count < 0) {
		return desk_refuse(desk, E_INPUT,
			count == E_LIMIT ? "import.columns" : "import.quotes", "text");
	}
	return sheet->row_count > 0 ? 0 : desk_refuse(desk, E_INPUT, "import.empty", "text");
}

/* ---- headings */

enum { NEAR_MIN_OCTETS = 6 }; /* two Han characters */

static bool heading_is(const struct sheet_field *field, struct slice heading, bool near)
{
	for (size_t i = 0; field->names[i] != NULL; i++) {
		struct slice name = slice_str(field->names[i]);
		bool partly = near && name.n >= NEAR_MIN_OCTETS &&
			      (slice_ends(heading, name) || slice_starts(heading, name));
		if (partly || slice_eq_nocase(heading, name)) {
			return true;
		}
	}
	return false;
}

/* "* 资产名称（必填）：" is 资产名称. */
static struct slice heading_bare(struct desk *desk, struct slice cell)
{
	struct slice bare = slice_trim(name_bare(desk->arena, slice_trim(cell)));
	const struct slice colon = SLICE("：");
	while (slice_starts(bare, SLICE("*"))) {
		bare = slice_skip(bare, 1);
	}
	while (slice_ends(bare, SLICE("*")) || slice_ends(bare, SLICE(":"))) {
		bare = slice_head(bare, bare.n - 1);
	}
	return slice_ends(bare, colon) ? slice_head(bare, bare.n - colon.n) : bare;
}

/* The first column of a name counts; those that are the same go before those that are nearly. */
static size_t pass(struct desk *desk, const struct sheet *sheet, const struct sheet_row *row,
	bool near, size_t *column)
{
	size_t known = 0;
	for (size_t c = 0; c < row->cells; c++) {
		struct slice heading = heading_bare(desk, row->cell[c]);
		bool taken = heading.n == 0;
		for (size_t f = 0; f < sheet->field_count; f++) {
			taken = taken || column[f] == c;
		}
		for (size_t f = 0; f < sheet->field_count && !taken; f++) {
			taken = column[f] == SIZE_MAX &&
				heading_is(&sheet->fields[f], heading, near);
			column[f] = taken ? c : column[f];
			known += taken;
		}
	}
	return known;
}

size_t sheet_headings(struct desk *desk, const struct sheet *sheet, const struct sheet_row *row,
	bool near, size_t *column)
{
	for (size_t f = 0; f < sheet->field_count; f++) {
		column[f] = SIZE_MAX;
	}
	size_t known = pass(desk, sheet, row, false, column);
	return near ? known + pass(desk, sheet, row, true, column) : known;
}

/* Field 0 is the name, without which nothing goes. */
static size_t headings_match(struct desk *desk, const struct sheet *sheet,
	const struct sheet_row *row, size_t *column)
{
	size_t known = sheet_headings(desk, sheet, row, false, column);
	return column[0] == SIZE_MAX ? 0 : known;
}

static int headings_find(struct desk *desk, struct sheet *sheet)
{
	size_t best = 0;
	size_t at = 0;
	size_t column[SHEET_FIELDS_MAX];
	for (size_t i = 0; i < sheet->row_count && i < SHEET_HEAD_ROWS; i++) {
		size_t known = headings_match(desk, sheet, &sheet->rows[i], column);
		if (known > best) {
			best = known;
			at = i;
			memcpy(sheet->column, column, sizeof(column));
		}
	}
	if (best == 0) {
		return desk_refuse(desk, E_INPUT, "import.no_header", "text");
	}
	for (size_t f = 0; f < sheet->field_count; f++) {
		sheet->heading[f] =
			sheet->column[f] == SIZE_MAX
				? slice_str(sheet->fields[f].names[0])
				: slice_trim(sheet->rows[at].cell[sheet->column[f]]);
	}
	sheet->rows += at + 1;
	sheet->row_count -= at + 1;
	return sheet->row_count <= SHEET_ROWS_MAX
		       ? 0
		       : desk_refuse(desk, E_LIMIT, "import.rows", "text");
}

int import_sheet_open(struct desk *desk, const struct sheet_field *fields, size_t count,
	struct sheet *ret_sheet)
{
	static const char *const formats[] = { "csv", "cells", NULL };
	*ret_sheet = (struct sheet) {
		.fields = fields,
		.field_count = count,
		.dry_run = json_get_bool(desk->call->body, "dry_run", false),
		.skip_bad = json_get_bool(desk->call->body, "skip_bad", false),
	};
	ret_sheet->errors_max = SHEET_REPORT_MAX_OCTETS - 2048 - SHEET_PREVIEW_ROWS * 1024;
	buf_init(&ret_sheet->errors, SHEET_REPORT_MAX_OCTETS);
	buf_init(&ret_sheet->all_errors, IMPORT_ERRORS_MAX_OCTETS);
	jw_init(&ret_sheet->errors_jw, &ret_sheet->errors);
	jw_array(&ret_sheet->errors_jw);
	struct slice format = { 0 };
	struct slice text = { 0 };
	if (desk->import != NULL) {
		return import_source_rows(desk, ret_sheet);
	}
	int error = words_choice(desk, "format", formats, "csv", &format);
	error = error < 0 ? error : text_read(desk, &text);
	if (error < 0) {
		return error;
	}
	uint8_t separator = slice_is(format, "cells") ? '\t' : csv_separator_guess(text);
	error = rows_read(desk, text, separator, ret_sheet);
	return error < 0 ? error : headings_find(desk, ret_sheet);
}

void import_sheet_close(struct sheet *sheet)
{
	buf_fini(&sheet->errors);
	buf_fini(&sheet->all_errors);
}

struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t field)
{
	const struct sheet_row *r = &sheet->rows[row];
	size_t column = sheet->column[field];
	return column < r->cells ? csv_plain(slice_trim(r->cell[column]))
				 : (struct slice) { 0 };
}

/* ---- judging */

struct slice sheet_cut(struct slice value)
{
	size_t at = 0;
	for (size_t chars = 0; at < value.n && chars < VALUE_MAX_CHARS; chars++) {
		uint32_t code_point = 0;
		at += utf8_next(slice_skip(value, at), &code_point);
	}
	return slice_head(value, at);
}

void sheet_refuse(
	struct sheet *sheet, size_t row, size_t field, const char *code, struct slice value)
{
	struct sheet_row *r = &sheet->rows[row];
	sheet->refused += !r->bad;
	r->bad = true;
	if (sheet->stored) {
		buf_printf(&sheet->all_errors, "%zu\x1f%lld\x1f%s\x1e", r->number,
			sheet->source_column[field] == SIZE_MAX
				? -1LL
				: (long long)sheet->source_column[field],
			code);
	}
	/* Room for one more, and for the rest of the report behind it. */
	if (sheet->errors.n > sheet->errors_max) {
		return;
	}
	struct jw *jw = &sheet->errors_jw;
	jw_object(jw);
	jw_kv_int(jw, "row", (int64_t)r->number);
	jw_kv_opt(jw, "column", sheet_cut(sheet->heading[field]));
	jw_kv_str(jw, "code", slice_str(code));
	jw_kv_opt(jw, "value", sheet_cut(value));
	jw_end(jw);
}

static bool cell_clean(struct slice cell)
{
	for (size_t i = 0; i < cell.n; i++) {
		if ((cell.p[i] < 0x20 && memchr("\t\r\n", cell.p[i], 3) == NULL) ||
			cell.p[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

void sheet_check(struct sheet *sheet)
{
	for (size_t row = 0; row < sheet->row_count; row++) {
		for (size_t f = 0; f < sheet->field_count; f++) {
			struct slice cell = sheet_cell(sheet, row, f);
			if (cell.n == 0 && sheet->fields[f].required) {
				sheet_refuse(sheet, row, f, "required", cell);
			} else if (!cell_clean(cell)) {
				sheet_refuse(sheet, row, f, "invalid", cell);
			} else if (utf8_count(cell) > sheet->fields[f].max) {
				sheet_refuse(sheet, row, f, "too_long", cell);
			}
		}
	}
}

int sheet_admit(struct desk *desk, const struct sheet *sheet)
{
	bool strict = !sheet->dry_run && !sheet->skip_bad;
	return strict && sheet->refused > 0
		       ? desk_refuse(desk, E_INPUT, "import.bad_rows", "text")
		       : 0;
}

/* ---- the report */

static void preview_put(struct jw *jw, const struct sheet *sheet)
{
	jw_key(jw, "preview");
	jw_array(jw);
	for (size_t row = 0; row < sheet->row_count && row < SHEET_PREVIEW_ROWS &&
			     jw->buf->n < SHEET_REPORT_MAX_OCTETS - 2048;
		row++) {
		jw_object(jw);
		jw_kv_int(jw, "row", (int64_t)sheet->rows[row].number);
		for (size_t f = 0; f < sheet->field_count; f++) {
			bool there = !sheet->stored || sheet->source_column[f] != SIZE_MAX;
			if (there && sheet->column[f] != SIZE_MAX &&
				jw->buf->n < SHEET_REPORT_MAX_OCTETS - 1024) {
				jw_kv_str(jw, sheet->fields[f].id,
					sheet_cut(sheet_cell(sheet, row, f)));
			}
		}
		jw_end(jw);
	}
	jw_end(jw);
}

static struct slice report_of(struct desk *desk, struct sheet *sheet)
{
	AUTO_BUF struct buf report;
	buf_init(&report, SHEET_REPORT_MAX_OCTETS + 4096);
	struct jw jw;
	jw_init(&jw, &report);
	jw_end(&sheet->errors_jw);
	jw_object(&jw);
	jw_kv_bool(&jw, "dry_run", sheet->dry_run);
	jw_kv_int(&jw, "rows", (int64_t)sheet->row_count);
	jw_kv_int(&jw, "added", sheet->added);
	jw_kv_int(&jw, "changed", sheet->changed);
	jw_kv_int(&jw, "same", sheet->same);
	jw_kv_int(&jw, "refused", sheet->refused);
	jw_key(&jw, "errors");
	jw_raw(&jw, buf_slice(&sheet->errors));
	if (sheet->stored) {
		import_source_report(desk, &jw, sheet);
	}
	preview_put(&jw, sheet);
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&report));
}

int sheet_answer(struct desk *desk, struct sheet *sheet, const char *act, const char *topic)
{
	desk->answer_report = report_of(desk, sheet);
	int error = sheet->stored ? import_source_settle(desk, sheet, topic) : 0;
	bool names_kept = sheet->stored && !sheet->dry_run && desk->import->decisions > 0;
	if (error < 0) {
		return error;
	}
	if (names_kept) {
		desk_audit(desk, act, topic, 0, 0, SLICE("names"));
	}
	if (sheet->dry_run || sheet->added + sheet->changed == 0) {
		return 0;
	}
	desk_audit(desk, act, topic, 0, 0,
		arena_printf(desk->arena, "added %lld changed %lld refused %lld",
			(long long)sheet->added, (long long)sheet->changed,
			(long long)sheet->refused));
	return txn_change(desk->txn, topic, 0, 0);
}
