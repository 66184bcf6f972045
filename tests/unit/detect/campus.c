/* SPDX-License-Identifier: Apache-2.0 */
#include "campus.h"

#include <stdlib.h>

#include "base/arena.h"

enum {
	CORES = 2,
	DISTRIBUTIONS = 24,
	BOX_PORTS = 200,
	AGGREGATE_FIRST = 1000, /* if_index */
	WIRES_MAX = 4096,
	ROWS_MAX = 512,
	POINTS = 300, /* access points, half of them watched */
	PHONES = 300,
	HOSTS = 1500,
};

#define NOWHERE UINT32_MAX

struct box {
	struct topology_device *device;
	struct topology_port *ports;
	struct topology_neighbour *rows;
	struct topology_fdb *fdb;
	uint64_t mac;
	uint32_t used; /* plain ports taken */
	uint32_t aggregates;
	unsigned make; /* how it writes port ids */
	bool silent;
};

struct wire {
	uint32_t box[2];
	uint32_t end[2]; /* place in ports */
	bool blocked;
};

struct world {
	const struct campus_plan *plan;
	struct arena *arena;
	uint64_t random;
	size_t count;
	struct box *boxes;
	struct wire wires[WIRES_MAX];
	size_t wire_count;
	uint32_t *towards; /* [a * count + b]: a's end on the way to b */
	uint32_t *up;      /* a's upper neighbour in the tree */
	struct campus_wire *truth;
	size_t truth_count;
	size_t device_count;
	struct topology_device *devices;
	size_t strangers;
};

static uint32_t draw(struct world *world, uint32_t below)
{
	world->random = world->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((world->random >> 33) % below);
}

static bool chance(struct world *world, unsigned percent)
{
	return draw(world, 100) < percent;
}

/* ---- boxes */

static struct slice mac_octets(struct world *world, uint64_t mac)
{
	uint8_t *octets = arena_take(world->arena, 6);
	for (unsigned i = 0; i < 6; i++) {
		octets[i] = (uint8_t)(mac >> (40 - 8 * i));
	}
	return slice_of(octets, 6);
}

static void port_fill(struct world *world, struct box *box, uint32_t at, uint32_t if_index)
{
	struct topology_port *port = &box->ports[at];
	port->if_index = if_index;
	bool whole = if_index >= AGGREGATE_FIRST;
	port->local_number = box->make % 2 == 1 && !whole ? at + 7000 : 0;
	port->name =
		whole ? arena_printf(world->arena, "Eth-Trunk%u", if_index - AGGREGATE_FIRST)
		      : arena_printf(world->arena, "GigabitEthernet1/0/%u", at + 1);
	port->descr = port->name;
	port->alias = arena_printf(world->arena, "wall %u", if_index);
	port->mac = box->mac + 1 + (box->make == 2 ? at % 250 : 0);
	port->speed_bps = 1000000000;
}

static void box_make(struct world *world, uint32_t at)
{
	struct box *box = &world->boxes[at];
	box->device = &world->devices[at];
	box->make = draw(world, 4);
	box->mac = 0x001a00000000 + ((uint64_t)at << 8);
	box->silent = at >= CORES + DISTRIBUTIONS && chance(world, world->plan->silent_percent);
	box->ports = arena_take(world->arena, (BOX_PORTS + 64) * sizeof(*box->ports));
	box->rows = arena_take(world->arena, ROWS_MAX * sizeof(*box->rows));
	for (uint32_t i = 0; i < BOX_PORTS; i++) {
		port_fill(world, box, i, 100 + i);
	}
	uint64_t *mac = arena_take(world->arena, sizeof(*mac));
	*mac = box->mac;
	struct topology_id *chassis = arena_take(world->arena, sizeof(*chassis));
	*chassis = (struct topology_id) { TOPOLOGY_CHASSIS_MAC, mac_octets(world, box->mac) };
	struct network *address = arena_take(world->arena, sizeof(*address));
	*address = (struct network) {
		.octet = { [10] = 0xff, 0xff, 10, 1, (uint8_t)(at >> 8), (uint8_t)at },
		.prefix = 128
	};
	*box->device = (struct topology_device) { .id = 1 + at,
		.sysname = chance(world, 10)
				   ? SLICE("Switch")
				   : arena_printf(world->arena, "SW-%u.campus.edu.cn", at),
		.chassis = chassis,
		.chassis_count = 1,
		.macs = mac,
		.mac_count = 1,
		.addresses = address,
		.address_count = 1,
		.ports = box->ports,
		.port_count = BOX_PORTS,
		.neighbours = box->rows };
}

