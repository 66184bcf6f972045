/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/topology/topology.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * Devices 1 to 6 with ports 1 to 8 and an aggregate 9, and what they say: a on its port pa of
 * b's port pb.  A station 50 and above is nobody's; b = 0 is a neighbour nobody watches.
 */
enum { DEVICES = 6, PORTS = 9, SAYS = 14, ROWS = 16, STRANGER = 0, STATION = 50 };

enum verb {
	END,
	LLDP,       /* port id is the name */
	LLDP_SHORT, /* "Gi0/4" */
	LLDP_ALIAS,
	LLDP_MAC,
	LLDP_LOCAL,  /* the far agent's own number */
	LLDP_BARE,   /* no port id */
	LLDP_NAMED,  /* chassis id nobody knows, name known */
	LLDP_COMMON, /* the name that two devices bear */
	CDP,
	FDB,
	ARP,
	LAG, /* port pa of a belongs to its aggregate 9 */
	DOWN,
	SAME_MAC, /* port pa of a has the address of its port pb */
	CLONE,    /* a has b's chassis id */
	STACK,    /* a has a second chassis id, told as device b's */
	GONE,     /* b is not watched, its chassis id is STACK's */
	NO_MAC,   /* a has nothing but its address */
	DRAW,
	STRIKE,
};

struct say {
	unsigned verb; /* enum verb */
	unsigned a;
	unsigned pa;
	unsigned b;
	unsigned pb;
};

struct model {
	struct arena *arena;
	struct topology_device device[DEVICES + 1];
	struct topology_port port[DEVICES + 1][PORTS];
	struct topology_id chassis[DEVICES + 1][2];
	uint64_t mac[DEVICES + 1];
	struct network address[DEVICES + 1];
	struct topology_neighbour row[DEVICES + 1][ROWS];
	struct topology_fdb fdb[DEVICES + 1][ROWS];
	struct topology_arp arp[DEVICES + 1][ROWS];
	struct topology_manual manual[4];
	size_t manual_count;
};

static uint64_t mac_of(unsigned device, unsigned port)
{
	return 0x001000000000 + (uint64_t)device * 256 + port;
}

static struct slice octets_of(struct model *model, uint64_t mac)
{
	uint8_t *octets = arena_take(model->arena, 6);
	for (unsigned i = 0; i < 6; i++) {
		octets[i] = (uint8_t)(mac >> (40 - 8 * i));
	}
	return slice_of(octets, 6);
}

static void device_make(struct model *model, unsigned i)
{
	model->mac[i] = mac_of(i, 0);
	model->chassis[i][0] =
		(struct topology_id) { TOPOLOGY_CHASSIS_MAC, octets_of(model, mac_of(i, 0)) };
	model->address[i] =
		(struct network) { .octet = { [10] = 0xff, 0xff, 10, 0, 0, (uint8_t)i },
			.prefix = 128 };
	for (unsigned p = 0; p < PORTS; p++) {
		model->port[i][p] = (struct topology_port) { .if_index = p + 1,
			.local_number = i == 3 ? 101 + p : 0,
			.name = arena_printf(model->arena, "GigabitEthernet0/%u", p + 1),
			.descr = arena_printf(model->arena, "port %u", p + 1),
			.alias = arena_printf(model->arena, "room %u", p + 1),
			.mac = mac_of(i, p + 1) };
	}
	model->device[i] = (struct topology_device) { .id = (int64_t)i,
		.sysname = i >= 5 ? SLICE("twin") : arena_printf(model->arena, "sw%u", i),
		.chassis = model->chassis[i],
		.chassis_count = 1,
		.macs = &model->mac[i],
		.mac_count = 1,
		.addresses = &model->address[i],
		.address_count = 1,
		.ports = model->port[i],
		.port_count = PORTS,
		.neighbours = model->row[i],
		.fdb = model->fdb[i],
		.arp = model->arp[i] };
}

