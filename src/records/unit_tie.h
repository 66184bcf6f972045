/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What hangs on a unit, as data: what a successor takes over when a unit is
 * merged or dissolved, and what is counted before anybody agrees to it.
 *
 * Layer: records.  Threading: as the connection.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct unit_tie {
	const char *what;     /* member of the API's unit_moves; several ties may share one */
	const char *table;    /* with columns id and version */
	const char *column;   /* that names the unit */
	const char *where;    /* which of its rows, with " AND " before */
	const char *timeline; /* kind of the record in the timeline; NULL = it has none */
	const char *
		refusal; /* code when there is nobody to take it; NULL = it may end with the unit */
};

extern const struct unit_tie unit_ties[];
extern const size_t unit_tie_count;
