/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Has a device restarted?  sysUpTime counts hundredths of a second in 32 bits
 * and begins again after 497 days, which is no restart.
 *
 * Source:  RFC 3418 section 2 (sysUpTime); RFC 3411 section 5 (snmpEngineBoots, snmpEngineTime).
 *
 * Layer: probe.  Threading: reentrant; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct uptime_seen {
	uint32_t ticks; /* sysUpTime */
	bool has_engine;
	uint32_t boots;    /* snmpEngineBoots */
	uint32_t engine_s; /* snmpEngineTime */
};

struct uptime {
	struct uptime_seen seen;
	int64_t at_ms;
	bool known;
};

enum uptime_verdict { UPTIME_FIRST, UPTIME_ON, UPTIME_WRAPPED, UPTIME_RESTARTED };

/** One reading; at_ms is of a clock that only goes forward. */
enum uptime_verdict uptime_step(
	struct uptime *uptime, const struct uptime_seen *seen, int64_t at_ms);