/* ---- wires */

static uint32_t end_make(struct world *world, struct box *box, uint32_t members)
{
	if (members == 1) {
		return box->used++;
	}
	uint32_t if_index = AGGREGATE_FIRST + ++box->aggregates;
	uint32_t at = BOX_PORTS + box->aggregates - 1;
	port_fill(world, box, at, if_index);
	box->device->port_count = at + 1;
	for (uint32_t i = 0; i < members; i++) {
		box->ports[box->used++].lag = if_index;
	}
	return at;
}

static void truth_add(
	struct world *world, uint32_t a, uint32_t end_a, uint32_t b, uint32_t end_b)
{
	bool swap = a > b;
	struct campus_wire *wire = &world->truth[world->truth_count++];
	*wire = (struct campus_wire) { .device_a = 1 + (int64_t)(swap ? b : a),
		.device_b = 1 + (int64_t)(swap ? a : b),
		.port_a = swap ? end_b : end_a,
		.port_b = swap ? end_a : end_b };
}

/* What a box hears on port `own` of far's port `port`. */
static void hear(
	struct world *world, struct box *box, uint32_t own, struct box *far, uint32_t port)
{
	struct topology_neighbour *row = &box->rows[box->device->neighbour_count++];
	const struct topology_port *there = &far->ports[port];
	const struct topology_port *here = &box->ports[own];
	*row = (struct topology_neighbour) { .source = TOPOLOGY_LLDP,
		.local = here->local_number != 0 ? here->local_number : here->if_index,
		.chassis = far->device->chassis[0],
		.sysname = far->device->sysname,
		.port_descr = there->descr };
	switch (far->make) {
	case 0:
		row->port = (struct topology_id) { TOPOLOGY_PORT_NAME, there->name };
		break;
	case 1:
		row->port = (struct topology_id) { TOPOLOGY_PORT_LOCAL,
			arena_printf(world->arena, "%u", there->local_number) };
		break;
	case 2:
		row->port = (struct topology_id) { TOPOLOGY_PORT_MAC,
			mac_octets(world, there->mac) };
		break;
	default:
		row->port = (struct topology_id) { TOPOLOGY_PORT_ALIAS, there->alias };
		break;
	}
	if (far->make == 0 && chance(world, 30)) { /* told by CDP, in short */
		row->source = TOPOLOGY_CDP;
		row->local = here->if_index;
		row->chassis = (struct topology_id) { TOPOLOGY_CHASSIS_LOCAL, row->sysname };
		row->address = far->device->addresses[0];
		row->port.octets = arena_printf(world->arena, "Gi1/0/%u", port + 1);
		row->port_descr = (struct slice) { 0 };
	}
}

static void wire_add(
	struct world *world, uint32_t a, uint32_t b, uint32_t members, bool blocked)
{
	struct box *box[2] = { &world->boxes[a], &world->boxes[b] };
	uint32_t first[2] = { box[0]->used, box[1]->used };
	struct wire *wire = &world->wires[world->wire_count++];
	*wire = (struct wire) { .box = { a, b }, .blocked = blocked };
	for (unsigned i = 0; i < 2; i++) {
		wire->end[i] = end_make(world, box[i], members);
	}
	truth_add(world, a, box[0]->ports[wire->end[0]].if_index, b,
		box[1]->ports[wire->end[1]].if_index);
	unsigned deaf = chance(world, world->plan->one_sided_percent) ? draw(world, 2) : 2;
	for (uint32_t k = 0; k < members && !box[0]->silent && !box[1]->silent; k++) {
		for (unsigned i = 0; i < 2; i++) {
			if (deaf != i) {
				hear(world, box[i], first[i] + k, box[!i], first[!i] + k);
			}
		}
	}
}

