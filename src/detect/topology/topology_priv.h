/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Parts of topology_build, in the order they run: index (who is who),
 * claim (neighbour rows, paired), bridge (inference out of bridge tables),
 * link (aggregates folded, a person's word, the result).
 *
 * Devices and ports are their places in arrays; NONE = unknown.
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include "base/arena.h"
#include "detect/topology/topology.h"

#define NONE UINT32_MAX

enum { NAMESAKES_MAX = 8 };

struct topo_port {
	const struct topology_port *row;
	uint32_t device;
	uint32_t end;       /* the aggregate's place, or its own */
	uint32_t wired_to;  /* device heard both ways */
	bool aggregate;     /* has members */
	bool shared;        /* heard both ways by several devices */
	bool taken;         /* an end of a link; set on ends */
	bool stranger;      /* hears something unwatched; set on ends */
	uint32_t claimants; /* one-sided claims that touch it */
	bool backed;        /* the bridge tables speak for one of them */
};

/* "C" kind octets, "M" mac, "A" address or "N" name: a device's names in one order. */
struct topo_name {
	struct slice key;
	uint32_t device;
};

struct topo_owner {
	uint64_t mac;
	uint32_t device; /* NONE = several say it is theirs */
	bool by_arp;
};

/* One device hears another. */
struct topo_claim {
	uint32_t device;
	uint32_t port;
	uint32_t peer;
	uint32_t peer_port; /* NONE = not said, or nothing of that name */
	uint8_t sources;
	bool doubtful; /* only good with a mate */
	bool refused;
	bool rival; /* another claim wants the same port and nothing decides */
	bool vague; /* mated, but neither end names the other's port */
	struct topo_claim *mate;
};

/* In device's bridge table other's stations stand on port. */
struct topo_sight {
	uint32_t device;
	uint32_t other;
	uint32_t port; /* an end; NONE = on several alike */
	uint32_t rows;
	bool by_arp; /* other's address was needed to know the station */
};

struct topo_station {
	uint32_t device;
	uint32_t port;
	uint64_t mac;
};

struct topo_link {
	uint32_t device[2]; /* the smaller id first */
	uint32_t port[2];   /* ends */
	uint32_t wires;
	uint8_t sources;
	enum topology_confidence confidence;
	enum topology_mark mark;
	bool shared;
	struct topology_evidence *evidence;
	uint32_t evidence_count;
};

struct topo_id {
	int64_t id;
	uint32_t place;
};

struct topo {
	const struct topology_input *in;
	struct arena *arena;   /* the result's */
	struct arena *scratch; /* gone when the map is built */
	struct arena *turn;    /* gone with the row at hand */
	struct arena *keys;    /* either of them: where keys are made */
	uint32_t device_count;
	struct topo_id *ids;  /* ascending */
	uint32_t *first_port; /* device_count + 1 */
	struct topo_port *ports;
	uint32_t port_count;
	struct topo_name *names;
	size_t name_count;
	struct topo_owner *owners;
	size_t owner_count;
	struct topo_claim *claims;
	size_t claim_count;
	struct topo_station *stations; /* by device and station */
	size_t station_count;
	size_t *first_station;     /* device_count + 1 */
	struct topo_sight *sights; /* by device and other */
	size_t sight_count;
	struct topo_sight *behind; /* the same by device and port */
	size_t *first_sight;       /* device_count + 1 */
	struct topo_link *links;
	size_t link_count;
	size_t link_room;
	struct topology_stranger *strangers;
	size_t stranger_count;
	struct topology_stats stats;
};

/** Rows to look at: the lesser of what there is and the limit; the rest is counted. */
size_t topo_rows(struct topo *topo, size_t count, size_t limit);

/** Count steps.  Returns: false when TOPOLOGY_STEPS_MAX is passed. */
bool topo_step(struct topo *topo, size_t steps);

/* ---- index.c */

void topo_index(struct topo *topo);
/** Which device has this station address alone; NONE. */
const struct topo_owner *topo_owner(const struct topo *topo, uint64_t mac);
/** Devices that bear a name; at most NAMESAKES_MAX. */
size_t topo_bearers(
	const struct topo *topo, struct slice key, uint32_t ret_devices[NAMESAKES_MAX]);
/** The keys of topo_name, in topo->keys; an empty one when there is nothing to name. */
struct slice topo_key_chassis(const struct topo *topo, const struct topology_id *id);
struct slice topo_key_mac(const struct topo *topo, uint64_t mac);
struct slice topo_key_address(const struct topo *topo, const struct network *address);
struct slice topo_key_name(const struct topo *topo, struct slice name);
bool topo_mac_usable(uint64_t mac);
uint64_t topo_mac(struct slice octets);

/* ---- port.c */

/** A port by if_index; NONE. */
uint32_t topo_port_index(const struct topo *topo, uint32_t device, uint32_t if_index);
/** A port by lldpLocPortNum, else by if_index; NONE. */
uint32_t topo_port_local(const struct topo *topo, uint32_t device, uint32_t number);
/** The port of device that a neighbour's row speaks of; NONE. */
uint32_t topo_port_named(
	const struct topo *topo, uint32_t device, const struct topology_neighbour *row);

/* ---- claim.c, pair.c */

void topo_claims(struct topo *topo);
/** Mate claims that answer each other, then weigh what is left. */
void topo_pair(struct topo *topo);

/* ---- sight.c */

void topo_sights(struct topo *topo);
/** The end on which device sees other; NONE. */
uint32_t topo_sees(const struct topo *topo, uint32_t device, uint32_t other);
/** What device sees on an end. */
const struct topo_sight *topo_behind(
	const struct topo *topo, uint32_t device, uint32_t port, size_t *ret_count);
bool topo_is_bridge(const struct topo *topo, uint32_t device);
/** The end on which device has learnt this station; NONE. */
uint32_t topo_station_port(const struct topo *topo, uint32_t device, uint64_t mac);

/* ---- bridge.c, attach.c */

/** Wires between bridges that the neighbour rows left open. */
void topo_bridge(struct topo *topo);
/** Devices that are no bridges, on the ports that see them. */
void topo_attach(struct topo *topo);

/* ---- link.c */

/** A new link, evidence empty; ports become ends. */
struct topo_link *topo_link_add(
	struct topo *topo, const uint32_t device[2], const uint32_t port[2]);
void topo_link_say(const struct topo *topo, struct topo_link *link, enum topology_source source,
	uint32_t device, uint32_t port);
void topo_links_of_claims(struct topo *topo);
/** Put links of the same ends together, fold aggregates. */
void topo_links_fold(struct topo *topo);

/* ---- manual.c */

void topo_links_manual(struct topo *topo);

/* ---- topology.c */

/** A device's place by its id; NONE. */
uint32_t topo_device(const struct topo *topo, int64_t id);
