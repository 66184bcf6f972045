/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a figure is going: a straight line through the last points of a
 * window that single odd points do not turn (the median of the slopes of all
 * pairs, and the median of what is left).
 *
 * Source:  P. K. Sen, Estimates of the regression coefficient based on
 *          Kendall's tau, JASA 63 (1968), sections 2 and 6.
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum { TREND_POINTS = 48 };

struct trend {
	int64_t window_ms;
	int64_t at_ms[TREND_POINTS];
	double value[TREND_POINTS];
	uint8_t count;
	uint8_t next;
	bool fitted;
	bool steady;      /* the line moves clearly more than the points stray from it */
	double slope;     /* a millisecond */
	double intercept; /* at base_ms */
	int64_t base_ms;
};

void trend_init(struct trend *trend, int64_t window_ms);

/** Points closer than a 48th of the window are passed over. */
void trend_add(struct trend *trend, int64_t at_ms, double value);

/**
 * When the line is at limit, coming from below (rising) or from above.
 *
 * Returns: false when it does not get there, or too little is known: less
 *          than a quarter of the window, or points that stray.  *ret_eta_ms ≥ now_ms.
 */
bool trend_eta(const struct trend *trend, int64_t now_ms, double limit, bool rising,
	int64_t *ret_eta_ms);
