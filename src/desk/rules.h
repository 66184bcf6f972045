/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on the school's rules over figures.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /rules: {name, definition, replaces?, enabled?}. */
NODISCARD int desk_rule_create(struct desk *desk);
/** PATCH /rules/{id}: only the members given change; replaces does not. */
NODISCARD int desk_rule_update(struct desk *desk);
/** DELETE /rules/{id}: what it said ends; a shipped rule it stood for works again. */
NODISCARD int desk_rule_delete(struct desk *desk);
