/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a device knows of who is around it: the neighbours it hears, the
 * stations its bridge has learnt, the addresses it has resolved, and what
 * others may know it by.  For the map (detect/topology/tables.h has the form).
 *
 * Source:  LLDP-MIB (IEEE 802.1AB-2005 section 12), LLDP-V2-MIB (802.1AB-2009
 *          section 11), CISCO-CDP-MIB, BRIDGE-MIB (RFC 4188), Q-BRIDGE-MIB
 *          (RFC 4363), IP-MIB (RFC 4293), IEEE8023-LAG-MIB.
 *
 * Layer: probe.  Threading: reentrant.  Fuzz target: fuzz/vicinity.c.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct buf;
struct device;
struct mib_table;

/* Kept of one device; what is over is left out. */
enum {
	VICINITY_PORTS_MAX = 4096,
	VICINITY_NEIGHBOURS_MAX = 1024,
	VICINITY_FDB_MAX = 1 << 16,
	VICINITY_ARP_MAX = 1 << 15,
	VICINITY_KEYS_MAX = 64,
	VICINITY_TEXT_MAX = 255,
	VICINITY_VLANS_MAX = 256,
};

/**
 * Columns to walk beside those that are asked for anyway.  The last of them,
 * from *ret_tables on, are forwarding tables, each large and one as good as
 * the next: walk them one by one until one has something.
 *
 * Shape:   known are encoded names; what lies below one of them is not named again.
 * Owns:    *ret_names, known included and first, lives in the arena.
 * Returns: how many.
 */
size_t vicinity_wants(struct arena *arena, const struct slice *known, size_t known_count,
	const struct slice **ret_names, size_t *ret_tables);

/**
 * Bridges of one VLAN each, where a device has no forwarding table of all: the
 * columns of which VLANs there are, and of one VLAN's bridge.
 *
 * Source:  CISCO-VTP-MIB (vtpVlanState), BRIDGE-MIB.
 * Owns:    the names live in the arena.
 * Returns: how many names, at most VICINITY_VLAN_COLUMNS.
 */
enum { VICINITY_VLAN_COLUMNS = 2 };
size_t vicinity_vlan_list(struct arena *arena, const struct slice **ret_names);
size_t vicinity_vlan_bridge(struct arena *arena, const struct slice **ret_names);

/**
 * The VLANs that are in use, but those that Cisco keeps for FDDI and Token Ring.
 *
 * Shape:   list is sealed.  Returns: how many, at most VICINITY_VLANS_MAX; those over are left out.
 */
size_t vicinity_vlans(
	const struct mib_table *list, uint16_t ret_vlans[static VICINITY_VLANS_MAX]);

/** What one VLAN's bridge has, into the table of all, which is not sealed; bridge is. */
void vicinity_vlan_fold(struct mib_table *table, const struct mib_table *bridge, uint16_t vlan);

/**
 * One JSON object: {"facts","neighbours","fdb","arp"}.
 *
 * Shape:   the table is sealed; device is what device_identify made of it.
 */
void vicinity_put_json(
	struct buf *buf, const struct mib_table *table, const struct device *device);
