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
#include "detect/school_days.h"

enum {
	BASELINE_HOURS = 168,
	/* One octet more than the hours fill: each is read as three. */
	BASELINE_LEVEL_OCTETS = (BASELINE_HOURS * 13 + 7) / 8 + 1,
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

/**
 * An instant as every baseline looks at it.  Samples come in the order of
 * their times, a thousand series within one hour: what the calendar says of an
 * hour is asked once.  Zero it, set `days`, then baseline_moment_set.
 */
struct baseline_moment {
	const struct school_days *days; /* borrowed; NULL: every day is usual */
	bool set;
	int32_t hour;          /* counted from 1970 local */
	enum school_day kind;  /* of its day */
	unsigned week_hour[3]; /* of the hour before, this one, the one after */
	unsigned nearer;       /* of these, besides this one: 0 or 2 */
	double part;           /* how far towards it from the middle of this hour */
};

/** Look at another instant from now on. */
void baseline_moment_set(struct baseline_moment *moment, int64_t at_ms);

/** A value as a baseline sees it. */
struct baseline_view {
	double expected;   /* in the series' own unit */
	double deviations; /* robust, with their sign; of a day off never below 0 */
	double percent;    /* by how much the value differs from what is expected */
	bool sure;         /* this hour of the week itself was learnt */
	double level;      /* of the value, in steps; for learning from it */
	double usual;      /* level by whatever is known; NaN when nothing is */
};

/**
 * What is usual at a moment, and how far the value is from it.
 *
 * Shape:   min_days of like hours must have been learnt, or the hour itself
 *          min_days / 7 times.
 * Returns: false when there is not enough history; level and usual stand.
 */
bool baseline_look(const struct baseline *baseline, const struct baseline_moment *moment,
	double value, int64_t min_days, struct baseline_view *ret_view);

/** What was looked at at this moment may be learnt; time does not go back. */
void baseline_learn(struct baseline *baseline, const struct baseline_moment *moment,
	const struct baseline_view *view);
