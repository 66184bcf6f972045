/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Behind which devices does each device lie, seen from where we measure?  A
 * device is cut off when all of its parents are; so they are such a set that
 * no way from a monitoring point avoids all of them:
 *
 *	the neighbours one step nearer, where they are such a set;
 *	else the last device that every way passes (in a ring with a tail, the
 *	one where the ring is left), if there is one.
 *
 * Every parent is nearer than its child, so there are no cycles.
 *
 * Layer: detect.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "detect/topology/topology.h"

enum {
	TOPOLOGY_PARENTS_MAX = 8, /* of one device; a wider set is replaced by the last device
				     that every way passes */
	TOPOLOGY_ORDERS_MAX = 4096,
};

/** A person's word on one device's parents; count 0 = it has none. */
struct topology_order {
	int64_t device;
	int64_t parent[TOPOLOGY_PARENTS_MAX];
	size_t count;
};

struct topology_ask {
	const struct topology *topology;
	enum topology_confidence least; /* links below it are no way; drawn ones always are */
	const int64_t *points; /* devices the monitoring points hang on; any reaching will do */
	size_t point_count;
	const struct topology_order *orders;
	size_t order_count;
};

struct topology_parent {
	int64_t device;
	int64_t parent[TOPOLOGY_PARENTS_MAX]; /* ascending */
	size_t count;            /* 0 at a monitoring point and where no way leads */
	uint32_t distance;       /* steps; UINT32_MAX = no way leads there */
	enum topology_mark mark; /* TOPOLOGY_FOUND or TOPOLOGY_DRAWN */
};

struct topology_parents {
	const struct topology_parent
		*item; /* by device; each that has a link, a point or an order */
	size_t count;
	size_t refused_orders; /* they would hang a device on itself */
	size_t coarse; /* sets not proved in time and replaced by the last common device */
};

/**
 * Work out the parents: O((V+E) log V), and O(V+E) more an order.
 *
 * Owns:    everything in *ret_parents lives in arena.
 * Returns: 0; E_LIMIT over TOPOLOGY_ORDERS_MAX or TOPOLOGY_DEVICES_MAX.
 */
NODISCARD int topology_parents(const struct topology_ask *ask, struct arena *arena,
	struct topology_parents *ret_parents);
