/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How long to wait for a device, and how much to ask of it at once; both are
 * learned from what it does.
 *
 * Source:  RFC 6298 section 2 (the estimator; times in microseconds).
 *
 * Layer: probe.  Threading: reentrant; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	PACE_WAIT_FIRST_MS = 1000, /* before anything is known */
	PACE_WAIT_MIN_MS = 250,
	PACE_WAIT_MAX_MS = 6000,
	PACE_VARBINDS_FIRST = 24,
	PACE_VARBINDS_MAX = 60, /* about what fits into one frame of Ethernet */
};

struct pace {
	uint32_t smooth_us; /* 0 = no answer yet */
	uint32_t vary_us;
	uint16_t first_ms; /* to wait before anything is known; 0 = PACE_WAIT_FIRST_MS */
	uint16_t varbinds; /* to ask for at once; 0 = PACE_VARBINDS_FIRST */
	uint16_t good;     /* most that came back */
	uint16_t bad;      /* fewest that failed; 0 = none yet */
	uint8_t successes; /* since the last failure */
};

/** An answer came so long after the request's first sending. */
void pace_answered(struct pace *pace, int64_t after_us);

/** How long to wait for attempt 0, 1, 2 …, doubling. */
uint32_t pace_wait_ms(const struct pace *pace, unsigned attempt);

/** Rows of so many columns to ask for in one GETBULK: at least 1. */
uint16_t pace_repetitions(const struct pace *pace, unsigned columns);

/** So many variables were asked for and came. */
void pace_took(struct pace *pace, unsigned varbinds);
/** It cut the answer to so many: what it can carry is known. */
void pace_cut(struct pace *pace, unsigned varbinds);
/** So many were asked for, and it said tooBig, or nothing.  Returns: false when fewer cannot be asked. */
bool pace_refused(struct pace *pace, unsigned varbinds);
