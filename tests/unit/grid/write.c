/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "grid/grid.h"
#include "grid/read.h"
#include "grid/xlsx_write.h"

static const char *const cells[][3] = {
	{ "名称", "电话", "备注" },
	{ "=1+1", "013800000000", "a & b < c > \"d\"" },
	{ "@x", "", "两\n行" },
	{ "", "", " 2027-06-30" },
};
enum { ROWS = sizeof(cells) / sizeof(cells[0]), COLUMNS = 3 };

static void what_is_written_is_read_again(void **state)
{
	(void)state;
	static const unsigned width[COLUMNS] = { 20, 12, 40 };
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf grid;
	buf_init(&file, XLSX_OUT_MAX_OCTETS);
	buf_init(&grid, GRID_OCTETS_MAX);
	struct xlsx_out *out = xlsx_out_create(SLICE("资产[1]/清单"), width, COLUMNS);
	for (size_t r = 0; r < ROWS; r++) {
		xlsx_out_row(out);
		for (size_t c = 0; c < COLUMNS; c++) {
			xlsx_out_cell(out, slice_str(cells[r][c]),
				r == 0 ? XLSX_HEADING : XLSX_PLAIN);
		}
	}
	assert_int_equal(xlsx_out_end(out, &file), 0);
	(void)xlsx_out_destroy(out);
	assert_int_equal(gridread(buf_slice(&file), &grid), GRIDREAD_FINE);
	struct slice left = buf_slice(&grid);
	struct slice name = { 0 };
	struct slice rows = { 0 };
	struct grid_row row = { 0 };
	size_t left_out = 0;
	assert_int_equal(grid_next_sheet(&left, &name, &left_out, &rows), 1);
	assert_true(slice_is(name, "资产1清单"));
	for (size_t r = 0; r < ROWS; r++) {
		assert_int_equal(grid_next_row(&rows, &row), 1);
		assert_int_equal(row.number, r + 1);
		for (size_t c = 0; c < row.cells; c++) {
			assert_true(slice_eq(row.cell[c], slice_trim(slice_str(cells[r][c]))));
		}
	}
	assert_int_equal(grid_next_row(&rows, &row), 0);
}

static void ten_thousand_rows_are_written(void **state)
{
	(void)state;
	AUTO_BUF struct buf file;
	AUTO_BUF struct buf grid;
	buf_init(&file, XLSX_OUT_MAX_OCTETS);
	buf_init(&grid, GRID_OCTETS_MAX);
	struct xlsx_out *out = xlsx_out_create(SLICE("x"), NULL, 0);
	for (size_t r = 0; r < 10000; r++) {
		xlsx_out_row(out);
		for (size_t c = 0; c < 30; c++) {
			xlsx_out_cell(out, SLICE("业务系统"), XLSX_BAD);
		}
	}
	assert_int_equal(xlsx_out_end(out, &file), 0);
	(void)xlsx_out_destroy(out);
	assert_int_equal(gridread(buf_slice(&file), &grid), GRIDREAD_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(ten_thousand_rows_are_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
