/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sightings put together (workflow/discovery.h) and held against the register:
 * who is in none becomes a record people decide on, who has come into one
 * since is settled, and what was decided is not asked again.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct makers;
struct txn;

enum { DISCOVERED_AT_ONCE_MAX = 1000 }; /* records begun by one command */

/**
 * makers: of network cards; NULL = nobody is named by his card.
 *
 * Returns: 1 when there is more of it (DISCOVERED_AT_ONCE_MAX), 0, E_LIMIT
 *          (discovery_match) or as db_step.
 */
NODISCARD int discovered_match(struct txn *txn, const struct makers *makers);
