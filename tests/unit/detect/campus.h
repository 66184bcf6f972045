/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A made-up campus of switches, access points, telephones and hosts whose
 * wiring is known, and what its devices would say: with aggregates, blocked
 * second uplinks, neighbours heard one way only, silent switches, doubled
 * names and chassis ids, and rows that are out of date.
 */
#pragma once

#include "detect/topology/topology.h"

struct arena;

struct campus_plan {
	uint64_t seed;
	size_t switches; /* 2 core, 24 distribution, the rest access */
	unsigned silent_percent;
	unsigned one_sided_percent;
	unsigned stale_percent; /* of switches that have a row from elsewhere */
	unsigned gaps_percent;  /* of bridge table rows that are missing */
};

struct campus_wire {
	int64_t device_a; /* the smaller id */
	int64_t device_b;
	uint32_t port_a; /* if_index of the end; 0 = a device without ports */
	uint32_t port_b;
};

struct campus {
	struct topology_input input;
	const struct campus_wire *wires; /* an aggregate once */
	size_t wire_count;
	size_t strangers; /* telephones that speak LLDP */
};

/** Everything lives in arena. */
void campus_make(
	const struct campus_plan *plan, struct arena *arena, struct campus *ret_campus);
