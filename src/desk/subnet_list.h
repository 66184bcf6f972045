/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The school's network ranges: whose they are, and whether devices in them may
 * be asked, only listened to, or are not looked at.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/network.h"

struct arena;
struct db;

enum { SUBNETS_MAX = 1000 };

enum subnet_mode { SUBNET_ACTIVE, SUBNET_PASSIVE, SUBNET_OFF };

struct subnet {
	int64_t id;
	int64_t unit_id;
	enum subnet_mode mode;
	struct network network;
};

/** The ranges that stand. */
struct subnets {
	const struct subnet *item;
	size_t count;
};

/** Owns: the list is the arena's.  Returns: 0 or as db_step. */
NODISCARD int subnets_load(struct db *db, struct arena *arena, struct subnets *ret_subnets);
/** The narrowest around an address; NULL = none. */
const struct subnet *subnet_of(const struct subnets *subnets, const struct network *address);
/** Is the address in a range that is not looked at, whatever else is around it? */
bool subnet_off(const struct subnets *subnets, const struct network *address);

/** The name a range's SNMP community is sealed under.  Owns: the arena's. */
const char *subnet_secret_name(struct arena *arena, int64_t id);
