/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Units as people write them into sheets: by full name, by short name, with
 * or without what stands in brackets.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct desk;

enum { UNIT_NAMES_MAX = 20000 };

struct unit_name {
	int64_t id;
	struct slice name;
	struct slice short_name;
	struct slice bare; /* name without brackets and spaces */
	bool ended;
};

struct unit_names {
	struct desk *desk;
	struct unit_name *item;
	size_t count;
	struct slice last; /* asked for last, and what came of it */
	int64_t last_id;
};

/** All units into the act's arena.  Returns: 0, E_LIMIT (UNIT_NAMES_MAX) or as db_step. */
NODISCARD int unit_names_load(struct desk *desk, struct unit_names *ret_names);

/**
 * The unit meant: the name, else the short name, else the name without
 * brackets, else a unit that has ended.
 *
 * Shape:   the text is borrowed until the next call.
 * Returns: its id, E_ABSENT, or E_CONFLICT when several answer to it.
 */
int64_t unit_names_find(struct unit_names *names, struct arena *arena, struct slice text);

/** Without spaces and without what stands in （） or (). */
struct slice name_bare(struct arena *arena, struct slice text);
