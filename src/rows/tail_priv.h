/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names of tail files and the list of them.
 *
 * Layer: rows, seen by this folder only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "rows/tail.h"

struct tail_file {
	int64_t start_ms;
	uint64_t octets; /* 0 unless asked for */
};

struct tail_list {
	struct tail_file *items; /* ascending by start_ms */
	size_t count;
	size_t refused; /* files past TAIL_FILES_MAX, unseen */
};

void tail_name(char ret_name[TAIL_NAME_MAX], enum row_kind kind, int64_t start_ms);

/**
 * Tail files of a kind in a folder, with their sizes when asked.
 *
 * Owns:    *ret_list; free with tail_list_fini.
 * Returns: 0 or -errno.
 */
NODISCARD int tail_list_read(int dir_fd, enum row_kind kind, bool with_size,
	struct tail_list *ret_list);
void tail_list_fini(struct tail_list *list);
