/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The decision over the generated permission table: may this caller use this
 * route, and on whose records.  Deny by default.
 *
 * Layer: access.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/caller.h"
#include "schema/permissions.h"

/**
 * On whose records the caller may use the route.
 *
 * Returns: SCOPE_NONE when not at all; open routes are not asked here.
 */
enum scope access_scope(const struct caller *caller, enum route_id route);

/**
 * Does the scope reach a record of this unit?
 *
 * Shape:   unit_id 0 = a record of no unit, reached by SCOPE_ALL only.
 */
bool access_covers(const struct caller *caller, enum scope scope, int64_t unit_id);
