/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One unit as a value: loaded, changed in memory, held against the rules of
 * the tree, saved.  The acts and the import share it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct desk;
struct json;

enum { UNIT_NAME_MAX = 100, UNIT_DEPTH_MAX = 16 };

struct unit_row {
	int64_t id; /* 0 = not stored yet */
	int64_t version;
	struct slice name;
	struct slice short_name;
	struct slice kind;
	int64_t parent_id;
	bool is_centre;
	int64_t valid_from_ms;
	int64_t valid_to_ms; /* 0 = it exists */
};

/** NULL-ended words of unit.kind. */
extern const char *const unit_kinds[];

/** Texts live in the act's arena.  Returns: 0, E_ABSENT or as db_step. */
NODISCARD int unit_row_load(struct desk *desk, int64_t id, struct unit_row *ret_row);
/** The living unit of this name.  Returns: 1, 0 none, or as db_step. */
NODISCARD int unit_row_find(struct desk *desk, struct slice name, struct unit_row *ret_row);

/**
 * May it be stored so?  Name not taken, parent alive and no cycle, one centre.
 *
 * Returns: 0; E_EXISTS refused with unit.name_taken or unit.centre_exists;
 *          E_INPUT refused with unit.parent_ended, unit.cycle or unit.too_deep; or as db_step.
 */
NODISCARD int unit_row_check(struct desk *desk, const struct unit_row *row);

/**
 * May it end?  Returns: 0, or E_STATE refused with unit.has_notices,
 * unit.has_grants, unit.has_children or unit.has_assets.
 */
NODISCARD int unit_row_may_end(struct desk *desk, const struct unit_row *row);

/**
 * Insert (id 0, which is filled in) or update; version goes up.  What it was
 * called before stays in unit_past.  Audit rows and search words are written;
 * the stream is the caller's.
 *
 * Shape:   before is the row as stored, NULL for a new one.
 * Returns: 0 or as db_step.
 */
NODISCARD int unit_row_save(
	struct desk *desk, const struct unit_row *before, struct unit_row *row);

/** Make it found by its names, those before, and those of units that went up in it.  0 or as db_step. */
NODISCARD int unit_row_words(struct desk *desk, const struct unit_row *row);

/** Its members as JSON, and back; id and version are the caller's.  Owns: the arena. */
struct slice unit_row_json(struct arena *arena, const struct unit_row *row);
void unit_row_of_json(struct unit_row *row, const struct json *json);

/** Would saving change anything? */
bool unit_row_same(const struct unit_row *a, const struct unit_row *b);