static void hear(struct model *model, const struct say *say)
{
	struct topology_device *device = &model->device[say->a];
	struct topology_neighbour *row = &model->row[say->a][device->neighbour_count++];
	unsigned b = say->b;
	*row = (struct topology_neighbour) { .source = say->verb == CDP ? TOPOLOGY_CDP
									: TOPOLOGY_LLDP,
		.local = say->a == 3 ? 100 + say->pa : say->pa,
		.chassis = b != STRANGER ? model->chassis[b][0]
					 : (struct topology_id) { TOPOLOGY_CHASSIS_MAC,
						   octets_of(model, mac_of(b, 0)) },
		.port = { TOPOLOGY_PORT_NAME,
			arena_printf(model->arena, "GigabitEthernet0/%u", say->pb) },
		.sysname = b != STRANGER ? model->device[b].sysname : SLICE("phone") };
	switch (say->verb) {
	case LLDP_SHORT:
		row->port.octets = arena_printf(model->arena, "Gi0/%u", say->pb);
		break;
	case LLDP_ALIAS:
		row->port = (struct topology_id) { TOPOLOGY_PORT_ALIAS,
			arena_printf(model->arena, "room %u", say->pb) };
		break;
	case LLDP_MAC:
		row->port = (struct topology_id) { TOPOLOGY_PORT_MAC,
			octets_of(model, mac_of(b, say->pb)) };
		break;
	case LLDP_LOCAL:
		row->port = (struct topology_id) { TOPOLOGY_PORT_LOCAL,
			arena_printf(model->arena, "%u", 100 + say->pb) };
		break;
	case LLDP_BARE:
		row->port = (struct topology_id) { 0 };
		break;
	case LLDP_NAMED:
	case LLDP_COMMON:
		row->chassis =
			(struct topology_id) { TOPOLOGY_CHASSIS_LOCAL, SLICE("no such id") };
		break;
	case CDP:
		row->chassis = (struct topology_id) { TOPOLOGY_CHASSIS_LOCAL,
			arena_printf(model->arena, "SW%u.campus.edu.cn(FOC1)", b) };
		row->sysname = (struct slice) { 0 };
		break;
	default:
		break;
	}
}

static void say(struct model *model, const struct say *say)
{
	struct topology_device *a = &model->device[say->a];
	switch (say->verb) {
	case FDB:
		model->fdb[say->a][a->fdb_count++] =
			(struct topology_fdb) { say->pa, 1, mac_of(say->b, 0) };
		break;
	case ARP:
		model->arp[say->a][a->arp_count++] =
			(struct topology_arp) { model->address[say->b], mac_of(say->b, say->pb),
				say->pa };
		break;
	case LAG:
		model->port[say->a][say->pa - 1].lag = 9;
		break;
	case DOWN:
		model->port[say->a][say->pa - 1].down = true;
		break;
	case SAME_MAC:
		model->port[say->a][say->pb - 1].mac = mac_of(say->a, say->pa);
		break;
	case CLONE:
		model->chassis[say->a][0] = model->chassis[say->b][0];
		model->mac[say->a] = model->mac[say->b];
		break;
	case STACK:
		model->chassis[say->a][1] = model->chassis[say->b][0];
		a->chassis_count = 2;
		break;
	case GONE:
		model->device[say->b].chassis_count = 0;
		model->device[say->b].mac_count = 0;
		break;
	case NO_MAC:
		a->chassis_count = 0;
		a->mac_count = 0;
		a->port_count = 0;
		break;
	case DRAW:
	case STRIKE:
		model->manual[model->manual_count++] =
			(struct topology_manual) { .device_a = say->a,
				.device_b = say->b,
				.port_a = say->pa,
				.port_b = say->pb,
				.removed = say->verb == STRIKE };
		break;
	default:
		hear(model, say);
		break;
	}
}

