/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"

/* Cells joined by |, rows by $. */
static const struct {
	const char *name;
	const char *in;
	char separator;
	const char *want;
} cases[] = {
	{ "cells and rows", "a,b\r\nc,d\r\n", ',', "a|b$c|d$" },
	{ "the last line may lack its end", "a,b\nc", ',', "a|b$c$" },
	{ "a CR alone ends a line", "a\rb", ',', "a$b$" },
	{ "empty cells are cells", ",,\n", ',', "||$" },
	{ "an empty line is one empty cell", "a\n\nb\n", ',', "a$$b$" },
	{ "a separator at the end opens a cell", "a,", ',', "a|$" },
	{ "quotes hold separators and line ends", "\"a,b\",\"c\r\nd\"\n", ',', "a,b|c\r\nd$" },
	{ "doubled quotes are one", "\"a\"\"b\"\"\"\n", ',', "a\"b\"$" },
	{ "a quote inside a bare cell is itself", "5\" disk,x\n", ',', "5\" disk|x$" },
	{ "octets behind a closing quote are kept", "\"a\"b,c\n", ',', "ab|c$" },
	{ "a byte order mark is no cell",
		"\xef\xbb\xbf"
		"a,b",
		',', "a|b$" },
	{ "pasted cells are parted by tabs", "a,1\t\"b\nc\"\n", '\t', "a,1|b\nc$" },
};

static void rows_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_BUF struct buf out;
		buf_init(&out, 256);
		struct csv csv;
		struct slice cells[8];
		csv_init(&csv, slice_str(cases[i].in), (uint8_t)cases[i].separator);
		for (int count = 0; (count = csv_next(&csv, arena, cells, 8)) > 0;) {
			for (int c = 0; c < count; c++) {
				buf_put_str(&out, c > 0 ? "|" : "");
				buf_put(&out, cells[c]);
			}
			buf_put_byte(&out, '$');
		}
		if (!slice_is(buf_slice(&out), cases[i].want)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&out)));
		}
	}
}

static void limits_are_told(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct csv csv;
	struct slice cells[3];
	csv_init(&csv, SLICE("a,b,c\na,b,c,d\n"), ',');
	assert_int_equal(csv_next(&csv, arena, cells, 3), 3);
	assert_int_equal(csv_next(&csv, arena, cells, 3), E_LIMIT);
	assert_int_equal(csv.row, 2);
	csv_init(&csv, SLICE("x\n\"never closed,\n"), ',');
	assert_int_equal(csv_next(&csv, arena, cells, 3), 1);
	assert_int_equal(csv_next(&csv, arena, cells, 3), E_FORMAT);
}

static void the_separator_is_guessed(void **state)
{
	(void)state;
	assert_int_equal(csv_separator_guess(SLICE("a;b;c\n1,5;2;3\n")), ';');
	assert_int_equal(csv_separator_guess(SLICE("a\tb\n\"x,y,z\"\t1\n")), '\t');
	assert_int_equal(csv_separator_guess(SLICE("only one column\n")), ',');
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "plain", "a,b", "say \"hi\"", "=1+1", "+86",
		"-5", "@x", "\tx", "\r", "'=1", "''=1", "'plain", "'", "two\nlines", "教务处" };
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf out;
	buf_init(&out, 1024);
	enum { COUNT = sizeof(texts) / sizeof(texts[0]) };
	for (size_t i = 0; i < COUNT; i++) {
		buf_put_csv(&out, slice_str(texts[i]));
		buf_put_byte(&out, i + 1 < COUNT ? ',' : '\n');
	}
	struct csv csv;
	struct slice cells[COUNT];
	csv_init(&csv, buf_slice(&out), ',');
	assert_int_equal(csv_next(&csv, arena, cells, COUNT), COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		if (!slice_is(csv_plain(cells[i]), texts[i])) {
			fail_msg("%s came back as %.*s", texts[i],
				SLICE_FMT(csv_plain(cells[i])));
		}
	}
}

static void base64_reads_back(void **state)
{
	(void)state;
	static const char *const bad[] = { "Y", "YW", "YWI", "YWI==", "YWJ=", "Y=Wi",
		"YW!=", "====", "=" };
	for (size_t n = 0; n < 10; n++) {
		AUTO_BUF struct buf text;
		AUTO_BUF struct buf back;
		buf_init(&text, 64);
		buf_init(&back, 64);
		buf_put_base64(&text, slice_of("0\0\xff"
					       "3456789",
					      n));
		assert_int_equal(base64_decode(buf_slice(&text), &back), 0);
		assert_true(slice_eq(buf_slice(&back), slice_of("0\0\xff"
								"3456789",
							       n)));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_BUF struct buf back;
		buf_init(&back, 64);
		if (base64_decode(slice_str(bad[i]), &back) != E_FORMAT) {
			fail_msg("%s was taken", bad[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_taken_apart),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(the_separator_is_guessed),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(base64_reads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
