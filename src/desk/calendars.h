/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The school's own days and a unit's: off, worked, between terms.  Each edition
 * is a text beside the published years, named in every deadline it counted.
 * Changing one moves nothing; what would move is shown, and a deadline is
 * counted anew only by an act of its own.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct calendar;
struct desk;
struct desk_env;
struct txn;

/**
 * The days as they are now for a unit: the published ones, the school's and the
 * unit's own on top; unit_id 0 = the school's only.
 *
 * Owns:    the result is the environment's or the command's arena's.
 * Returns: 0, E_STORE for a text that cannot be read, or as db_step.
 */
NODISCARD int calendar_of_unit(struct txn *txn, const struct desk_env *env, int64_t unit_id,
	const struct calendar **ret_calendar);

/** POST /calendars: a new edition of the school's or a unit's days; with dry_run only what would move. */
NODISCARD int desk_calendar_put(struct desk *desk);
