/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which port is wired to which, fused out of what every device says: the
 * neighbours it hears (LLDP, CDP), the stations its bridge has learnt (FDB)
 * and the addresses it has resolved (ARP).  A pure function of these tables.
 *
 *	certain   both ends name each other, port by port
 *	likely    one end names the other and nothing speaks against it, or two
 *	          bridges without a neighbour protocol see each other and no
 *	          third bridge lies between
 *	possible  several answers are left, or half of the evidence is missing
 *
 * A row that contradicts better evidence gives no link and is counted.  A
 * port that hears several devices which all hear it stands on a shared
 * segment and is never certain.  The ports of an aggregate are one end.
 *
 * Layer: detect.  Threading: reentrant.  Fuzz target: fuzz/topology.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/network.h"

struct arena;

enum {
	TOPOLOGY_DEVICES_MAX = 16384,
	/* rows of one device, and of all; what is over is passed over and counted */
	TOPOLOGY_DEVICE_PORTS_MAX = 4096,
	TOPOLOGY_PORTS_MAX = 1 << 20,
	TOPOLOGY_DEVICE_NEIGHBOURS_MAX = 1024,
	TOPOLOGY_NEIGHBOURS_MAX = 1 << 18,
	TOPOLOGY_DEVICE_FDB_MAX = 1 << 17,
	TOPOLOGY_FDB_MAX = 1 << 22,
	TOPOLOGY_DEVICE_ARP_MAX = 1 << 17,
	TOPOLOGY_ARP_MAX = 1 << 20,
	TOPOLOGY_DEVICE_KEYS_MAX = 64, /* chassis ids, addresses, station addresses, each */
	TOPOLOGY_MANUAL_MAX = 4096,
	TOPOLOGY_EVIDENCE_MAX = 16,  /* of one link */
	TOPOLOGY_STEPS_MAX = 1 << 28 /* comparisons over tables; bounds the time */
};

/** Subtypes of a chassis id (IEEE 802.1AB-2016, 8.5.2.2). */
enum topology_chassis_kind {
	TOPOLOGY_CHASSIS_COMPONENT = 1,
	TOPOLOGY_CHASSIS_ALIAS = 2,
	TOPOLOGY_CHASSIS_PORT_COMPONENT = 3,
	TOPOLOGY_CHASSIS_MAC = 4,
	TOPOLOGY_CHASSIS_ADDRESS = 5,
	TOPOLOGY_CHASSIS_NAME = 6,
	TOPOLOGY_CHASSIS_LOCAL = 7, /* CDP's device id too */
};

/** Subtypes of a port id (IEEE 802.1AB-2016, 8.5.3.2). */
enum topology_port_kind {
	TOPOLOGY_PORT_ALIAS = 1,
	TOPOLOGY_PORT_COMPONENT = 2,
	TOPOLOGY_PORT_MAC = 3,
	TOPOLOGY_PORT_ADDRESS = 4,
	TOPOLOGY_PORT_NAME = 5, /* CDP's port id too */
	TOPOLOGY_PORT_CIRCUIT = 6,
	TOPOLOGY_PORT_LOCAL = 7,
};

enum topology_source {
	TOPOLOGY_LLDP,
	TOPOLOGY_CDP,
	TOPOLOGY_FDB,
	TOPOLOGY_ARP,
	TOPOLOGY_HAND, /* a person's word */
	TOPOLOGY_SOURCE_COUNT
};

struct topology_id {
	uint8_t kind;        /* topology_chassis_kind or topology_port_kind; 0 = none */
	struct slice octets; /* as on the wire: a MAC has 6, an address its family first */
};

struct topology_port {
	uint32_t if_index;     /* > 0, unique within its device */
	uint32_t local_number; /* lldpLocPortNum; 0 = the same as if_index */
	struct slice name;     /* ifName */
	struct slice descr;    /* ifDescr */
	struct slice alias;    /* ifAlias */
	uint64_t mac;          /* low 48 bits; 0 = none */
	uint64_t speed_bps;
	uint32_t lag; /* if_index of the aggregate it is a member of; 0 = none */
	bool down;    /* a neighbour told of a port that is down is an old one */
};

/** One row of lldpRemTable or cdpCacheTable. */
struct topology_neighbour {
	uint8_t source; /* TOPOLOGY_LLDP or TOPOLOGY_CDP */
	uint32_t local; /* lldpRemLocalPortNum or cdpCacheIfIndex */
	struct topology_id chassis;
	struct topology_id port;
	struct slice sysname;
	struct slice port_descr;
	struct network address; /* management address; prefix 0 = none */
};

