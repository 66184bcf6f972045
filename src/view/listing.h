/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A list of records found by words: ids from the search table, rows one by
 * one, newest first.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct stmt;
struct view;

struct listing {
	const char *kind; /* of the search table */
	const char
		*by_id; /* SELECT … WHERE id = $1 AND …; $2 unit filter, $3 state, $4 a word */
	int (*put)(struct view *view, struct stmt *row); /* 0 or an error */
	int64_t unit_id;
	struct slice state;
	struct slice word;
};

/** The whole page, from its opening to its end.  0, E_INPUT (cursor) or as db_step. */
NODISCARD int listing_search(
	struct view *view, const struct listing *listing, struct slice query);

/** A read statement with the four parameters every list has; bind nothing else. */
NODISCARD int listing_open(struct view *view, const char *sql, const struct listing *listing,
	int64_t first, struct stmt **ret_stmt);
