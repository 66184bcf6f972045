/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/uptime.h"

enum { TICK_MS = 10, SLACK_TICKS = 3000, SLACK_SHARE = 20, ENGINE_SLACK_S = 30 };

/* Some restart only their agent: boots stand still or are never kept, time tells as well. */
static enum uptime_verdict by_engine(
	const struct uptime *before, const struct uptime_seen *seen, int64_t took_ms)
{
	int64_t expected_s = before->seen.engine_s + took_ms / 1000;
	int64_t slack_s = ENGINE_SLACK_S + took_ms / 1000 / SLACK_SHARE;
	if (seen->boots != before->seen.boots || seen->engine_s + slack_s < expected_s) {
		return UPTIME_RESTARTED;
	}
	return seen->ticks < before->seen.ticks ? UPTIME_WRAPPED : UPTIME_ON;
}

static enum uptime_verdict by_ticks(
	const struct uptime *before, const struct uptime_seen *seen, int64_t took_ms)
{
	int64_t took = took_ms / TICK_MS;
	uint32_t expected = before->seen.ticks + (uint32_t)took;
	int64_t slack = SLACK_TICKS + took / SLACK_SHARE;
	/* On the ring of 2^32 ticks: how far behind the expected place is it? */
	int32_t behind = (int32_t)(expected - seen->ticks);
	if (behind > slack || behind < -slack) {
		/* Ahead is a clock that was set, as long as it did not go back. */
		return behind < 0 && seen->ticks >= before->seen.ticks ? UPTIME_ON
								       : UPTIME_RESTARTED;
	}
	return seen->ticks < before->seen.ticks && expected < before->seen.ticks
		       ? UPTIME_WRAPPED
		       : UPTIME_ON;
}

enum uptime_verdict uptime_step(
	struct uptime *uptime, const struct uptime_seen *seen, int64_t at_ms)
{
	enum uptime_verdict verdict = UPTIME_FIRST;
	if (uptime->known) {
		int64_t took_ms = at_ms > uptime->at_ms ? at_ms - uptime->at_ms : 0;
		bool both = seen->has_engine && uptime->seen.has_engine;
		verdict = both ? by_engine(uptime, seen, took_ms)
			       : by_ticks(uptime, seen, took_ms);
	}
	*uptime = (struct uptime) { .seen = *seen, .at_ms = at_ms, .known = true };
	return verdict;
}
