/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The first checks of a fresh store: the machine the platform runs on, its
 * gateway and its resolvers, from what probe found out about them.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct txn;

/**
 * Register them, unless any check exists already.
 *
 * Shape:   {"hostname":…,"interfaces":[…],"gateways":[…],"resolvers":[…]}.
 * Returns: how many checks were made, E_FORMAT, or as db_step.
 */
NODISCARD int own_machine_register(struct txn *txn, struct slice facts_json);
