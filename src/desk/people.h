/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on people: who they are and how they are reached.  What they may do
 * are grants and accounts, elsewhere.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /people */
NODISCARD int desk_person_create(struct desk *desk);
/** PATCH /people/{id}: only the members given change. */
NODISCARD int desk_person_update(struct desk *desk);
