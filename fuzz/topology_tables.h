/* SPDX-License-Identifier: Apache-2.0 */
/** Octets read as topology tables: eight devices, each row from a few octets. */
#pragma once

#include "base/arena.h"
#include "base/rd.h"
#include "detect/topology/parents.h"

enum { DEVICES = 8, PORTS = 8, ROWS = 64 };

struct tables {
	struct arena *arena;
	struct topology_input input;
	struct topology_device device[DEVICES];
	struct topology_port port[DEVICES][PORTS];
	struct topology_id chassis[DEVICES][2];
	uint64_t mac[DEVICES];
	struct network address[DEVICES];
	struct topology_neighbour row[DEVICES][ROWS];
	struct topology_fdb fdb[DEVICES][ROWS];
	struct topology_arp arp[DEVICES][ROWS];
	struct topology_manual manual[ROWS];
	bool met[DEVICES][DEVICES]; /* some row of the one may mean the other */
};

/* One of few values, so that rows meet; or a wild one. */
static inline uint64_t tables_mac(uint8_t octet)
{
	return octet < 64 ? 0x001000000000u + octet % (DEVICES * 2)
			  : (uint64_t)octet << 40 | octet;
}

static inline struct slice tables_text(struct tables *tables, struct rd *rd)
{
	uint8_t octet = rd_u8(rd);
	uint64_t mac = tables_mac(octet);
	uint8_t *octets = arena_take(tables->arena, 6);
	for (unsigned i = 0; i < 6; i++) {
		octets[i] = (uint8_t)(mac >> (40 - 8 * i));
	}
	switch (octet % 4) {
	case 0:
		return slice_of(octets, 6);
	case 1:
		return arena_printf(tables->arena, "Gi0/%u", octet / 4 % PORTS);
	case 2:
		return arena_printf(tables->arena, "%u", octet / 4 % PORTS);
	default:
		return rd_take(rd, octet / 4 % 8);
	}
}

static inline void tables_row(struct tables *tables, struct rd *rd, uint32_t at)
{
	struct topology_device *device = &tables->device[at];
	if (device->neighbour_count == ROWS) {
		return;
	}
	struct topology_neighbour *row = &tables->row[at][device->neighbour_count++];
	row->source = rd_u8(rd);
	row->local = rd_u8(rd) % (PORTS + 2);
	row->chassis.kind = rd_u8(rd) % 9;
	row->chassis.octets = tables_text(tables, rd);
	row->port.kind = rd_u8(rd) % 9;
	row->port.octets = tables_text(tables, rd);
	row->sysname = tables_text(tables, rd);
	for (unsigned i = 0; i < DEVICES; i++) {
		tables->met[at][i] = true; /* any may bear that name */
	}
}

static inline void tables_port(struct tables *tables, struct rd *rd, uint32_t at)
{
	struct topology_port *port = &tables->port[at][rd_u8(rd) % PORTS];
	port->if_index = rd_u8(rd) % (PORTS + 2);
	port->lag = rd_u8(rd) % (PORTS + 2);
	port->mac = tables_mac(rd_u8(rd));
	port->name = tables_text(tables, rd);
	port->local_number = rd_u8(rd) % 4;
	port->down = rd_u8(rd) == 255;
}

static inline void tables_seen(struct tables *tables, struct rd *rd, uint32_t at, bool arp)
{
	struct topology_device *device = &tables->device[at];
	uint32_t if_index = rd_u8(rd) % (PORTS + 2);
	uint64_t mac = tables_mac(rd_u8(rd));
	if (arp && device->arp_count < ROWS) {
		tables->arp[at][device->arp_count++] =
			(struct topology_arp) { tables->address[rd_u8(rd) % DEVICES], mac,
				if_index };
	} else if (!arp && device->fdb_count < ROWS) {
		tables->fdb[at][device->fdb_count++] =
			(struct topology_fdb) { if_index, 1, mac };
	}
	for (unsigned i = 0; i < DEVICES; i++) {
		tables->met[at][i] = true;
	}
}

static inline void tables_manual(struct tables *tables, struct rd *rd)
{
	if (tables->input.manual_count < ROWS) {
		struct topology_manual *manual = &tables->manual[tables->input.manual_count++];
		manual->device_a = rd_u8(rd) % (DEVICES + 2);
		manual->device_b = rd_u8(rd) % (DEVICES + 2);
		manual->port_a = rd_u8(rd) % 4;
		manual->removed = rd_u8(rd) % 2 == 1;
		if (!manual->removed && manual->device_a >= 1 && manual->device_a <= DEVICES) {
			tables->met[manual->device_a - 1]
				   [(manual->device_b + DEVICES - 1) % DEVICES] = true;
		}
	}
}

static inline struct tables *tables_read(struct arena *arena, struct slice octets)
{
	struct tables *tables = arena_take(arena, sizeof(*tables));
	struct rd rd = rd_of(octets);
	tables->arena = arena;
	tables->input = (struct topology_input) { tables->device, DEVICES, tables->manual, 0 };
	for (unsigned i = 0; i < DEVICES; i++) {
		tables->mac[i] = tables_mac((uint8_t)i);
		tables->address[i] =
			(struct network) { .octet = { [15] = (uint8_t)i }, .prefix = 128 };
		tables->device[i] = (struct topology_device) { .id = 1 + (int64_t)i,
			.chassis = tables->chassis[i],
			.macs = &tables->mac[i],
			.mac_count = 1,
			.addresses = &tables->address[i],
			.address_count = 1,
			.ports = tables->port[i],
			.port_count = PORTS,
			.neighbours = tables->row[i],
			.fdb = tables->fdb[i],
			.arp = tables->arp[i] };
		for (unsigned p = 0; p < PORTS; p++) {
			tables->port[i][p].if_index = p + 1;
		}
	}
	while (!rd.failed && rd.left.n > 0) {
		uint8_t octet = rd_u8(&rd);
		uint32_t at = octet % DEVICES;
		switch (octet / DEVICES % 8) {
		case 0:
			tables_port(tables, &rd, at);
			break;
		case 1:
			tables->device[at].sysname = tables_text(tables, &rd);
			break;
		case 2:
			tables->chassis[at][0].kind = rd_u8(&rd) % 9;
			tables->chassis[at][0].octets = tables_text(tables, &rd);
			tables->device[at].chassis_count = 1;
			break;
		case 3:
			tables_seen(tables, &rd, at, true);
			break;
		case 4:
			tables_manual(tables, &rd);
			break;
		case 5:
			tables_row(tables, &rd, at);
			break;
		default:
			tables_seen(tables, &rd, at, false);
			break;
		}
	}
	return tables;
}

/* The link's ends are watched, ordered, apart, and have some row between them. */
static inline bool tables_hold(const struct tables *tables, const struct topology_link *link)
{
	int64_t a = link->device_a;
	int64_t b = link->device_b;
	bool hold = a >= 1 && a < b && b <= DEVICES && link->evidence_count >= 1 &&
		    link->evidence_count <= TOPOLOGY_EVIDENCE_MAX &&
		    link->wires <= TOPOLOGY_EVIDENCE_MAX &&
		    (tables->met[a - 1][b - 1] || tables->met[b - 1][a - 1]);
	for (size_t i = 0; hold && i < link->evidence_count; i++) {
		const struct topology_evidence *word = &link->evidence[i];
		hold = word->source == TOPOLOGY_HAND || word->device == a || word->device == b;
	}
	return hold;
}
