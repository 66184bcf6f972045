/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/grid.h"

/* Foreign octets are taken for no more than they are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice grid = slice_of(data, size);
	struct slice name = { 0 };
	struct slice rows = { 0 };
	struct grid_row row;
	size_t left_out = 0;
	while (grid_next_sheet(&grid, &name, &left_out, &rows) == 1) {
		while (grid_next_row(&rows, &row) == 1) {
		}
	}
	return 0;
}
