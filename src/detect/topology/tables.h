/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The tables of one device as JSON: as probe tells them, as the desk keeps
 * them, and as the map is made of them.  Reading is strict about what a row
 * is and passes over rows that are none, so what was written here reads.
 *
 *	facts       {"sysname","chassis":[[kind,"hex"]],"macs":["025a01000100"],
 *	            "addresses":["10.0.0.1"],"ports":[{"index","local","name","descr",
 *	            "alias","mac","speed","lag","down"}]}
 *	neighbours  [{"source":"lldp"|"cdp","local","chassis_kind","chassis":"hex",
 *	            "port_kind","port":"hex","sysname","port_descr","address"}]
 *	fdb         [[if_index,vlan,"MACMACMAC…"]], a MAC of 12 digits each
 *	arp         [[if_index,"10.0.0.1","MAC"]]
 *
 * Layer: detect.  Threading: reentrant.  Fuzz target: fuzz/vicinity.c.
 */
#pragma once

#include "base/attr.h"
#include "detect/topology/topology.h"

struct arena;
struct json;
struct jw;

enum {
	TABLES_TEXT_MAX = 255, /* octets of one text or id */
	/* of one device; of what is over the first are kept */
	TABLES_FDB_MAX = 1 << 16,
	TABLES_ARP_MAX = 1 << 15,
};

/**
 * One device's tables, each a parsed JSON value or NULL for none.
 *
 * Owns:    everything in *ret_device lives in arena, texts included; its id is 0.
 */
void tables_read(struct arena *arena, const struct json *facts, const struct json *neighbours,
	struct topology_device *ret_device);
void tables_read_fdb(
	struct arena *arena, const struct json *fdb, struct topology_device *device);
void tables_read_arp(
	struct arena *arena, const struct json *arp, struct topology_device *device);

/** A station's address out of twelve digits; 0 = it is none, for no station has that one. */
uint64_t tables_mac(struct slice hex);

/** Each writes one JSON value. */
void tables_put_facts(struct jw *jw, const struct topology_device *device);
void tables_put_neighbours(struct jw *jw, const struct topology_device *device);
void tables_put_fdb(struct jw *jw, const struct topology_device *device);
void tables_put_arp(struct jw *jw, const struct topology_device *device);