static void wires_make(struct world *world)
{
	wire_add(world, 0, 1, 4, false);
	for (uint32_t d = CORES; d < CORES + DISTRIBUTIONS; d++) {
		uint32_t members = d % 2 + 1;
		wire_add(world, 0, d, members, false);
		wire_add(world, 1, d, members, true);
	}
	for (uint32_t a = CORES + DISTRIBUTIONS; a < world->count; a++) {
		uint32_t up = CORES + draw(world, DISTRIBUTIONS);
		if (a > 100 && chance(world, 12)) { /* behind another access switch */
			up = CORES + DISTRIBUTIONS + draw(world, a - CORES - DISTRIBUTIONS);
		}
		up = world->boxes[up].used > 100 ? CORES + a % DISTRIBUTIONS : up;
		wire_add(world, up, a, chance(world, 30) ? 2 : 1, false);
		world->up[a] = up;
		if (!world->boxes[a].silent && chance(world, 15)) {
			uint32_t second = CORES + (up + 1) % DISTRIBUTIONS;
			wire_add(world, second, a, 1, true);
		}
	}
}

/* ---- the tree, and what bridges have learnt */

static void towards_fill(struct world *world)
{
	size_t n = world->count;
	for (size_t i = 0; i < n * n; i++) {
		world->towards[i] = NOWHERE;
	}
	/* Upper boxes have been wired first, so each wire joins a new box to a finished part. */
	bool *joined = arena_take(world->arena, n);
	joined[0] = true;
	for (size_t w = 0; w < world->wire_count; w++) {
		const struct wire *wire = &world->wires[w];
		if (wire->blocked) {
			continue;
		}
		uint32_t old = wire->box[0];
		uint32_t new = wire->box[1];
		for (uint32_t x = 0; x < n; x++) {
			if (joined[x]) {
				world->towards[new *n + x] = wire->end[1];
				world->towards[x * n + new] =
					x == old ? wire->end[0] : world->towards[x * n + old];
			}
		}
		joined[new] = true;
	}
}

static void learn(struct world *world, uint32_t at, uint32_t port, uint64_t mac)
{
	struct box *box = &world->boxes[at];
	(void)world;
	box->fdb[box->device->fdb_count++] =
		(struct topology_fdb) { box->ports[port].if_index, 1, mac };
}

static void switches_learn(struct world *world)
{
	uint32_t n = (uint32_t)world->count;
	for (uint32_t a = 0; a < n; a++) {
		world->boxes[a].fdb = arena_take(world->arena,
			(n + HOSTS + POINTS + PHONES + 8) * sizeof(struct topology_fdb));
		world->boxes[a].device->fdb = world->boxes[a].fdb;
		for (uint32_t b = 0; b < n; b++) {
			if (a != b && !chance(world, world->plan->gaps_percent)) {
				learn(world, a, world->towards[a * n + b], world->boxes[b].mac);
			}
		}
	}
}

/* A station on a port of an access switch: learnt on the way up, elsewhere seldom. */
static void station(struct world *world, uint32_t at, uint32_t port, uint64_t mac)
{
	uint32_t n = (uint32_t)world->count;
	learn(world, at, port, mac);
	for (uint32_t a = 0; a < n; a++) {
		if (a != at && chance(world, 3)) {
			learn(world, a, world->towards[a * n + at], mac);
		}
	}
	for (uint32_t a = at; a >= CORES + DISTRIBUTIONS; a = world->up[a]) {
		uint32_t upper = world->up[a];
		if (chance(world, 95)) {
			learn(world, upper, world->towards[upper * n + at], mac);
		}
	}
}

static uint32_t edge_port(struct world *world, uint32_t *ret_at)
{
	uint32_t first = CORES + DISTRIBUTIONS;
	do {
		*ret_at = first + draw(world, (uint32_t)world->count - first);
	} while (world->boxes[*ret_at].used >= BOX_PORTS - 2);
	return world->boxes[*ret_at].used++;
}

static void speaks(struct world *world, uint32_t at, uint32_t port, uint64_t mac)
{
	struct box *box = &world->boxes[at];
	const struct topology_port *here = &box->ports[port];
	box->rows[box->device->neighbour_count++] = (struct topology_neighbour) {
		.source = TOPOLOGY_LLDP,
		.local = here->local_number != 0 ? here->local_number : here->if_index,
		.chassis = { TOPOLOGY_CHASSIS_MAC, mac_octets(world, mac) },
		.port = { TOPOLOGY_PORT_MAC, mac_octets(world, mac) },
		.sysname = SLICE("Switch"),
	};
}

