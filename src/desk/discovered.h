/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 未登记资产: devices that were seen and are in no register.  Each is claimed
 * as an asset, tied to one there is, handed to a unit that claims it or says
 * it is not its own, or left alone for a while with a reason.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum { DISCOVERED_REASON_MAX = 200, DISCOVERED_IGNORE_DAYS_MAX = 366 };

/** Acts, all POST /discovered/{id}/…: claim, merge, hand, decline, ignore, reopen. */
NODISCARD int desk_discovered_claim(struct desk *desk);
NODISCARD int desk_discovered_merge(struct desk *desk);
NODISCARD int desk_discovered_hand(struct desk *desk);
NODISCARD int desk_discovered_decline(struct desk *desk);
NODISCARD int desk_discovered_ignore(struct desk *desk);
NODISCARD int desk_discovered_reopen(struct desk *desk);
