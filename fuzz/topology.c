/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "topology_tables.h"

/* Links stay within the maxima and join only devices that some row brought together. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct tables *tables = tables_read(arena, slice_of(data, size));
	struct topology topology = { 0 };
	if (topology_build(&tables->input, arena, &topology) < 0) {
		abort(); /* ids are ours */
	}
	for (size_t i = 0; i < topology.link_count; i++) {
		if (!tables_hold(tables, &topology.links[i])) {
			abort();
		}
	}
	struct topology_parents parents = { 0 };
	struct topology_ask ask = { &topology, TOPOLOGY_POSSIBLE, (int64_t[1]) { 1 }, 1, NULL,
		0 };
	if (topology_parents(&ask, arena, &parents) < 0 ||
		parents.count > tables->input.device_count) {
		abort();
	}
	return 0;
}
