/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a round of echoes to one target says: loss, and how the round-trip
 * times are spread, not their mean alone.
 *
 * Pure.  Layer: probe.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

enum { RTT_MAX = 20 };

/** Of one round, in the order of sending; an echo that got no reply is -1. */
struct rtt_round {
	unsigned sent; /* at most RTT_MAX */
	int64_t rtt_us[RTT_MAX];
};

struct rtt_summary {
	unsigned lost;
	unsigned loss_percent; /* rounded up: one of twenty is 5, none is 0 */
	int64_t min_us;        /* -1, as the next three, when nothing came back */
	int64_t median_us;     /* of an even number the lower */
	int64_t max_us;
	int64_t jitter_us; /* mean difference of neighbours that both came back */
};

/**
 * Source: RFC 3393 section 3 (delay variation between selected pairs: here of
 * successive packets).
 *
 * Shape:   sent 0 gives no loss and no times.
 */
struct rtt_summary rtt_summarise(const struct rtt_round *round);
