/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 经办人 and vendors: a link for one purpose, which ends.  Whoever has it sees
 * one finding and says what was done about it, with a picture; nothing else
 * is shown, and the unit can take it back.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /findings/{id}/helpers: the answer's secret is the link's key. */
NODISCARD int desk_helper_create(struct desk *desk);
/** POST /helpers/{id}/end */
NODISCARD int desk_helper_end(struct desk *desk);
/** POST /helper/{key}: what was done. */
NODISCARD int desk_helper_say(struct desk *desk);
