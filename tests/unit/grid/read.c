/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "grid/grid.h"

/* Sheets as [name], cells joined by |, rows by their number and $. */
static void show(struct slice grid, struct buf *out)
{
	struct slice name = { 0 };
	struct slice rows = { 0 };
	size_t left_out = 0;
	struct grid_row row = { 0 };
	buf_clear(out);
	buf_put_str(out, "");
	while (grid_next_sheet(&grid, &name, &left_out, &rows) == 1) {
		buf_printf(out, "[%.*s]", SLICE_FMT(name));
		while (grid_next_row(&rows, &row) == 1) {
			buf_printf(out, "%u:", row.number);
			for (size_t i = 0; i < row.cells; i++) {
				buf_put_str(out, i > 0 ? "|" : "");
				buf_put(out, row.cell[i]);
			}
			buf_put_str(out, "$");
		}
	}
}

static void check(const char *name, struct slice octets, const char *problem, const char *want)
{
	AUTO_BUF struct buf grid;
	AUTO_BUF struct buf text;
	buf_init(&grid, GRID_OCTETS_MAX);
	buf_init(&text, GRID_OCTETS_MAX);
	const char *got = gridread_problem_text(gridread(octets, &grid));
	if (strcmp(got, problem) != 0) {
		fail_msg("%s: %s", name, got);
	}
	if (want != NULL) {
		show(buf_slice(&grid), &text);
		if (!slice_is(buf_slice(&text), want)) {
			fail_msg("%s: %.*s", name, SLICE_FMT(buf_slice(&text)));
		}
	}
}

static const struct {
	const char *name;
	const char *file;
	const char *problem;
	const char *want;
} files[] = {
	{ "an .xlsx gives its shared, inline and merged cells, days as days and telephones whole; what is hidden stays",
		"school.xlsx", "",
		"[资产]1:2026 年资产$3:名称|单位$4:教务系统|信息&中心|13800000000|2027-06-30|2027-06-30 08:30|2.5$"
		"5:图书馆|信息&中心|13800000000|是$" },
	{ "an .xls gives the same kinds of cells", "old.xls", "",
		"[单位]1:单位名称|电话|日期$2:教务处|13800000000|2027-06-30$3:图书馆|0571-0000000|0.5$" },
	{ "a DTD is refused", "dtd.xlsx", "import.unsafe", NULL },
	{ "an entity that is not XML's own is refused", "entity.xlsx", "import.unsafe", NULL },
	{ "an .xlsx whose sheet ends early is broken", "cut.xlsx", "import.broken", NULL },
	{ "an .xlsx without its sheet is broken", "gone.xlsx", "import.broken", NULL },
	{ "an .xlsx of blanks is empty", "blank.xlsx", "import.empty", NULL },
	{ "what unpacks to more than the limit is refused", "bomb.xlsx", "import.too_large",
		NULL },
	{ "a .docx is no table", "letter.docx", "import.type", NULL },
	{ "an .xls that ends early is broken", "cut.xls", "import.broken", NULL },
	{ "a workbook with a password says so", "password.xls", "import.password", NULL },
};

static void workbooks_are_read(void **state)
{
	(void)state;
	static uint8_t octets[1 << 20];
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[512];
		(void)snprintf(
			path, sizeof(path), "%s/%s", getenv("FENGSUI_GRIDS"), files[i].file);
		FILE *file = fopen(path, "rb");
		assert_non_null(file);
		size_t n = fread(octets, 1, sizeof(octets), file);
		(void)fclose(file);
		check(files[i].name, slice_of(octets, n), files[i].problem, files[i].want);
	}
}

#define OCTETS(literal)                                                                        \
	{                                                                                      \
		(const uint8_t *)("" literal), sizeof(literal) - 1                             \
	}

static const struct {
	const char *name;
	struct slice octets;
	const char *problem;
	const char *want;
} texts[] = {
	{ "commas, with a mark", OCTETS("\xef\xbb\xbf名称,IP\r\n甲,10.1.2.3\r\n"), "", NULL },
	{ "cells pasted", OCTETS("a\tb\n\n\"x\ny\"\t2"), "", "[]1:a|b$3:x\ny|2$" },
	{ "semicolons", OCTETS("a;b\n1;2\n"), "", "[]1:a|b$2:1|2$" },
	{ "UTF-16 with a mark",
		OCTETS("\xff\xfe"
		       "a\0,\0"
		       "2u\n\0"),
		"", "[]1:a|甲$" },
	{ "UTF-16 without one, the other way round", OCTETS("\0a\0,\0b\0\n"), "", "[]1:a|b$" },
	{ "half a character of UTF-16",
		OCTETS("\xff\xfe"
		       "a\0\0\xd8"),
		"import.charset", NULL },
	{ "GB18030", OCTETS("\xb5\xa5\xce\xbb,a\n"), "", "[]1:单位|a$" },
	{ "neither", OCTETS("a,\xff\xff\n"), "import.charset", NULL },
	{ "a quote that never closes", OCTETS("a,\"b\n"), "import.quotes", NULL },
	{ "nothing", OCTETS(""), "import.empty", NULL },
	{ "blanks", OCTETS(" , \n"), "import.empty", NULL },
	{ "a picture", OCTETS("\x89PNG\r\n"), "import.type", NULL },
	{ "a PDF", OCTETS("%PDF-1.7\n"), "import.type", NULL },
	{ "zeros", OCTETS("abcdefghijklmnopqrstuvwxyz\0"), "import.type", NULL },
	{ "an archive that is none", OCTETS("PK\x03\x04zzzz"), "import.broken", NULL },
	{ "controls are left away, and empty cells at the end",
		OCTETS("a\x1f"
		       "b,\x01,,\n"),
		"", "[]1:ab|$" },
};

static void texts_are_read(void **state)
{
	(void)state;
	assert_int_equal(gb18030_init(), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check(texts[i].name, texts[i].octets, texts[i].problem, texts[i].want);
	}
}

static void rows_beyond_the_limit_are_counted(void **state)
{
	(void)state;
	AUTO_BUF struct buf text;
	AUTO_BUF struct buf grid;
	struct slice name = { 0 };
	struct slice rows = { 0 };
	size_t left_out = 0;
	buf_init(&text, 1 << 20);
	buf_init(&grid, GRID_OCTETS_MAX);
	for (int i = 0; i < GRID_ROWS_MAX + 7; i++) {
		buf_put_str(&text, "a,b\n");
	}
	assert_int_equal(gridread(buf_slice(&text), &grid), GRIDREAD_FINE);
	struct slice left = buf_slice(&grid);
	assert_int_equal(grid_next_sheet(&left, &name, &left_out, &rows), 1);
	assert_int_equal(left_out, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workbooks_are_read),
		cmocka_unit_test(texts_are_read),
		cmocka_unit_test(rows_beyond_the_limit_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
