/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The neighbour crawl: what watched devices know of who is around them
 * becomes sightings.  Nobody is asked for it who is not watched already.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct topology_device;
struct txn;

/**
 * Its own addresses, the neighbours it hears, the addresses it has resolved,
 * and where stations stand that are known by an address: only those alone on
 * their port, for the port behind which others stand is a way to somewhere.
 *
 * Shape:   device->id is its check.
 * Returns: 0 or as db_step.
 */
NODISCARD int crawl_take(struct txn *txn, const struct topology_device *device, int64_t at_ms);
