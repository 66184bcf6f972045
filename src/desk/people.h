/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on people: who they are and how they are reached.  What they may do
 * are grants and accounts, elsewhere.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/** POST /people */
NODISCARD int desk_person_create(struct desk *desk);
/** PATCH /people/{id}: only the members given change. */
NODISCARD int desk_person_update(struct desk *desk);

/** Five to 24 of digits, + - ( ) space and an extension after x or 转; at least five digits. */
bool phone_plausible(struct slice text);
/** One @, a domain with a dot, no space; at most 254 octets (RFC 5321 section 4.5.3.1.3). */
bool mail_plausible(struct slice text);
