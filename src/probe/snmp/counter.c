/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/counter.h"

static const double frame_octets = 84;
static const double margin = 1.1;

double counter_octets_max(uint64_t high_speed_mbits)
{
	return (double)high_speed_mbits * 1e6 / 8 * margin;
}

double counter_packets_max(uint64_t high_speed_mbits)
{
	return counter_octets_max(high_speed_mbits) / frame_octets;
}

/* Is the step from one reading to the other possible?  Gives its rate. */
static bool is_step(uint64_t from, uint64_t to, int64_t took_ms,
	const struct counter_about *about, double *ret_rate)
{
	uint64_t by = to - from;
	if (took_ms <= 0) {
		return false;
	}
	if (to < from) {
		if (about->bits != 32) {
			return false; /* 2^64 octets are five centuries at 10 Gbit/s */
		}
		by = (uint32_t)by;
		/* Without a speed to judge by, only a step from the top quarter to the bottom one. */
		if (about->rate_max <= 0 && (from < 0xc0000000u || to > 0x40000000u)) {
			return false;
		}
	}
	*ret_rate = (double)by * 1000 / (double)took_ms;
	return about->rate_max <= 0 || *ret_rate <= about->rate_max;
}

static void believe(struct counter *counter, uint64_t value, int64_t at_ms)
{
	*counter = (struct counter) { .value = value, .at_ms = at_ms, .known = true };
}

enum counter_verdict counter_step(struct counter *counter, uint64_t value, int64_t at_ms,
	const struct counter_about *about, double *ret_rate)
{
	double rate = 0;
	if (!counter->known || about->discontinued) {
		bool first = !counter->known;
		believe(counter, value, at_ms);
		return first ? COUNTER_FIRST : COUNTER_RESET;
	}
	if (is_step(counter->value, value, at_ms - counter->at_ms, about, &rate)) {
		believe(counter, value, at_ms);
		*ret_rate = rate;
		return COUNTER_RATE;
	}
	/* Two readings that agree with each other and not with the past: it began anew. */
	if (counter->doubts &&
		is_step(counter->doubted, value, at_ms - counter->doubted_ms, about, &rate)) {
		believe(counter, value, at_ms);
		return COUNTER_RESET;
	}
	if (at_ms > counter->at_ms) {
		counter->doubts = true;
		counter->doubted = value;
		counter->doubted_ms = at_ms;
	}
	return COUNTER_DOUBT;
}
