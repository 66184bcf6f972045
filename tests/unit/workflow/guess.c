/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/guess.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_guess_says_what_it_rests_on(void **state)
{
	static const struct {
		const char *name;
		const char *system;
		const char *vendor;
		const char *maker;
		struct guess guess;
	} cases[] = {
		{ "nothing is known", "", "", "", { GUESS_NOTHING, 0 } },
		{ "a card alone", "", "", "Hangzhou Hikvision Digital Technology Co.,Ltd.",
			{ GUESS_CAMERA, GUESS_BY_MAKER } },
		{ "its system alone", "vrp", "Huawei", "HUAWEI TECHNOLOGIES CO.,LTD",
			{ GUESS_NETWORK, GUESS_BY_SYSTEM } },
		{ "all agree", "ruijie", "Ruijie", "Ruijie Networks Co.,LTD",
			{ GUESS_NETWORK, GUESS_BY_SYSTEM | GUESS_BY_VENDOR | GUESS_BY_MAKER } },
		{ "the system wins over the card", "linux", "net-snmp", "Ubiquiti Inc",
			{ GUESS_SERVER, GUESS_BY_SYSTEM } },
		{ "a maker of many kinds", "", "", "HUAWEI TECHNOLOGIES CO.,LTD",
			{ GUESS_NOTHING, 0 } },
		{ "his phones are another company's", "", "", "Huawei Device Co., Ltd.",
			{ GUESS_MOBILE, GUESS_BY_MAKER } },
		{ "another big one", "", "", "HP Inc.", { GUESS_NOTHING, 0 } },
		{ "the word within a word is none", "", "", "Karuba Works",
			{ GUESS_NOTHING, 0 } },
		{ "the first letters of a word are", "", "", "New H3C Technologies Co., Ltd",
			{ GUESS_NETWORK, GUESS_BY_MAKER } },
		{ "a system that is the end of another's name", "s", "", "",
			{ GUESS_NOTHING, 0 } },
		{ "the last of a list", "xerox", "", "", { GUESS_PRINTER, GUESS_BY_SYSTEM } },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guess_basis basis = { slice_str(cases[i].system),
			slice_str(cases[i].vendor), slice_str(cases[i].maker) };
		struct guess guess = guess_of(&basis);
		if (guess.what != cases[i].guess.what || guess.by != cases[i].guess.by) {
			fail_msg("%s: %d by %u", cases[i].name, (int)guess.what, guess.by);
		}
	}
}

static void every_guess_has_a_word(void **state)
{
	(void)state;
	assert_null(guess_text(GUESS_NOTHING));
	for (unsigned what = 1; what < GUESS_COUNT; what++) {
		assert_non_null(guess_text((enum device_guess)what));
	}
	assert_null(guess_text(GUESS_COUNT));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guess_says_what_it_rests_on),
		cmocka_unit_test(every_guess_has_a_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
