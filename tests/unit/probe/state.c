/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static enum check_state state_of(char letter)
{
	switch (letter) {
	case 'u':
		return CHECK_UP;
	case 'g':
		return CHECK_DEGRADED;
	case 'd':
		return CHECK_DOWN;
	case 'r':
		return CHECK_UNREACHABLE;
	default:
		return CHECK_UNKNOWN;
	}
}

static void results_become_states(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned retries;
		unsigned window;
		const char *results;
		const char *shown; /* after each result; ? = unknown */
	} cases[] = {
		{ "the first good result is believed at once", 2, 0, "u", "u" },
		{ "the first bad one is confirmed", 2, 0, "ddd", "??d" },
		{ "without retries it counts at once", 0, 0, "udu", "udd" },
		{ "down after two confirmations", 2, 0, "uddd", "uuud" },
		{ "a good result between begins anew", 2, 0, "udduddd", "uuuuuud" },
		{ "two good results recover", 2, 0, "dddudu", "??dddd" },
		{ "two good results in a row recover", 2, 0, "ddduu", "??ddu" },
		{ "degraded is confirmed too", 1, 0, "ugg", "uug" },
		{ "a mix of poor and bad is degraded first", 1, 0, "ugddd", "uuggd" },
		{ "from down over degraded to up", 1, 0, "ddgguu", "?ddggu" },
		{ "unreachable is not down", 1, 0, "urr", "uur" },
		{ "from down to unreachable after confirmation", 1, 0, "ddrr", "?ddr" },
		{ "unknown results change nothing soon", 1, 0, "u?u?u", "uuuuu" },
		{ "unknown in a row is unknown", 1, 0, "u??", "uu?" },
		{ "unknown does not heal", 1, 0, "dd?d?d", "?ddddd" },
		{ "three of the last five", 2, 5, "ududud", "uuuuud" },
		{ "two of the last five are not three", 2, 5, "uduuduuduud", "uuuuuuuuuuu" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct state_track track = { 0 };
		struct state_rule rule = state_rule_of(cases[i].retries, cases[i].window);
		for (size_t at = 0; at < strlen(cases[i].results); at++) {
			enum check_state before = track.shown;
			bool changed = state_take(&track, rule, state_of(cases[i].results[at]));
			if (track.shown != state_of(cases[i].shown[at]) ||
				changed != (before != track.shown)) {
				fail_msg("%s: at %zu %s", cases[i].name, at,
					check_state_text(track.shown));
			}
		}
	}
}

static void the_rule_keeps_its_bounds(void **state)
{
	(void)state;
	struct state_rule rule = state_rule_of(255, 255);
	assert_int_equal(rule.need, STATE_WINDOW_MAX);
	assert_int_equal(rule.of, STATE_WINDOW_MAX);
	struct state_track track = { .shown = CHECK_UP };
	for (unsigned i = 0; i + 1 < STATE_WINDOW_MAX; i++) {
		assert_false(state_take(&track, rule, CHECK_DOWN));
	}
	assert_true(state_take(&track, rule, CHECK_DOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_become_states),
		cmocka_unit_test(the_rule_keeps_its_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
