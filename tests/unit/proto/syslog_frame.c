/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"

static const struct {
	const char *name;
	const char *stream;
	const char *want; /* messages, each ended by | */
	int end;
} cases[] = {
	{ "lines", "<1>a\n<2>b\r\n\n<3>c\n", "<1>a|<2>b|<3>c|", 0 },
	{ "the last line may lack its end", "<1>a\n<2>b", "<1>a|<2>b|", 1 },
	{ "octet counts", "4 <1>a8 <2>b\nc\nd", "<1>a|<2>b\nc\nd|", 0 },
	{ "both in one stream", "4 <1>a<2>b\n4 <3>c\n<4>d\n", "<1>a|<2>b|<3>c|<4>d|", 0 },
	{ "a number that counts nothing is text", "12 monkeys\n007 <1>x\n99999999999 <1>y\n",
		"12 monkeys|007 <1>x|99999999999 <1>y|", 0 },
	{ "a count beyond sense is text", "99999999 <1>y\n", "99999999 <1>y|", 0 },
	{ "a stream that ends inside a count says so", "9 <1>a", "<1>a|", E_SHORT },
	{ "longer than the limit is cut",
		"<1>0123456789abcdefghij\n30 <2>456789abcdefghij0123456789\n<3>c\n",
		"<1>0123456789abc|<2>456789abcdefg|<3>c|", 0 },
};

static void put(struct buf *got, struct slice msg)
{
	buf_put(got, msg);
	buf_put_byte(got, '|');
}

static void every_cut_of_the_stream_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice all = slice_str(cases[i].stream);
		for (size_t step = 1; step <= all.n; step++) {
			struct syslog_frame frame;
			AUTO_BUF struct buf got;
			buf_init(&got, 4096);
			syslog_frame_init(&frame, 16);
			struct slice msg = { 0 };
			for (size_t at = 0; at < all.n; at += step) {
				struct slice in = slice_head(slice_skip(all, at), step);
				while (syslog_frame_next(&frame, &in, &msg) == 1) {
					put(&got, msg);
				}
				assert_int_equal(in.n, 0);
			}
			int end = syslog_frame_end(&frame, &msg);
			if (end != 0) {
				put(&got, msg);
			}
			if (end != cases[i].end || !slice_is(buf_slice(&got), cases[i].want)) {
				fail_msg("%s, by %zu: %s", cases[i].name, step,
					(const char *)got.p);
			}
			assert_int_equal(frame.cut, i == 7 ? 2 : 0);
			syslog_frame_fini(&frame);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		every_cut_of_the_stream_gives_the_same) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
