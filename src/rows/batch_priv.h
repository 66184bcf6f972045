/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The schema of each kind and the meeting point of reading and writing.
 *
 * Layer: rows, seen by this folder only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"
#include "rows/batch.h"

#define BATCH_MAGIC UINT32_C(0x31425346)

enum { BATCH_VERSION = 1 };

enum column_form { FORM_I64 = 1, FORM_F64 = 2, FORM_TEXT = 3, FORM_DICT = 4 };

/** FORM_DICT here means: try a dictionary, fall back to FORM_TEXT. */
struct batch_schema {
	size_t columns;
	uint8_t time_column;
	uint8_t form[BATCH_COLUMNS_MAX];
};

/** NULL for a kind this program does not know. */
const struct batch_schema *batch_schema_of(unsigned kind);
