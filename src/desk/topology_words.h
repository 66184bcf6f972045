/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What people say of the map: a link that is there or is not, through which
 * devices one is reached, where the monitoring hangs, and where a device is
 * drawn.  The map is made anew with it at once.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum { TOPOLOGY_REASON_MAX = 200, TOPOLOGY_PORT_NAME_MAX = 120, TOPOLOGY_PLACES_MAX = 500 };

/** POST /topology/words: takes the place of an earlier one about the same. */
NODISCARD int desk_topology_say(struct desk *desk);
/** POST /topology/words/end */
NODISCARD int desk_topology_unsay(struct desk *desk);
/** POST /topology/places */
NODISCARD int desk_topology_place(struct desk *desk);
