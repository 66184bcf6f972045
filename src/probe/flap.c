/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/flap.h"

#include <assert.h>

enum {
	CHANGES = FLAP_RESULTS - 1, /* between so many results */
	WEIGHT_OLDEST = 750,        /* thousandths; the mean of all is one */
	WEIGHT_NEWEST = 1250,
};

unsigned flap_percent(const struct flap *flap)
{
	unsigned sum = 0;
	for (unsigned i = 0; i < CHANGES; i++) {
		unsigned weight =
			WEIGHT_NEWEST - i * (WEIGHT_NEWEST - WEIGHT_OLDEST) / (CHANGES - 1);
		sum += (flap->changes >> i & 1u) * weight;
	}
	return sum / (CHANGES * 10);
}

enum flap_said flap_take(struct flap *flap, struct flap_rule rule, bool bad, bool regular)
{
	assert(rule.misses >= 1 && rule.low_percent <= rule.high_percent);
	flap->run = (uint8_t)(bad ? flap->run + (flap->run < UINT8_MAX) : 0);
	bool now_bad = bad && (flap->bad || flap->run >= rule.misses);
	bool change = flap->seen && now_bad != flap->bad;
	flap->bad = now_bad;
	flap->seen = true;
	if (!change && !regular) {
		return FLAP_SAME;
	}
	flap->changes = (flap->changes << 1 | change) & ((1u << CHANGES) - 1);
	unsigned percent = flap_percent(flap);
	if (!flap->flapping && percent >= rule.high_percent) {
		flap->flapping = true;
		return FLAP_BEGINS;
	}
	if (flap->flapping && percent < rule.low_percent) {
		flap->flapping = false;
		return FLAP_ENDS;
	}
	return FLAP_SAME;
}
