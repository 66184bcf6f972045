/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What devices know of who is around them (table vicinity, a row a device):
 * neighbours by LLDP and CDP, stations their bridges have learnt, addresses
 * they have resolved.  Kept in place of the last, for the map and for finding
 * what is not watched yet.  No record: probe says it again.
 *
 * Layer: desk.  Threading: keeping in the writer's thread, reading as the connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "detect/topology/topology.h"

struct arena;
struct db;
struct txn;

struct vicinity_facts {
	int64_t check_id;
	int64_t at_ms;
	struct slice json; /* as vicinity_put_json of probe/snmp/vicinity.h */
};

/**
 * Read it, and keep it as we write it.
 *
 * Returns: 1 (kept); 0 (the check is gone); E_FORMAT and what json_parse says; or as db_step.
 */
NODISCARD int vicinity_take(struct txn *txn, const struct vicinity_facts *facts);

/** The check looks elsewhere now.  Returns: 0 or as db_step. */
NODISCARD int vicinity_forget(struct txn *txn, int64_t check_id);

enum vicinity_part { VICINITY_NEIGHBOURS = 1, VICINITY_FDB = 2, VICINITY_ARP = 4 };

/**
 * Each device of an enabled SNMP check, in the order of their ids: its own
 * facts and the parts asked for, read into what the map is made of.
 *
 * Shape:   take gets the device with its id (the check's) and when it was read;
 *          one that returns less than 0 ends it with that.
 * Owns:    texts and rows live in arena.
 * Returns: 0, what take returned, or as db_step.
 */
NODISCARD int vicinity_each(struct db *db, unsigned parts, struct arena *arena,
	int (*take)(void *user, const struct topology_device *device, int64_t at_ms),
	void *user);
