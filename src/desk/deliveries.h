/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on deliveries.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /deliveries/{id}/resend: a message that ended unsent goes out anew, once, as a row of its own. */
NODISCARD int desk_delivery_resend(struct desk *desk);
