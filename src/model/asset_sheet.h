/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The asset register as a sheet: its columns under every heading schools give
 * them, and the words of its cells.  The export writes the first heading and
 * the Chinese word; the import takes them all.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/name.h"

enum asset_column {
	ASSET_COLUMN_NAME,
	ASSET_COLUMN_KIND,
	ASSET_COLUMN_ADDRESS,
	ASSET_COLUMN_DOMAIN,
	ASSET_COLUMN_OWNER_UNIT,
	ASSET_COLUMN_OPERATE_UNIT,
	ASSET_COLUMN_USE_UNIT,
	ASSET_COLUMN_IMPORTANCE,
	ASSET_COLUMN_MLPS_LEVEL,
	ASSET_COLUMN_EXPOSURE,
	ASSET_COLUMN_HOST,
	ASSET_COLUMN_VENDOR,
	ASSET_COLUMN_VENDOR_PHONE,
	ASSET_COLUMN_NOTE,
	ASSET_COLUMN_TAGS,
	ASSET_COLUMN_DOMAIN_END,
	ASSET_COLUMN_ICP_NUMBER,
	ASSET_COLUMN_ICP_END,
};

#define ASSET_COLUMN_COUNT (ASSET_COLUMN_ICP_END + 1)

/** A column of a sheet. */
struct sheet_field {
	const char *id;           /* as in the API's models */
	const char *const *names; /* headings, the first is written; NULL-ended */
	size_t max;               /* characters of a cell */
	bool required;
};

extern const struct sheet_field asset_sheet_fields[ASSET_COLUMN_COUNT];

/** Values in the order of the schema's words. */
extern const struct name_table asset_kind_names;
extern const struct name_table asset_importance_names;
extern const struct name_table asset_exposure_names;

/** A word people write for a value. */
struct sheet_word {
	const char *text;
	const char *id;
};

/** Words besides those of the tables; ended by a NULL text. */
extern const struct sheet_word asset_kind_words[];
extern const struct sheet_word asset_importance_words[];
extern const struct sheet_word asset_exposure_words[];

/** The id a cell means: of the table, in any of its three forms, or of the words; NULL when none. */
const char *sheet_word_id(
	const struct name_table *table, const struct sheet_word *words, struct slice cell);

/** "二级", "第二级", "2", "2级", "S2A2"; 0 for "未定级", "无", "-".  Returns: 0..5, or E_FORMAT. */
int mlps_level_parse(struct slice cell);
/**
 * A day as people write it: 2027-6-30, 2027/06/30, 2027.6.30, 20270630 or 2027年6月30日; 0 for "无",
 * "-" and nothing.
 *
 * Shape:   the end of that working day, 17:30 by China's clock, as the forms send it.
 * Returns: 0, E_FORMAT, or E_RANGE for a day that does not exist.
 */
NODISCARD int sheet_day_parse(struct slice cell, int64_t *ret_unix_ms);

/** As it is written: "二级"; "" for 0. */
const char *mlps_level_text(int64_t level);