static void links_put(struct buf *buf, const struct topology *topology)
{
	static const char *const confidence[] = { "possible", "likely", "certain" };
	for (size_t i = 0; i < topology->link_count; i++) {
		const struct topology_link *link = &topology->links[i];
		buf_printf(buf, "%s%lld.%u-%lld.%u %s", i > 0 ? ", " : "",
			(long long)link->device_a, link->port_a, (long long)link->device_b,
			link->port_b, confidence[link->confidence]);
		buf_put_str(buf, link->shared ? " shared" : "");
		buf_put_str(buf, link->mark == TOPOLOGY_DRAWN ? " drawn" : "");
		buf_put_str(buf, link->mark == TOPOLOGY_STRUCK ? " struck" : "");
		if (link->wires > 1) {
			buf_printf(buf, " x%u", link->wires);
		}
	}
	for (size_t i = 0; i < topology->stranger_count; i++) {
		buf_printf(buf, "%s%lld.%u stranger", buf->n > 0 ? ", " : "",
			(long long)topology->strangers[i].device, topology->strangers[i].port);
	}
}

static const struct {
	const char *name;
	struct say says[SAYS];
	const char *want;
} cases[] = {
	{ "two ends that name each other are certain",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 2, 4, 1, 3 } }, "1.3-2.4 certain" },
	{ "one end alone is likely", { { LLDP, 1, 3, 2, 4 } }, "1.3-2.4 likely" },
	{ "CDP's name with domain and serial finds the device",
		{ { CDP, 1, 3, 2, 4 }, { CDP, 2, 4, 1, 3 } }, "1.3-2.4 certain" },
	{ "LLDP one way and CDP the other are two ends",
		{ { LLDP, 1, 3, 2, 4 }, { CDP, 2, 4, 1, 3 } }, "1.3-2.4 certain" },
	{ "a short port name is the long one",
		{ { LLDP_SHORT, 1, 3, 2, 4 }, { LLDP_SHORT, 2, 4, 1, 3 } }, "1.3-2.4 certain" },
	{ "a port may be told by its alias", { { LLDP_ALIAS, 1, 3, 2, 4 } }, "1.3-2.4 likely" },
	{ "a port may be told by its address", { { LLDP_MAC, 1, 3, 2, 4 } }, "1.3-2.4 likely" },
	{ "an address that two ports bear tells neither",
		{ { SAME_MAC, 2, 4, 0, 5 }, { LLDP_MAC, 1, 3, 2, 4 } }, "1.3-2.0 likely" },
	{ "a port may be told by the agent's own number", { { LLDP_LOCAL, 1, 3, 3, 4 } },
		"1.3-3.4 likely" },
	{ "the agent's own number is not ifIndex on our side either",
		{ { LLDP, 3, 4, 1, 3 }, { LLDP_LOCAL, 1, 3, 3, 4 } }, "1.3-3.4 certain" },
	{ "a far end that names no port is found by its own word",
		{ { LLDP_BARE, 1, 3, 2, 4 }, { LLDP, 2, 4, 1, 3 } }, "1.3-2.4 certain" },
	{ "two ends that know no ports are likely only",
		{ { LLDP_BARE, 1, 3, 2, 4 }, { LLDP_BARE, 2, 4, 1, 3 } }, "1.3-2.4 likely" },
	{ "one end that knows no port leaves the far port open", { { LLDP_BARE, 1, 3, 2, 4 } },
		"1.3-2.0 likely" },
	{ "two ends that name other ports are two claims and none is certain",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 2, 5, 1, 6 } },
		"1.3-2.4 likely, 1.6-2.5 likely" },
	{ "a device that hears itself gives no link",
		{ { LLDP, 1, 3, 1, 4 }, { LLDP, 1, 4, 1, 3 } }, "" },
	{ "a neighbour nobody watches is shown as such", { { LLDP, 1, 3, STRANGER, 1 } },
		"1.3 stranger" },
	{ "a neighbour heard twice is shown once",
		{ { LLDP, 1, 3, STRANGER, 1 }, { LLDP, 1, 3, STRANGER, 2 } }, "1.3 stranger" },
	{ "a liar that names a wired port gives no link",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 2, 4, 1, 3 }, { LLDP, 3, 5, 2, 4 } },
		"1.3-2.4 certain" },
	{ "a row of a port that is down is an old one",
		{ { LLDP, 1, 3, 2, 4 }, { DOWN, 1, 3, 0, 0 } }, "" },
	{ "a far port that is down is an old one too",
		{ { LLDP, 1, 3, 2, 4 }, { DOWN, 2, 4, 0, 0 } }, "" },
	{ "an old row beside a whole one is passed over",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 2, 4, 1, 3 }, { LLDP, 1, 3, 3, 4 } },
		"1.3-2.4 certain" },
	{ "two one-sided claims on one port are possible",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 1, 3, 3, 4 } },
		"1.3-2.4 possible shared, 1.3-3.4 possible shared" },
	{ "bridge tables judge between two claims",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 1, 3, 4, 4 }, { FDB, 1, 3, 2, 0 } },
		"1.3-2.4 likely" },
	{ "a hub where all hear all is never certain",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 1, 3, 4, 5 }, { LLDP, 2, 4, 1, 3 },
			{ LLDP, 4, 5, 1, 3 } },
		"1.3-2.4 likely shared, 1.3-4.5 likely shared" },
	{ "members of an aggregate are one link",
		{ { LAG, 1, 3, 0, 0 }, { LAG, 1, 4, 0, 0 }, { LAG, 2, 3, 0, 0 },
			{ LAG, 2, 4, 0, 0 }, { LLDP, 1, 3, 2, 3 }, { LLDP, 2, 3, 1, 3 },
			{ LLDP, 1, 4, 2, 4 }, { LLDP, 2, 4, 1, 4 } },
		"1.9-2.9 certain x2" },
	{ "an aggregate known on one side only is one link",
		{ { LAG, 1, 3, 0, 0 }, { LAG, 1, 4, 0, 0 }, { LLDP, 1, 3, 2, 3 },
			{ LLDP, 2, 3, 1, 3 }, { LLDP, 1, 4, 2, 4 } },
		"1.9-2.3 certain x2" },
	{ "an aggregate to two devices is two links and no hub",
		{ { LAG, 1, 3, 0, 0 }, { LAG, 1, 4, 0, 0 }, { LLDP, 1, 3, 2, 3 },
			{ LLDP, 2, 3, 1, 3 }, { LLDP, 1, 4, 3, 4 }, { LLDP, 3, 4, 1, 4 } },
		"1.9-2.3 certain, 1.9-3.4 certain" },
	{ "two plain wires are two links",
		{ { LLDP, 1, 3, 2, 3 }, { LLDP, 2, 3, 1, 3 }, { LLDP, 1, 4, 2, 4 },
			{ LLDP, 2, 4, 1, 4 } },
		"1.3-2.3 certain, 1.4-2.4 certain" },
	{ "of two with one chassis id and name the one that answers is meant",
		{ { CLONE, 5, 0, 6, 0 }, { LLDP, 1, 3, 5, 4 }, { LLDP, 5, 4, 1, 3 } },
		"1.3-5.4 certain" },
	{ "of two with one chassis id the name may tell",
		{ { CLONE, 2, 0, 3, 0 }, { LLDP, 1, 3, 2, 4 } }, "1.3-2.4 likely" },
	{ "two with one chassis id and one name give no link",
		{ { CLONE, 5, 0, 6, 0 }, { LLDP, 1, 3, 5, 4 } }, "" },
	{ "a clone that hears its twin is only believed when the twin answers",
		{ { CLONE, 5, 0, 6, 0 }, { LLDP, 5, 3, 6, 4 } }, "" },
	{ "a stack is found by its second chassis id",
		{ { STACK, 1, 0, 2, 0 }, { GONE, 0, 0, 2, 0 }, { LLDP, 3, 3, 2, 4 } },
		"1.4-3.3 likely" },
	{ "an unknown chassis id and a known name are enough", { { LLDP_NAMED, 1, 3, 2, 4 } },
		"1.3-2.4 likely" },
	{ "a name that two bear is nobody's", { { LLDP_COMMON, 1, 3, 5, 4 } }, "" },
	{ "two silent bridges that see only each other are likely",
		{ { FDB, 1, 3, 2, 0 }, { FDB, 2, 4, 1, 0 } }, "1.3-2.4 likely" },
	{ "a bridge between two ends them as neighbours",
		{ { FDB, 1, 3, 2, 0 }, { FDB, 1, 3, 4, 0 }, { FDB, 2, 4, 1, 0 },
			{ FDB, 2, 5, 4, 0 }, { FDB, 4, 6, 2, 0 }, { FDB, 4, 6, 1, 0 } },
		"1.3-2.4 likely, 2.5-4.6 likely" },
	{ "a bridge whose ends stay open still lies between",
		{ { FDB, 1, 3, 2, 0 }, { FDB, 1, 3, 4, 0 }, { FDB, 2, 7, 1, 0 },
			{ FDB, 2, 7, 4, 0 }, { FDB, 4, 6, 1, 0 }, { FDB, 4, 5, 2, 0 },
			{ LLDP, 4, 5, STRANGER, 1 }, { LLDP, 4, 6, STRANGER, 1 } },
		"4.5 stranger, 4.6 stranger" },
	{ "a bridge that hears no LLDP hangs where nothing lies between",
		{ { LLDP, 1, 1, 2, 1 }, { LLDP, 2, 1, 1, 1 }, { FDB, 1, 1, 2, 0 },
			{ FDB, 1, 1, 4, 0 }, { FDB, 2, 1, 1, 0 }, { FDB, 2, 5, 4, 0 },
			{ FDB, 4, 6, 2, 0 }, { FDB, 4, 6, 1, 0 } },
		"1.1-2.1 certain, 2.5-4.6 likely" },
	{ "one silent bridge that is not seen back is possible by its stations",
		{ { FDB, 1, 3, 2, 0 }, { FDB, 2, 4, STATION, 0 }, { FDB, 2, 5, STATION + 1, 0 },
			{ FDB, 1, 7, STATION, 0 } },
		"1.3-2.4 possible" },
	{ "a plain device hangs on the port that sees it last",
		{ { FDB, 1, 3, 2, 0 }, { FDB, 1, 3, 4, 0 }, { FDB, 2, 4, 1, 0 },
			{ FDB, 2, 7, 4, 0 }, { LLDP, 1, 3, 2, 4 } },
		"1.3-2.4 likely, 2.7-4.0 likely" },
	{ "a device of which only the address is known is found by ARP",
		{ { NO_MAC, 4, 0, 0, 0 }, { ARP, 3, 1, 4, 7 }, { FDB, 3, 2, STATION, 0 },
			{ FDB, 1, 3, 4, 0 } },
		"" },
	{ "a station that belongs to two devices places neither",
		{ { CLONE, 5, 0, 6, 0 }, { FDB, 1, 3, 6, 0 } }, "" },
	{ "a drawn link stands though nobody saw it", { { DRAW, 1, 3, 2, 4 } },
		"1.3-2.4 certain drawn" },
	{ "a drawn link that was seen is both", { { LLDP, 1, 3, 2, 4 }, { DRAW, 2, 0, 1, 0 } },
		"1.3-2.4 likely drawn" },
	{ "a drawn link strikes what is in its way",
		{ { LLDP, 1, 3, 2, 4 }, { DRAW, 1, 3, 4, 4 } },
		"1.3-2.4 likely struck, 1.3-4.4 certain drawn" },
	{ "a struck link is kept as such",
		{ { LLDP, 1, 3, 2, 4 }, { LLDP, 2, 4, 1, 3 }, { STRIKE, 2, 0, 1, 0 } },
		"1.3-2.4 certain struck" },
	{ "a manual link to a port that is not there says nothing", { { DRAW, 1, 77, 2, 4 } },
		"" },
};

