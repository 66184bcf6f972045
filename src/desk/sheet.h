/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A sheet somebody sends in to be imported: its text decoded, its headings
 * found, its rows taken apart, and the report of what became of each.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/jw.h"
#include "base/slice.h"
#include "model/asset_sheet.h"

struct desk;

enum {
	SHEET_TEXT_MAX_OCTETS = 16 * 1024 * 1024, /* after decoding */
	SHEET_ROWS_MAX =
		10000, /* one command is one audit entry, which names so many rows at most */
	SHEET_COLUMNS_MAX = 64,
	SHEET_FIELDS_MAX = 24,
	SHEET_HEAD_ROWS = 10, /* headings stand among these */
	SHEET_PREVIEW_ROWS = 20,
	SHEET_REPORT_MAX_OCTETS = 56 * 1024, /* fits an answer; later errors are only counted */
};

struct sheet_row {
	size_t number; /* as a spreadsheet counts, from 1 */
	struct slice *cell;
	size_t cells;
	bool bad;
};

struct sheet {
	const struct sheet_field *fields;
	size_t field_count;
	struct sheet_row *rows;
	size_t row_count;
	struct slice heading[SHEET_FIELDS_MAX]; /* as the sheet has it */
	size_t column[SHEET_FIELDS_MAX];        /* SIZE_MAX = the sheet has none */
	bool dry_run;
	bool skip_bad;
	int64_t added;
	int64_t changed;
	int64_t same;
	int64_t refused;
	struct buf errors;
	struct jw errors_jw;
	size_t errors_max;     /* octets of them in the report */
	struct buf all_errors; /* of a sheet in the store: row US column US code RS */
	bool stored;           /* it lies in the store: desk/import_source.h */
	size_t source_column[SHEET_FIELDS_MAX]; /* of such a one: in the sheet as it came */
};

/**
 * Read the body (model import of schema/api.toml): base64, charset, headings
 * even below a title, rows.  Blank rows are left out.
 *
 * Owns:    rows live in the act's arena; *ret_sheet is closed with import_sheet_close in every case.
 * Returns: 0; E_INPUT refused with import.base64, import.charset,
 *          import.quotes, import.columns, import.no_header or import.empty;
 *          E_LIMIT refused with import.too_large or import.rows.
 */
NODISCARD int import_sheet_open(struct desk *desk, const struct sheet_field *fields,
	size_t count, struct sheet *ret_sheet);
void import_sheet_close(struct sheet *sheet);

/**
 * Which columns of a row are headings of which field; how many were known.
 *
 * Shape:   column has a place for each field: SIZE_MAX = none.  near takes headings that
 *          only begin or end as one that is known, too.
 */
size_t sheet_headings(struct desk *desk, const struct sheet *sheet, const struct sheet_row *row,
	bool near, size_t *column);

/** At most so many characters as a report shows of a cell. */
struct slice sheet_cut(struct slice value);

/** A cell, trimmed, as it was before an export disarmed it; empty where there is none. */
struct slice sheet_cell(const struct sheet *sheet, size_t row, size_t field);

/** This row is not taken; it counts once however often it is refused. */
void sheet_refuse(
	struct sheet *sheet, size_t row, size_t field, const char *code, struct slice value);

/** Refuse rows that lack what is required, or hold too long texts or control characters. */
void sheet_check(struct sheet *sheet);

/**
 * After all rows were judged: E_INPUT refused with import.bad_rows when
 * something is to be written, rows are bad and skip_bad was not asked for; else 0.
 */
NODISCARD int sheet_admit(struct desk *desk, const struct sheet *sheet);

/** Answer with the report, name the act unless it was a dry run or nothing changed, tell the stream. */
NODISCARD int sheet_answer(
	struct desk *desk, struct sheet *sheet, const char *act, const char *topic);
