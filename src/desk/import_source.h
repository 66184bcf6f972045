/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A sheet that was read into the store, as the acts on it see it: which of its
 * columns is which field, whose names people have confirmed, and what an
 * import has changed so far.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/unit_names.h"
#include "grid/grid.h"

struct desk;
struct json;
struct jw;
struct sheet;

enum {
	IMPORT_DECISIONS_MAX = 500, /* names of units confirmed in one import */
	IMPORT_UNKNOWN_MAX = 200,   /* names asked about at once */
	IMPORT_CANDIDATES = 3,
	IMPORT_LIKENESS_MIN = 34, /* of 100: less alike is no suggestion */
	IMPORT_ERRORS_MAX_OCTETS = 2 * 1024 * 1024,
	IMPORT_NEW_UNIT = -1, /* a decision: make one of this name */
	IMPORT_KEPT_MS = 7 * 24 * 3600 * 1000,
};

struct import_decision {
	struct slice text;
	int64_t unit_id; /* 0 = leave its rows out */
	bool remember;
};

struct import_unknown {
	struct slice text;
	size_t rows;
	struct slice name[IMPORT_CANDIDATES];
	int64_t id[IMPORT_CANDIDATES];
	unsigned likeness[IMPORT_CANDIDATES];
};

struct import_column {
	size_t field; /* SIZE_MAX = none */
	bool fill;    /* an empty cell says what the one above says */
	struct slice heading;
	struct slice sample[3];
	size_t samples;
};

struct import_source {
	int64_t id;
	size_t page;
	struct slice page_name[GRID_SHEETS_MAX];
	size_t pages;
	struct slice cells;
	size_t left_out;
	uint32_t heading_row; /* asked for, then found; 0 = there is none */
	bool heading_given;
	const struct json *columns_given; /* array of field ids; NULL = guess */
	const struct json *fill_given;
	struct import_column column[GRID_COLUMNS_MAX];
	size_t columns;
	struct import_decision decision[IMPORT_DECISIONS_MAX];
	size_t decisions;
	struct import_unknown unknown[IMPORT_UNKNOWN_MAX];
	size_t unknowns;
	int64_t changes;
	int64_t people; /* put into the register beside */
	int64_t units;
};

/**
 * The sheet the body asks for (model import_run), not yet imported.
 *
 * Owns:    *ret_source lives in the act's arena.
 * Returns: 0; E_ABSENT; E_STATE refused with import.done or import.gone;
 *          E_INPUT refused; or as db_step.
 */
NODISCARD int import_source_load(
	struct desk *desk, int64_t id, struct import_source **ret_source);

/** Its rows into the sheet's fields, guessing what the body does not say.  Returns: as import_sheet_open. */
NODISCARD int import_source_rows(struct desk *desk, struct sheet *sheet);

/**
 * The unit a cell means: by its name, by what was confirmed now or before.
 *
 * Returns: id; 0 = its rows are to be left out; E_ABSENT (asked about in the
 *          report), E_CONFLICT, or as db_step.
 */
int64_t import_source_unit(struct desk *desk, struct unit_names *names, struct slice text);

/** Make the units that were decided on, keep names to be remembered.  Not in a dry run. */
NODISCARD int import_source_decide(struct desk *desk);

/** Something was made (was empty) or changed; it can be taken back.  Returns: 0 or as db_step. */
NODISCARD int import_source_note(
	struct desk *desk, const char *kind, int64_t id, int64_t version, struct slice was);

/** What came of it: a dry run keeps the faults, an import is done for good.  Returns: 0 or as db_step. */
NODISCARD int import_source_settle(
	struct desk *desk, const struct sheet *sheet, const char *kind);

/** Members sheets, columns, units and people of the report. */
void import_source_report(struct desk *desk, struct jw *jw, const struct sheet *sheet);