static void point_add(struct world *world, uint32_t i)
{
	uint32_t at = 0;
	uint32_t port = edge_port(world, &at);
	uint64_t *mac = arena_take(world->arena, sizeof(*mac));
	*mac = 0x001b00000000 + i;
	if (!world->boxes[at].silent && chance(world, 70)) {
		speaks(world, at, port, *mac);
		world->strangers += i % 2;
	}
	if (i % 2 == 0) { /* watched */
		struct topology_device *device = &world->devices[world->device_count++];
		*device = (struct topology_device) { .id = (int64_t)world->device_count,
			.sysname = arena_printf(world->arena, "AP-%u", i),
			.macs = mac,
			.mac_count = 1 };
		truth_add(world, at, world->boxes[at].ports[port].if_index,
			(uint32_t)device->id - 1, 0);
	}
	station(world, at, port, *mac);
}

static void edge_make(struct world *world)
{
	for (uint32_t i = 0; i < POINTS; i++) {
		point_add(world, i);
	}
	for (uint32_t i = 0; i < PHONES; i++) {
		uint32_t at = 0;
		uint32_t port = edge_port(world, &at);
		uint64_t mac = 0x001c00000000 + i;
		if (!world->boxes[at].silent) {
			speaks(world, at, port, mac);
			world->strangers++;
		}
		station(world, at, port, mac);
		station(world, at, port, 0x001d00000000 + i); /* the computer behind it */
	}
	for (uint32_t i = 0; i + PHONES < HOSTS; i++) {
		uint32_t at = 0;
		uint32_t port = edge_port(world, &at);
		station(world, at, port, 0x001e00000000 + i);
	}
}

/* Rows of how it once was: a neighbour on a port now empty, a switch now elsewhere. */
static void stale_make(struct world *world)
{
	uint32_t first = CORES + DISTRIBUTIONS;
	for (uint32_t i = 0; i < world->count; i++) {
		uint32_t at = first + draw(world, (uint32_t)world->count - first);
		uint32_t other = first + draw(world, (uint32_t)world->count - first);
		struct box *box = &world->boxes[at];
		struct box *far = &world->boxes[other];
		if (!chance(world, world->plan->stale_percent) || at == other || box->silent ||
			box->used >= BOX_PORTS || box->device->neighbour_count >= ROWS_MAX) {
			continue;
		}
		uint32_t port = box->used++;
		if (!far->silent) {
			hear(world, box, port, far, 0); /* its uplink, wired elsewhere now */
		}
		/* A bridge keeps one row a station: the old one stands in the new one's place. */
		for (size_t k = 0; k < box->device->fdb_count; k++) {
			if (box->fdb[k].mac == far->mac && chance(world, 50)) {
				box->fdb[k].if_index = box->ports[port].if_index;
			}
		}
	}
}

/* Two pairs of switches out of one mould: one chassis id for both. */
static void clones_make(struct world *world)
{
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t a = CORES + DISTRIBUTIONS + 20 + i;
		uint32_t b = CORES + DISTRIBUTIONS + 40 + i;
		struct topology_id *chassis = arena_take(world->arena, sizeof(*chassis));
		*chassis = world->boxes[a].device->chassis[0];
		world->boxes[b].device->chassis = chassis;
		world->boxes[b].device->macs = world->boxes[a].device->macs;
	}
}

void campus_make(const struct campus_plan *plan, struct arena *arena, struct campus *ret_campus)
{
	struct world *world = arena_take(arena, sizeof(*world));
	size_t n = plan->switches;
	*world = (struct world) {
		.plan = plan, .arena = arena, .random = plan->seed, .count = n
	};
	world->device_count = n;
	world->devices = arena_take(arena, (n + POINTS) * sizeof(*world->devices));
	world->boxes = arena_take(arena, n * sizeof(*world->boxes));
	world->towards = arena_take(arena, n * n * sizeof(uint32_t));
	world->up = arena_take(arena, n * sizeof(uint32_t));
	world->truth = arena_take(arena, (WIRES_MAX + POINTS) * sizeof(*world->truth));
	for (uint32_t i = 0; i < n; i++) {
		box_make(world, i);
	}
	clones_make(world);
	wires_make(world);
	towards_fill(world);
	switches_learn(world);
	edge_make(world);
	stale_make(world);
	*ret_campus =
		(struct campus) { .input = { world->devices, world->device_count, NULL, 0 },
			.wires = world->truth,
			.wire_count = world->truth_count,
			.strangers = world->strangers };
}