static void every_rule_gives_its_links(void **state)
{
	(void)state;
	int failed = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct model *model = arena_take(arena, sizeof(*model));
		model->arena = arena;
		for (unsigned d = 1; d <= DEVICES; d++) {
			device_make(model, d);
		}
		for (size_t k = 0; k < SAYS && cases[i].says[k].verb != END; k++) {
			say(model, &cases[i].says[k]);
		}
		struct topology_input input = { model->device + 1, DEVICES, model->manual,
			model->manual_count };
		struct topology topology = { 0 };
		assert_int_equal(topology_build(&input, arena, &topology), 0);
		AUTO_BUF struct buf got;
		buf_init(&got, 4096);
		links_put(&got, &topology);
		if (!slice_is(buf_slice(&got), cases[i].want)) {
			print_error("%s: %.*s\n", cases[i].name, SLICE_FMT(buf_slice(&got)));
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

static void ids_are_positive_and_stand_once(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct topology_device device[2] = { { .id = 4 }, { .id = 4 } };
	struct topology_input input = { .devices = device, .device_count = 2 };
	struct topology topology = { 0 };
	assert_int_equal(topology_build(&input, arena, &topology), E_INPUT);
	device[1].id = 0;
	assert_int_equal(topology_build(&input, arena, &topology), E_INPUT);
	device[1].id = 5;
	assert_int_equal(topology_build(&input, arena, &topology), 0);
	input.device_count = TOPOLOGY_DEVICES_MAX + 1;
	assert_int_equal(topology_build(&input, arena, &topology), E_LIMIT);
}

static void rows_beyond_a_limit_are_counted(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	size_t rows = TOPOLOGY_DEVICE_NEIGHBOURS_MAX + 7;
	struct topology_port port = { .if_index = 1 };
	struct topology_neighbour *row = arena_take(arena, rows * sizeof(*row));
	for (size_t i = 0; i < rows; i++) {
		row[i] = (struct topology_neighbour) { .local = 1,
			.chassis = { TOPOLOGY_CHASSIS_LOCAL, arena_printf(arena, "n%zu", i) } };
	}
	struct topology_device device = { .id = 1,
		.ports = &port,
		.port_count = 1,
		.neighbours = row,
		.neighbour_count = rows };
	struct topology_input input = { .devices = &device, .device_count = 1 };
	struct topology topology = { 0 };
	assert_int_equal(topology_build(&input, arena, &topology), 0);
	assert_int_equal(topology.stranger_count, TOPOLOGY_DEVICE_NEIGHBOURS_MAX);
	assert_int_equal(topology.stats.over_limit, 7);
}

static void a_link_says_who_told_of_it(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct model *model = arena_take(arena, sizeof(*model));
	model->arena = arena;
	for (unsigned d = 1; d <= DEVICES; d++) {
		device_make(model, d);
	}
	say(model, &(struct say) { LLDP, 1, 3, 2, 4 });
	say(model, &(struct say) { CDP, 2, 4, 1, 3 });
	struct topology_input input = { model->device + 1, DEVICES, NULL, 0 };
	struct topology topology = { 0 };
	assert_int_equal(topology_build(&input, arena, &topology), 0);
	assert_int_equal(topology.link_count, 1);
	const struct topology_link *link = &topology.links[0];
	assert_int_equal(link->sources, 1 << TOPOLOGY_LLDP | 1 << TOPOLOGY_CDP);
	assert_int_equal(link->evidence_count, 2);
	assert_int_equal(link->evidence[0].source, TOPOLOGY_LLDP);
	assert_int_equal(link->evidence[0].device, 1);
	assert_int_equal(link->evidence[0].port, 3);
	assert_int_equal(link->evidence[1].source, TOPOLOGY_CDP);
	assert_int_equal(link->evidence[1].device, 2);
	assert_int_equal(link->evidence[1].port, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_gives_its_links),
		cmocka_unit_test(ids_are_positive_and_stand_once),
		cmocka_unit_test(rows_beyond_a_limit_are_counted),
		cmocka_unit_test(a_link_says_who_told_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
