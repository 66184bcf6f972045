/* SPDX-License-Identifier: Apache-2.0 */
#include "role/paper_table.h"

#include <sys/resource.h>

#include "base/buf.h"
#include "base/err.h"
#include "grid/grid.h"
#include "sys/memfd.h"

/* What a table may cost; a worker that needs more ends, and its file is refused. */
enum { TABLE_CPU_S = 20 };

/* Counted from now on: the worker ends after this one. */
static void cpu_limit(void)
{
	struct rusage used = { 0 };
	(void)getrusage(RUSAGE_SELF, &used);
	rlim_t until = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + TABLE_CPU_S);
	struct rlimit limit = { until, until };
	(void)setrlimit(RLIMIT_CPU, &limit);
}

enum gridread_problem paper_table_read(int fd, int *ret_fd)
{
	AUTO_BUF struct buf grid;
	struct memfd_map map = { 0 };
	buf_init(&grid, GRID_OCTETS_MAX);
	cpu_limit();
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
