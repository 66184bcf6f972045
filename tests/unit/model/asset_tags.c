/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_tags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static void words_are_kept_once_whatever_stands_between_them(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int count;
		const char *kept;
	} cases[] = {
		{ "none", "", 0, "" },
		{ "only separators", " ,、 ；\n", 0, "" },
		{ "one", "核心机房", 1, "核心机房" },
		{ "separators of both widths", "a，b、c；d　e;f g,h", 8, "a,b,c,d,e,f,g,h" },
		{ "twice is once", "ab,a ab,a", 2, "ab,a" },
		{ "sixteen", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 16", 16,
			"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16" },
		{ "seventeen", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", E_INPUT, "17" },
		{ "too long", "a 12345678901234567890123456789012345678901", E_INPUT,
			"12345678901234567890123456789012345678901" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		struct slice bad = { 0 };
		buf_init(&out, ASSET_TAGS_OCTETS_MAX);
		int count = asset_tags_put(&out, slice_str(cases[i].text), &bad);
		struct slice got = count < 0 ? bad : buf_slice(&out);
		if (count != cases[i].count || !slice_is(got, cases[i].kept)) {
			fail_msg("%s: %d %.*s", cases[i].name, count, SLICE_FMT(got));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_kept_once_whatever_stands_between_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