struct topology_fdb {
	uint32_t if_index; /* of the bridge port, an aggregate's own included */
	uint16_t vlan;
	uint64_t mac;
};

struct topology_arp {
	struct network address;
	uint64_t mac;
	uint32_t if_index;
};

/** One watched device.  A silent one may have nothing but an address. */
struct topology_device {
	int64_t id;
	struct slice sysname;
	const struct topology_id *chassis; /* a stack has several */
	size_t chassis_count;
	const uint64_t *macs; /* of the bridge and of the box; ports bring their own */
	size_t mac_count;
	const struct network *addresses;
	size_t address_count;
	const struct topology_port *ports;
	size_t port_count;
	const struct topology_neighbour *neighbours;
	size_t neighbour_count;
	const struct topology_fdb *fdb;
	size_t fdb_count;
	const struct topology_arp *arp;
	size_t arp_count;
};

/** A link a person has drawn or struck out.  Port 0 = any, or unknown. */
struct topology_manual {
	int64_t device_a;
	int64_t device_b;
	uint32_t port_a; /* if_index */
	uint32_t port_b;
	bool removed;
	struct slice name_a; /* as somebody wrote it; the map goes by the numbers */
	struct slice name_b;
};

struct topology_input {
	const struct topology_device *devices; /* ids unique */
	size_t device_count;
	const struct topology_manual *manual;
	size_t manual_count;
};

enum topology_confidence { TOPOLOGY_POSSIBLE, TOPOLOGY_LIKELY, TOPOLOGY_CERTAIN };

/** Who said it: this device, of this port of its own, by this source. */
struct topology_evidence {
	uint8_t source; /* topology_source */
	int64_t device; /* 0 with TOPOLOGY_HAND */
	uint32_t port;  /* if_index as the row has it, so a member's and not the aggregate's */
};

enum topology_mark {
	TOPOLOGY_FOUND, /* by the tables alone */
	TOPOLOGY_DRAWN, /* by a person, seen by the tables or not */
	TOPOLOGY_STRUCK, /* struck out by a person; kept to be shown as such, no way for anything */
};

struct topology_link {
	int64_t device_a; /* the smaller id */
	int64_t device_b;
	uint32_t port_a; /* if_index, the aggregate's where there is one; 0 = unknown */
	uint32_t port_b;
	uint32_t wires;  /* members seen; 1 without aggregate */
	uint8_t sources; /* 1 << topology_source, or-ed */
	enum topology_confidence confidence;
	enum topology_mark mark;
	bool shared;     /* more than one device answers on that wire */
	bool attachment; /* device_a or device_b is no bridge */
	const struct topology_evidence *evidence;
	size_t evidence_count;
};

/** What a device hears that is not among the watched. */
struct topology_stranger {
	int64_t device;
	uint32_t port; /* if_index; 0 = unknown */
	const struct topology_neighbour *row;
};

/** Rows that gave no link, by reason. */
struct topology_stats {
	uint64_t over_limit; /* rows beyond a named maximum */
	uint64_t loops;      /* a device that hears itself */
	uint64_t ambiguous;  /* several watched devices bear that name or id */
	uint64_t conflicts;  /* the port is wired elsewhere by better evidence */
	uint64_t stale;      /* of a port that is down, or the bridge tables say otherwise */
	uint64_t unknown;    /* of a port the device does not have */
	uint64_t cut_short;  /* questions not asked: TOPOLOGY_STEPS_MAX */
	uint64_t steps;
};

struct topology {
	const struct topology_link *links; /* by device_a, device_b, port_a, port_b */
	size_t link_count;
	const struct topology_stranger *strangers; /* by device and port, each neighbour once */
	size_t stranger_count;
	struct topology_stats stats;
};

/**
 * Build the map.  The same tables in the same order give the same map.
 *
 * Owns:    everything in *ret_topology lives in arena; strangers point into input.
 *          A campus of 500 switches needs less than 1 MiB there, the maxima of
 *          all rows some 200 MiB, and two to ten times that while it works.
 * Returns: 0; E_LIMIT over TOPOLOGY_DEVICES_MAX or TOPOLOGY_MANUAL_MAX;
 *          E_INPUT for a device id that is not positive or stands twice.
 */
NODISCARD int topology_build(
	const struct topology_input *input, struct arena *arena, struct topology *ret_topology);
