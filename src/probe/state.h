/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From single results to the state that is shown: a failure counts after
 * its confirmations, a recovery after two good results, and a line that
 * loses now and then is judged over a window (n of the last m).
 *
 * Pure.  Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "probe/check.h"

enum { STATE_WINDOW_MAX = 16, STATE_RECOVER = 2 };

struct state_rule {
	uint8_t need; /* this many bad results … */
	uint8_t of;   /* … among this many last ones, need <= of <= STATE_WINDOW_MAX */
};

/** Zeroed is the start: unknown, nothing seen. */
struct state_track {
	enum check_state shown;
	uint16_t bad;     /* newest result in bit 0: down or unreachable */
	uint16_t poor;    /* bad or degraded */
	uint16_t blind;   /* unknown */
	uint8_t seen;     /* results since the last change, at most STATE_WINDOW_MAX */
	uint8_t good_run; /* consecutive results better than what is shown */
};

/**
 * 1 + retries bad results among the last `window`; a window of 0 means in a
 * row.  Both are brought within STATE_WINDOW_MAX.
 */
struct state_rule state_rule_of(unsigned retries, unsigned window);

/**
 * Take one result.  Returns: true when track->shown has changed.
 * The first good result ever is believed at once; the first bad one is confirmed.
 */
bool state_take(struct state_track *track, struct state_rule rule, enum check_state result);

/** Does this result ask for a quick second look: it disagrees with what is shown? */
bool state_in_doubt(const struct state_track *track, enum check_state result);
