/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From readings of a counter to a rate, without ever inventing a spike: wraps
 * are told from restarts, and a reading no line could carry is left out.
 *
 * Source:  RFC 2578 section 7.1.6 (a counter has no meaning across a discontinuity);
 *          RFC 2863 section 3.1.6 (32 and 64 bits).
 *
 * Layer: probe.  Threading: reentrant; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct counter {
	uint64_t value; /* the last one believed */
	int64_t at_ms;
	uint64_t doubted; /* a reading after it that could not be */
	int64_t doubted_ms;
	bool known;
	bool doubts;
};

/** What is known beside the reading itself. */
struct counter_about {
	uint8_t bits;      /* 32 or 64 */
	bool discontinued; /* restarted, or ifCounterDiscontinuityTime has changed */
	double rate_max;   /* a second; 0 = not known */
};

enum counter_verdict {
	COUNTER_FIRST, /* nothing to compare with */
	COUNTER_RATE,
	COUNTER_RESET, /* it began anew: no rate this time */
	COUNTER_DOUBT, /* left out; the next reading decides */
};

/**
 * One reading.  at_ms is of a clock that only goes forward.  ret_rate is set,
 * in units a second, only for COUNTER_RATE.
 */
enum counter_verdict counter_step(struct counter *counter, uint64_t value, int64_t at_ms,
	const struct counter_about *about, double *ret_rate);

/** Octets a second a port of ifHighSpeed (Mbit/s) can carry, with a tenth for clocks that differ. */
double counter_octets_max(uint64_t high_speed_mbits);
/** Packets a second, all of the smallest frame with preamble and gap: 84 octets. */
double counter_packets_max(uint64_t high_speed_mbits);
