/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void the_maximum_is_sticky(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 5);
	buf_put_str(&buf, "abc");
	buf_put_str(&buf, "def");
	assert_true(buf.failed);
	assert_true(slice_is(buf_slice(&buf), "abc"));
	buf_put_str(&buf, "d");
	assert_int_equal(buf.n, 3);
	buf_clear(&buf);
	buf_put_str(&buf, "12345");
	assert_false(buf.failed);
	assert_string_equal((char *)buf.p, "12345");
}

static const struct {
	const char *name;
	void (*put)(struct buf *, struct slice);
	const char *in;
	const char *want;
} cases[] = {
	{ "html escapes five characters", buf_put_html, "<a href='x\"&'>",
		"&lt;a href=&#39;x&quot;&amp;&#39;&gt;" },
	{ "a formula cell is disarmed", buf_put_csv, "=cmd|'/c calc'!A1",
		"\"'=cmd|'/c calc'!A1\"" },
	{ "csv doubles quotes", buf_put_csv, "a\"b", "\"a\"\"b\"" },
	{ "a plain header stays plain", buf_put_mail_header, "hello", "hello" },
	{ "Chinese becomes an encoded word", buf_put_mail_header, "告警",
		"=?UTF-8?B?5ZGK6K2m?=" },
	{ "a line break cannot leave the header", buf_put_mail_header, "a\r\nBcc: x",
		"=?UTF-8?B?YQ0KQmNjOiB4?=" },
	{ "base64 pads", buf_put_base64, "ab", "YWI=" },
	{ "hex is lower case", buf_put_hex, "\xff\x01", "ff01" },
};

static void escapes_by_destination(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, 1000);
		cases[i].put(&buf, slice_str(cases[i].in));
		if (!slice_is(buf_slice(&buf), cases[i].want)) {
			fail_msg("%s: got %s", cases[i].name, buf.p);
		}
	}
}

static void numbers(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 1000);
	buf_put_i64(&buf, INT64_MIN);
	buf_put_byte(&buf, (uint8_t)' ');
	buf_put_i64(&buf, 0);
	buf_printf(&buf, " %d", 5);
	assert_string_equal((char *)buf.p, "-9223372036854775808 0 5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_maximum_is_sticky),
		cmocka_unit_test(escapes_by_destination),
		cmocka_unit_test(numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
