/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The map of the network as records have it: made out of what devices know of
 * each other (desk/vicinity.h) and of what people say, kept with what changed,
 * and the parents of checks that follow from it.
 *
 * A device of the map is known by a check: the SNMP check that reads it, or
 * the first check of an address that no such device has.  Its other checks
 * hang on one of them, the ping where there is one; that one hangs on those of
 * the devices it is reached through.  Checks whose parents a person has set
 * are left alone.
 *
 * Layer: desk.  Threading: making on any thread with a connection of its own,
 * keeping in the writer's.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "detect/topology/parents.h"
#include "detect/topology/topology.h"

struct arena;
struct db;
struct txn;

enum {
	TOPOLOGY_WATCHES_MAX = 100000,
	TOPOLOGY_STRANGERS_SHOWN = 1000,
	TOPOLOGY_WORDS_MAX = TOPOLOGY_MANUAL_MAX,
};

/** By id, for qsort and bsearch. */
int topology_device_order(const void *a, const void *b);

/** How the points the monitoring hangs on were found. */
enum topology_how {
	TOPOLOGY_HOW_NONE,    /* not at all: nobody has parents */
	TOPOLOGY_HOW_WORD,    /* a person said so */
	TOPOLOGY_HOW_STATION, /* this machine was seen in the tables */
	TOPOLOGY_HOW_GATEWAY, /* its gateway is a device of the map */
};

/** A check hangs on another. */
struct topology_hang {
	int64_t watch;
	int64_t parent;
	enum topology_mark mark; /* TOPOLOGY_DRAWN = a person has set the device's parents */
};

/** A device that is on the map, and the check it stands and falls with. */
struct topology_node {
	int64_t id;
	int64_t lead;
	bool is_read; /* by SNMP */
};

struct topology_made {
	int64_t at_ms;
	int64_t took_ms;
	struct topology_input input; /* its devices in the order of their ids */
	struct topology topology;
	struct topology_parents parents;
	const struct topology_node *nodes; /* by id */
	size_t node_count;
	const struct topology_hang *hangs; /* by watch, parent */
	size_t hang_count;
	const int64_t *points;
	size_t point_count;
	enum topology_how how;
	bool is_nothing; /* no tables, no words, and nothing kept from before */
};

/**
 * Make the map as things stand.
 *
 * Shape:   own_facts is JSON as probe tells of this machine, or empty.
 * Owns:    everything in *ret_made lives in arena.
 * Returns: 0, E_LIMIT (more devices than a map takes) or as db_step.
 */
NODISCARD int topology_make(struct db *db, struct slice own_facts, struct arena *arena,
	struct topology_made *ret_made);

/** NULL when the device is not on the map. */
const struct topology_parent *topology_parents_of(
	const struct topology_made *made, int64_t device);

/**
 * Keep it: links that are new, changed or gone, and the parents.
 *
 * Returns: 1 when parents changed, 0, or as db_step.
 */
NODISCARD int topology_keep(struct txn *txn, const struct topology_made *made);
