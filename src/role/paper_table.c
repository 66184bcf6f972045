/* SPDX-License-Identifier: Apache-2.0 */
#include "role/paper_table.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/grid.h"
#include "sys/limits.h"
#include "sys/memfd.h"

/* What a table may cost; a worker that needs more ends, and its file is refused. */
enum { TABLE_CPU_S = 20 };

/* Room for the largest document and table, no more for what a library makes of a file. */
#define MEMORY_OCTETS ((size_t)1 << 30)

int paper_table_open(void)
{
	int error = limits_memory(MEMORY_OCTETS);
	error = error < 0 ? error : gb18030_init();
	return error < 0 ? error : gridread_init();
}

enum gridread_problem paper_table_read(int fd, int *ret_fd)
{
	AUTO_BUF struct buf grid;
	struct memfd_map map = { 0 };
	buf_init(&grid, GRID_OCTETS_MAX);
	limits_cpu(TABLE_CPU_S);
	int error = memfd_map(fd, GRIDREAD_OCTETS_MAX, &map);
	enum gridread_problem problem = error == E_LIMIT ? GRIDREAD_TOO_LARGE : GRIDREAD_BROKEN;
	if (error == 0) {
		problem = gridread(map.octets, &grid);
		memfd_unmap(&map);
	}
	if (problem == GRIDREAD_FINE && memfd_of(buf_slice(&grid), ret_fd) < 0) {
		problem = GRIDREAD_TOO_LARGE;
	}
	return problem;
}
