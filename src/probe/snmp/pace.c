/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/pace.h"

enum {
	GRANULE_US = 10000,
	RETRY_BAD_AFTER = 200, /* successes: a device that was busy is not small for ever */
};

void pace_answered(struct pace *pace, int64_t after_us)
{
	int64_t most_us = (int64_t)PACE_WAIT_MAX_MS * 1000;
	int64_t us = after_us < 1 ? 1 : after_us > most_us ? most_us : after_us;
	if (pace->smooth_us == 0) {
		pace->smooth_us = (uint32_t)us;
		pace->vary_us = (uint32_t)us / 2;
		return;
	}
	int64_t apart = us - pace->smooth_us;
	apart = apart < 0 ? -apart : apart;
	pace->vary_us = (uint32_t)((3 * (int64_t)pace->vary_us + apart) / 4);
	int64_t smooth = (7 * (int64_t)pace->smooth_us + us) / 8;
	pace->smooth_us = smooth < 1 ? 1 : (uint32_t)smooth;
}

uint32_t pace_wait_ms(const struct pace *pace, unsigned attempt)
{
	uint64_t vary_us = 4 * (uint64_t)pace->vary_us;
	uint64_t ms = pace->first_ms == 0 ? PACE_WAIT_FIRST_MS : pace->first_ms;
	if (pace->smooth_us != 0) {
		ms = (pace->smooth_us + (vary_us > GRANULE_US ? vary_us : GRANULE_US)) / 1000;
	}
	ms = ms < PACE_WAIT_MIN_MS ? PACE_WAIT_MIN_MS : ms;
	ms <<= attempt < 8 ? attempt : 8;
	return ms > PACE_WAIT_MAX_MS ? PACE_WAIT_MAX_MS : (uint32_t)ms;
}

static uint16_t varbinds_of(const struct pace *pace)
{
	return pace->varbinds == 0 ? PACE_VARBINDS_FIRST : pace->varbinds;
}

uint16_t pace_repetitions(const struct pace *pace, unsigned columns)
{
	unsigned rows = varbinds_of(pace) / (columns == 0 ? 1 : columns);
	return (uint16_t)(rows == 0 ? 1 : rows);
}

void pace_took(struct pace *pace, unsigned varbinds)
{
	unsigned now = varbinds_of(pace);
	if (pace->successes < RETRY_BAD_AFTER) {
		pace->successes++;
	} else if (pace->bad != 0) {
		pace->bad = 0;
		pace->successes = 0;
	}
	if (varbinds > pace->good) {
		pace->good =
			(uint16_t)(varbinds < PACE_VARBINDS_MAX ? varbinds : PACE_VARBINDS_MAX);
	}
	/* Half way to what failed, or twice as much while nothing has. */
	unsigned next = pace->bad == 0 ? 2 * now : (now + pace->bad) / 2;
	if (varbinds >= now && next < PACE_VARBINDS_MAX) {
		pace->varbinds = (uint16_t)next;
	} else if (varbinds >= now && pace->bad == 0) {
		pace->varbinds = PACE_VARBINDS_MAX;
	}
}

void pace_cut(struct pace *pace, unsigned varbinds)
{
	if (varbinds > 0 && varbinds < varbinds_of(pace)) {
		pace->good = (uint16_t)varbinds;
		pace->bad = (uint16_t)(varbinds + 1);
		pace->varbinds = (uint16_t)varbinds;
		pace->successes = 0;
	}
}

bool pace_refused(struct pace *pace, unsigned varbinds)
{
	pace->successes = 0;
	if (varbinds <= 1) {
		pace->varbinds = 1;
		return false;
	}
	if (pace->bad == 0 || varbinds < pace->bad) {
		pace->bad = (uint16_t)(varbinds < UINT16_MAX ? varbinds : UINT16_MAX);
	}
	unsigned half = varbinds / 2;
	pace->varbinds =
		(uint16_t)(pace->good > half && pace->good < varbinds ? pace->good : half);
	return true;
}
