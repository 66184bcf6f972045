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

/**
 * POST /people/{id}/erase: by order, clear how a person was reached and every
 * personal value the audit log keeps about him; the name stays where he acted.
 * Once done, it is done: a second time clears what came since, or nothing.
 */
NODISCARD int desk_person_erase(struct desk *desk);
/** What of it can be refused before the password is looked at.  Returns: 0, or refused. */
NODISCARD int person_erase_check(struct desk *desk);
