/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

static const struct {
	const char *name;
	const char *sheet;
	int want;
} broken[] = {
	{ "what is no sheet", "x", E_FORMAT },
	{ "a sheet without an end of its name",
		"\x1d"
		"a",
		E_FORMAT },
	{ "a sheet without a count",
		"\x1d"
		"a\x1e",
		E_FORMAT },
	{ "a count that is none",
		"\x1d"
		"a\x1f"
		"-1\x1e",
		E_FORMAT },
	{ "a sheet",
		"\x1d"
		"a\x1f"
		"0\x1e",
		1 },
	{ "nothing", "", 0 },
};

static void sheets_are_taken_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct slice grid = slice_str(broken[i].sheet);
		struct slice name = { 0 };
		struct slice rows = { 0 };
		size_t left_out = 0;
		if (grid_next_sheet(&grid, &name, &left_out, &rows) != broken[i].want) {
			fail_msg("%s", broken[i].name);
		}
	}
}

static void rows_are_taken_strictly(void **state)
{
	(void)state;
	static const char *const bad[] = { "1",
		"1\x1f"
		"a",
		"\x1f"
		"a\x1e",
		"x\x1f"
		"a\x1e",
		"0\x1f"
		"a\x1e",
		"5\x1e" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slice rows = slice_str(bad[i]);
		struct grid_row row = { 0 };
		assert_int_equal(grid_next_row(&rows, &row), E_FORMAT);
	}
	AUTO_BUF struct buf wide;
	buf_init(&wide, 1024);
	buf_put_str(&wide, "1");
	for (int i = 0; i <= GRID_COLUMNS_MAX; i++) {
		buf_put_str(&wide, "\x1f");
	}
	buf_put_str(&wide, "\x1e");
	struct slice rows = buf_slice(&wide);
	struct grid_row row = { 0 };
	assert_int_equal(grid_next_row(&rows, &row), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sheets_are_taken_strictly),
		cmocka_unit_test(rows_are_taken_strictly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
