/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which address to look at next when a campus is swept for devices: only
 * registered ranges, never a passive one (students, dormitories) whatever
 * else covers it, nothing while a freeze (封网期) lasts, at a steady pace, and
 * from where it stopped.  Neighbours are spread over the ranges, so that no
 * subnet is asked in a row.
 *
 * The first and last address of an IPv4 range of a /30 or wider are left out:
 * they are its network and its broadcast.  A range too wide to be walked is
 * not swept and counted; sweep_may still says yes to an address in it that
 * somebody has named.
 *
 * Layer: workflow.  Threading: one owner; the clock is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/network.h"

enum {
	SWEEP_RANGES_MAX = 1024,
	SWEEP_FREEZES_MAX = 64,
	SWEEP_HOST_BITS_MAX = 20, /* of one range that is walked: 1,048,576 addresses */
	SWEEP_PER_SECOND_MAX = 10000,
};

struct sweep_range {
	struct network network;
	bool passive; /* only listened to */
};

struct sweep_freeze {
	int64_t from_ms; /* unix, first instant of the freeze */
	int64_t to_ms;   /* first instant after it */
};

struct sweep_pace {
	uint32_t per_second; /* 1..SWEEP_PER_SECOND_MAX */
	uint32_t burst;      /* at least 1 */
	int64_t round_ms;    /* from one round's begin to the next, > 0 */
};

struct sweep_config {
	const struct sweep_range *ranges;
	size_t range_count;
	const struct sweep_freeze *freezes;
	size_t freeze_count;
	struct sweep_pace pace;
};

/** Where a sweep stands: plain data, to be kept over a restart; zero is the beginning. */
struct sweep_position {
	uint64_t plan; /* of these ranges; another plan begins anew */
	uint64_t next; /* addresses given in this round */
	int64_t round_began_ms;
};

enum sweep_answer {
	SWEEP_ASK,    /* *ret_address is to be asked now */
	SWEEP_WAIT,   /* for the pace */
	SWEEP_FROZEN, /* a freeze lasts */
	SWEEP_DONE,   /* this round; or nothing is to be swept */
};

struct sweep;

/**
 * Owns:    *ret_sweep; release with sweep_destroy.  config is copied.
 * Returns: 0, E_LIMIT over SWEEP_RANGES_MAX or SWEEP_FREEZES_MAX, E_RANGE for
 *          a pace out of its bounds or a freeze that ends before it begins.
 */
NODISCARD int sweep_create(const struct sweep_config *config,
	const struct sweep_position *position, struct sweep **ret_sweep);
struct sweep *sweep_destroy(struct sweep *sweep);

/**
 * The next address, if one may be asked now; *ret_wait_ms is how long nothing
 * will change otherwise (> 0; INT64_MAX = ever).
 *
 * Returns: enum sweep_answer.  A clock that goes back costs at most one burst.
 */
enum sweep_answer sweep_next(
	struct sweep *sweep, int64_t now_ms, struct network *ret_address, int64_t *ret_wait_ms);

/** May this address be asked now, by whatever way it became known? */
bool sweep_may(const struct sweep *sweep, const struct network *address, int64_t now_ms);

/** To be stored; as sweep_create takes it. */
struct sweep_position sweep_position(const struct sweep *sweep);

struct sweep_stats {
	uint64_t addresses; /* of a round */
	uint64_t too_wide;  /* ranges that are not walked */
	uint64_t intervals;
};

struct sweep_stats sweep_stats(const struct sweep *sweep);
