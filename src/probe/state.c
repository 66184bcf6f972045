/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/state.h"

struct state_rule state_rule_of(unsigned retries, unsigned window)
{
	unsigned need = retries < STATE_WINDOW_MAX ? retries + 1 : STATE_WINDOW_MAX;
	unsigned of = window < STATE_WINDOW_MAX ? window : STATE_WINDOW_MAX;
	return (struct state_rule) { (uint8_t)need, (uint8_t)(of > need ? of : need) };
}

static bool is_bad(enum check_state state)
{
	return state == CHECK_DOWN || state == CHECK_UNREACHABLE;
}

/* 0 = up, 1 = degraded, 2 = bad. */
static unsigned gravity(enum check_state state)
{
	return is_bad(state) ? 2 : state == CHECK_DEGRADED ? 1 : 0;
}

static bool enough(uint16_t history, struct state_rule rule)
{
	unsigned mask = (1u << rule.of) - 1;
	return (unsigned)__builtin_popcount(history & mask) >= rule.need;
}

static bool change(struct state_track *track, enum check_state to)
{
	*track = (struct state_track) { .shown = to };
	return true;
}

static void remember(struct state_track *track, enum check_state result)
{
	track->bad = (uint16_t)(track->bad << 1 | is_bad(result));
	track->poor = (uint16_t)(track->poor << 1 | (gravity(result) > 0));
	track->blind = (uint16_t)(track->blind << 1 | (result == CHECK_UNKNOWN));
	if (track->seen < STATE_WINDOW_MAX) {
		track->seen++;
	}
	bool better = result != CHECK_UNKNOWN && gravity(result) < gravity(track->shown);
	track->good_run =
		better ? (uint8_t)(track->good_run < 255 ? track->good_run + 1 : 255) : 0;
}

static bool worsen(struct state_track *track, struct state_rule rule, enum check_state result)
{
	if (is_bad(result) && enough(track->bad, rule) && track->shown != result) {
		/* Between down and unreachable the latest counts, after as many confirmations. */
		return change(track, result);
	}
	if (gravity(track->shown) == 0 && gravity(result) > 0 &&
		track->shown != CHECK_DEGRADED && enough(track->poor, rule)) {
		return change(track, CHECK_DEGRADED);
	}
	if (result == CHECK_UNKNOWN && track->shown != CHECK_UNKNOWN &&
		enough(track->blind, rule)) {
		return change(track, CHECK_UNKNOWN);
	}
	return false;
}

bool state_take(struct state_track *track, struct state_rule rule, enum check_state result)
{
	if (track->shown == CHECK_UNKNOWN && result == CHECK_UP) {
		return change(track, CHECK_UP);
	}
	remember(track, result);
	if (gravity(track->shown) > 0 && track->good_run >= STATE_RECOVER) {
		return change(track, result);
	}
	return worsen(track, rule, result);
}

bool state_in_doubt(const struct state_track *track, enum check_state result)
{
	return result != track->shown;
}
