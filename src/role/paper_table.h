/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A table somebody sent, read by a worker of paper that ends afterwards.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "grid/read.h"

/** Before the fence: the memory a worker gets, the charsets of tables.  Returns: 0 or a negative error. */
NODISCARD int paper_table_open(void);

/** Its cells as a memory file (grid/grid.h).  Owns: *ret_fd when fine.  Returns: the problem. */
NODISCARD enum gridread_problem paper_table_read(int fd, int *ret_fd);
