/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on people: who they are and how they are reached.  What they may do
 * are grants and accounts, elsewhere.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

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

/**
 * The person a filing's body is about, made (id 0) or brought up to date from
 * its members name, title, phone, phone2, mail, staff_no and in_post; what is
 * not given stays.  The caller names its own act afterwards.
 *
 * Returns: 0; E_ABSENT; E_INPUT refused with input.… or filing.other_unit;
 *          E_STATE refused with person.erased; or as db_step.
 */
NODISCARD int person_of_body(struct desk *desk, int64_t id, int64_t unit_id, int64_t *ret_id);
