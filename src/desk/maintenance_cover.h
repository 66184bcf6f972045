/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which checks open maintenance windows cover.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk_env;
struct txn;

/**
 * Bring live_maintenance_id of every check in line with the windows that are
 * open, and tell what still fires where one has closed.
 *
 * Shape:   a check is covered by name, by its asset, by a tag of that, by its
 *          asset's unit or a unit above that, or when all its parents are.
 * Returns: how many checks changed, or as db_step.
 */
NODISCARD int maintenance_cover(struct txn *txn, const struct desk_env *env);
