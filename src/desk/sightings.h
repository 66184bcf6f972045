/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was seen on the network and by whom: kept once for each seer and thing
 * seen, with when it was seen first and last.  Rows, no record: what is lost
 * is seen again.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/subnet_list.h"
#include "model/network.h"
#include "workflow/discovery.h"

struct json;
struct map;
struct txn;

enum {
	SIGHTING_TEXT_MAX = 120,            /* octets of one text from the network */
	SIGHTINGS_MAX = 200000,             /* kept; new ones past it are counted and dropped */
	SIGHTING_KEEP_DAYS = 90,            /* after the last look */
	SIGHTING_FRESH_MS = 10 * 60 * 1000, /* nothing new within that is not written again */
	SIGHTING_NEW_MAX = 2000,            /* of one command; the rest is seen again */
};

/** What is not known is empty. */
struct sighting {
	enum discovery_source source;
	int64_t by_device; /* check that looks at the seer; 0 = ourselves */
	struct slice by_port;
	struct network address; /* prefix 128, or 0 = none */
	uint64_t mac;
	struct slice chassis; /* the same wherever the same box is seen */
	struct slice name;
	struct slice vendor;
	struct slice os;
	struct slice object_id; /* dotted sysObjectID */
	int64_t at_ms;
};

/** "sweep", "snmp", "neighbour", "arp", "fdb", "flow", "log", "dns". */
extern const char *const sighting_sources[];

/** A command's keeping of many. */
struct sighting_keeper {
	struct txn *txn;
	struct subnets subnets;
	struct map *known; /* of the seer, read at once; NULL = each is looked for */
	int64_t room;      /* below SIGHTINGS_MAX and SIGHTING_NEW_MAX */
	bool news;         /* one of them says something new */
};

/**
 * by_device: whose sightings follow, many of them; 0 = few, of anybody.
 *
 * Owns:    *ret_keeper, end it with sightings_end in any case.
 * Returns: 0 or as db_step.
 */
NODISCARD int sightings_begin(
	struct txn *txn, int64_t by_device, struct sighting_keeper *ret_keeper);
void sightings_end(struct sighting_keeper *keeper);

/**
 * Keep one; nothing of a range that is not looked at, nor without an address,
 * a station and a name.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int sighting_keep(struct sighting_keeper *keeper, const struct sighting *sighting);

/**
 * Keep what probe reports: {"state":{…},"seen":[{source, address, at, name?,
 * vendor?, os?, object_id?}]}.
 *
 * Returns: 1 when there is something new in it, 0, or as db_step.
 */
NODISCARD int sightings_take(struct txn *txn, const struct json *report);

/** Drop what has not been seen for SIGHTING_KEEP_DAYS.  Returns: 0 or as db_step. */
NODISCARD int sightings_expire(struct txn *txn);
