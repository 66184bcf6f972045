/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The first way in for people of a unit, printed on their slip 开通单: an
 * account and a code that lasts some days, with which he logs in once and
 * chooses a password.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /people/{id}/access: account name and code, told once.  For people of units alone. */
NODISCARD int desk_access_code(struct desk *desk);
