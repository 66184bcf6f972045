/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on the units of the school.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/** POST /units */
NODISCARD int desk_unit_create(struct desk *desk);
/** PATCH /units/{id}: only the members given change; valid_to ends the unit, null brings it back. */
NODISCARD int desk_unit_update(struct desk *desk);
/** POST /units/import: 名称, 简称, 类别, 上级; a parent may stand anywhere in the sheet; at most 2,000 rows. */
NODISCARD int desk_unit_import(struct desk *desk);

/**
 * POST /units/{id}/dissolve: a unit ends, alone or into another one, which
 * takes over what is open, what it has and who is in it; a unit with open work
 * and no successor is not dissolved.
 */
NODISCARD int desk_unit_dissolve(struct desk *desk);
/** POST /units/{id}/heads: in which order its heads are called. */
NODISCARD int desk_unit_heads(struct desk *desk);
/** What a unit of this name most likely is: 学院 is a faculty. */
const char *unit_kind_guess(struct slice name);
