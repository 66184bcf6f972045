/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

static const struct {
	const char *name;
	const char *text;
	bool valid;
} cases[] = {
	{ "ASCII", "abc", true },
	{ "Han and an emoji", "烽燧\xf0\x9f\x94\xa5", true },
	{ "an overlong slash", "\xc0\xaf", false },
	{ "a surrogate", "\xed\xa0\x80", false },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", false },
	{ "a cut sequence", "\xe7\x83", false },
	{ "a lone continuation", "\x80", false },
};

static void only_shortest_form_is_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (utf8_valid(slice_str(cases[i].text)) != cases[i].valid) {
			fail_msg("%s", cases[i].name);
		}
		AUTO_BUF struct buf buf;
		buf_init(&buf, 100);
		utf8_put_clean(&buf, slice_str(cases[i].text));
		assert_true(utf8_valid(buf_slice(&buf)));
	}
	assert_int_equal(utf8_count(SLICE("烽燧a")), 3);
}

static void gb18030_text_becomes_utf8(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 100);
	assert_int_equal(gb18030_init(), 0);
	/* 教务处 in GBK, then a four-octet GB18030 character. */
	assert_int_equal(gb18030_to_utf8(SLICE("\xbd\xcc\xce\xf1\xb4\xa6"), &buf), 0);
	assert_string_equal((char *)buf.p, "教务处");
	assert_int_equal(gb18030_to_utf8(SLICE("a\xff"), &buf), E_FORMAT);
	assert_string_equal((char *)buf.p, "教务处");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_shortest_form_is_valid),
		cmocka_unit_test(gb18030_text_becomes_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
