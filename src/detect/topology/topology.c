/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/topology/topology.h"

#include <stdlib.h>

#include "base/err.h"
#include "detect/topology/topology_priv.h"

/* 2^22 bridge rows thrice over, and every name of every device at its longest. */
#define SCRATCH_OCTETS ((size_t)2 << 30)

bool topo_step(struct topo *topo, size_t steps)
{
	topo->stats.steps += steps;
	return topo->stats.steps <= TOPOLOGY_STEPS_MAX;
}

/* ---- devices by id */

static int id_order(const void *a, const void *b)
{
	const struct topo_id *x = a;
	const struct topo_id *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int ids_read(struct topo *topo)
{
	topo->ids = arena_take(topo->scratch, (topo->device_count + 1) * sizeof(*topo->ids));
	for (uint32_t i = 0; i < topo->device_count; i++) {
		topo->ids[i] = (struct topo_id) { topo->in->devices[i].id, i };
		if (topo->ids[i].id <= 0) {
			return E_INPUT;
		}
	}
	if (topo->device_count > 0) {
		qsort(topo->ids, topo->device_count, sizeof(*topo->ids), id_order);
	}
	for (uint32_t i = 1; i < topo->device_count; i++) {
		if (topo->ids[i].id == topo->ids[i - 1].id) {
			return E_INPUT;
		}
	}
	return 0;
}

uint32_t topo_device(const struct topo *topo, int64_t id)
{
	struct topo_id key = { .id = id };
	const struct topo_id *found = topo->device_count == 0
					      ? NULL
					      : bsearch(&key, topo->ids, topo->device_count,
							sizeof(*topo->ids), id_order);
	return found != NULL ? found->place : NONE;
}

/* ---- the result */

static int link_order(const void *a, const void *b)
{
	const struct topology_link *x = a;
	const struct topology_link *y = b;
	if (x->device_a != y->device_a) {
		return x->device_a > y->device_a ? 1 : -1;
	}
	if (x->device_b != y->device_b) {
		return x->device_b > y->device_b ? 1 : -1;
	}
	if (x->port_a != y->port_a) {
		return x->port_a > y->port_a ? 1 : -1;
	}
	return (x->port_b > y->port_b) - (x->port_b < y->port_b);
}

static uint32_t if_index(const struct topo *topo, uint32_t port)
{
	return port != NONE ? topo->ports[port].row->if_index : 0;
}

static void links_give(struct topo *topo, struct topology *ret_topology)
{
	struct topology_link *links =
		arena_take(topo->arena, (topo->link_count + 1) * sizeof(*links));
	for (size_t i = 0; i < topo->link_count; i++) {
		const struct topo_link *link = &topo->links[i];
		links[i] = (struct topology_link) {
			.device_a = topo->in->devices[link->device[0]].id,
			.device_b = topo->in->devices[link->device[1]].id,
			.port_a = if_index(topo, link->port[0]),
			.port_b = if_index(topo, link->port[1]),
			.wires = link->wires,
			.sources = link->sources,
			.confidence = link->confidence,
			.mark = link->mark,
			.shared = link->shared,
			.attachment = !topo_is_bridge(topo, link->device[0]) ||
				      !topo_is_bridge(topo, link->device[1]),
			.evidence = link->evidence,
			.evidence_count = link->evidence_count,
		};
	}
	if (topo->link_count > 0) {
		qsort(links, topo->link_count, sizeof(*links), link_order);
	}
	*ret_topology = (struct topology) { .links = links,
		.link_count = topo->link_count,
		.strangers = topo->strangers,
		.stranger_count = topo->stranger_count,
		.stats = topo->stats };
}

int topology_build(
	const struct topology_input *input, struct arena *arena, struct topology *ret_topology)
{
	if (input->device_count > TOPOLOGY_DEVICES_MAX ||
		input->manual_count > TOPOLOGY_MANUAL_MAX) {
		return E_LIMIT;
	}
	AUTO_ARENA struct arena *scratch = arena_create(SCRATCH_OCTETS);
	AUTO_ARENA struct arena *turn = arena_create(0);
	struct topo topo = { .in = input,
		.arena = arena,
		.scratch = scratch,
		.turn = turn,
		.keys = scratch,
		.device_count = (uint32_t)input->device_count };
	int error = ids_read(&topo);
	if (error < 0) {
		return error;
	}
	topo_index(&topo);
	topo_sights(&topo);
	topo.keys = turn;
	topo_claims(&topo);
	topo_pair(&topo);
	topo_links_of_claims(&topo);
	topo_bridge(&topo);
	topo_attach(&topo);
	topo_links_fold(&topo);
	topo_links_manual(&topo);
	links_give(&topo, ret_topology);
	return 0;
}
