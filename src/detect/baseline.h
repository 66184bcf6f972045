/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The usual week of one series, in 300 octets: 168 hours of local time, each a
 * running median of what that hour was, and of every two hours of the day how
 * far single samples lie from it (a running MAD).
 *
 * Values are kept as logarithms, 32 steps an octave over 64 octaves from one
 * thousandth up, so that a step is 2.2 % of any value; a negative one counts
 * as zero.  An hour takes 13 bits: 11 of level, 2 of how often it was learnt.
 * A median runs by clipped steps: what lies far off moves it by no more than
 * what lies near.  Until an hour of the week was learnt, the same hour of like
 * days (Monday to Friday, or the weekend) stands for it.
 *
 * Nothing is learnt on days that are not usual, nor judged downwards.
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct school_days;

enum {
	BASELINE_HOURS = 168,
	BASELINE_LEVEL_OCTETS = (BASELINE_HOURS * 13 + 7) / 8,
	BASELINE_SPREADS = 12,
};

struct baseline {
	int32_t hour;          /* under way, counted from 1970 local; 0 = none */
	uint32_t level_sum;    /* of its samples, in steps */
	uint32_t distance_sum; /* of its samples from what was expected, in eighths of a step */
	uint16_t samples;
	uint8_t spread[BASELINE_SPREADS]; /* MAD in quarters of a step; 0 = not known */
	uint8_t level[BASELINE_LEVEL_OCTETS];
};

_Static_assert(sizeof(struct baseline) <= 300, "a million series are to fit");

struct baseline_view {
	double expected;   /* in the series' own unit */
	double deviations; /* robust, with their sign; of a day off never below 0 */
	double percent;    /* by how much the value differs from what is expected */
	bool sure;         /* this hour of the week itself was learnt */
};

/**
 * What is usual at an instant, and how far the value is from it.
 *
 * Shape:   min_days of like hours must have been learnt, or the hour itself
 *          min_days / 7 times.
 * Returns: false when there is not enough history.
 */
bool baseline_look(const struct baseline *baseline, const struct school_days *days,
	int64_t at_ms, double value, int64_t min_days, struct baseline_view *ret_view);

/** A value that may be learnt; time does not go back. */
void baseline_learn(
	struct baseline *baseline, const struct school_days *days, int64_t at_ms, double value);
