/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Is a check going up and down all the time?  The share of changes among its
 * last 21 results, later ones weighing more, as Nagios has measured it since
 * 2002; two thresholds keep the answer itself from flapping.
 *
 * Defaults: begins at 30 %, ends below 20 %.  A bad result counts as a change
 * only after `misses` in a row: a port that answers for itself needs one, a
 * ping needs four, because lost datagrams come singly and in bursts of three.
 *
 * Pure.  Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	FLAP_RESULTS = 21,
	FLAP_HIGH_PERCENT = 30,
	FLAP_LOW_PERCENT = 20,
	FLAP_MISSES_PING = 4,
	FLAP_MISSES_OTHER = 1,
};

struct flap_rule {
	uint8_t high_percent; /* flapping begins at this share */
	uint8_t low_percent;  /* and ends below this one; <= high_percent */
	uint8_t misses;       /* in a row, until bad is believed; >= 1 */
};

/** Zeroed is the start: nothing seen, not flapping. */
struct flap {
	uint32_t changes; /* bit i: the result i ago was a change */
	uint8_t run;      /* bad results in a row, at most 255 */
	bool bad;
	bool seen;
	bool flapping;
};

enum flap_said { FLAP_SAME, FLAP_BEGINS, FLAP_ENDS };

/**
 * Take one result.  One out of turn (regular false) is entered only when it
 * is a change: a quick second look does not make the past longer ago.
 */
enum flap_said flap_take(struct flap *flap, struct flap_rule rule, bool bad, bool regular);

/** The weighted share of changes, in percent. */
unsigned flap_percent(const struct flap *flap);
