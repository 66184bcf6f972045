/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names of enum values: a stable id for the store and the API, and words for
 * people.  Every enum of the model has one table, indexed by its values.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

/** Languages of the house; the product speaks Chinese first. */
enum lang { LANG_ZH, LANG_EN };

struct name_row {
	const char *id; /* snake_case, never renamed */
	const char *zh;
	const char *en;
};

struct name_table {
	const char *what; /* the kind of thing, for messages */
	const struct name_row *rows;
	size_t count;
};

/** The id of a value; "" outside the table.  Static. */
const char *name_id(const struct name_table *table, unsigned value);
/** The words for a value; "" outside the table.  Static. */
const char *name_text(const struct name_table *table, unsigned value, enum lang lang);
/** The value with this id.  Returns: the value, or E_INPUT. */
NODISCARD int name_parse(const struct name_table *table, struct slice id);
