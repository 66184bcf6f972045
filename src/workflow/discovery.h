/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was seen on the network, put together device by device and held
 * against the asset register: known, covered by a registered network, or
 * 未登记资产.
 *
 * Sightings are of one device when they share a station address or a chassis
 * id.  One that has neither belongs to the device that bore its address last.
 * Names and kinds never join: they are not unique.  A station address that
 * bears many addresses answers for others (a router, a NAT) and joins nothing.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/asset_key.h"
#include "model/network.h"

struct arena;

enum {
	DISCOVERY_SEEN_MAX = 1 << 18,
	DISCOVERY_ASSETS_MAX = 1 << 16,
	DISCOVERY_PROXY_MIN = 32, /* addresses of one station that make it one for others */
	DISCOVERY_EVIDENCE_MAX = 16,
};

enum discovery_source {
	DISCOVERY_SWEEP,     /* it answered when asked */
	DISCOVERY_SNMP,      /* it said so itself */
	DISCOVERY_NEIGHBOUR, /* a device hears it by LLDP or CDP */
	DISCOVERY_ARP,
	DISCOVERY_FDB,
	DISCOVERY_FLOW, /* it was heard talking */
	DISCOVERY_LOG,
	DISCOVERY_DNS, /* a resolver has a name for it: no sighting of it by itself */
	DISCOVERY_SOURCE_COUNT
};

/** One sighting.  What is not known is empty. */
struct discovery_seen {
	enum discovery_source source;
	int64_t seen_ms;
	struct network address;     /* prefix 128, or 0 = none */
	uint64_t mac;               /* low 48 bits; 0 = none */
	struct slice chassis;       /* subtype octet, then the id */
	struct slice name;          /* host or system name */
	struct slice sys_object_id; /* dotted */
	int64_t by_device;          /* that saw it; 0 = ourselves */
	uint32_t by_port;           /* if_index */
};

struct discovery_asset {
	int64_t id;
	const struct asset_key *keys; /* address and domain fields together */
	size_t key_count;
	const uint64_t *macs;
	size_t mac_count;
};

enum discovery_verdict { DISCOVERY_UNREGISTERED, DISCOVERY_COVERED, DISCOVERY_KNOWN };

/** What tied a device to its asset, the strongest first. */
enum discovery_tie {
	DISCOVERY_BY_MAC,
	DISCOVERY_BY_ADDRESS,
	DISCOVERY_BY_NAME,
	DISCOVERY_BY_NETWORK,
	DISCOVERY_BY_NOTHING
};

struct discovery_device {
	enum discovery_verdict verdict;
	enum discovery_tie tie;
	int64_t asset;          /* 0 = none */
	int64_t other;          /* another asset that it is tied to as well; 0 = none */
	struct network address; /* the one seen last; prefix 0 = none */
	size_t address_count;   /* different ones */
	uint64_t mac;           /* the least; 0 = none */
	struct slice name;      /* it told last; else what resolvers call it */
	struct slice sys_object_id;
	int64_t first_ms;
	int64_t last_ms;
	uint32_t sources; /* 1 << discovery_source, or-ed */
	const struct discovery_seen *const
		*evidence; /* newest first, at most DISCOVERY_EVIDENCE_MAX */
	size_t evidence_count;
	size_t seen_count;
};

struct discovery {
	const struct discovery_device
		*devices; /* unregistered first; by address, then station */
	size_t count;
	size_t unregistered;
	size_t over_limit; /* sightings passed over */
	size_t proxies;    /* station addresses that answer for others */
};

struct discovery_input {
	const struct discovery_seen *seen;
	size_t seen_count;
	const struct discovery_asset *assets;
	size_t asset_count;
};

/**
 * Shape:   the same sightings in any order give the same devices.
 * Owns:    *ret_discovery lives in arena and points into input.
 * Returns: 0; E_LIMIT over DISCOVERY_ASSETS_MAX.
 */
NODISCARD int discovery_match(const struct discovery_input *input, struct arena *arena,
	struct discovery *ret_discovery);
