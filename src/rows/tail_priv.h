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
#include "base/buf.h"
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
NODISCARD int tail_list_read(
	int dir_fd, enum row_kind kind, bool with_size, struct tail_list *ret_list);
void tail_list_fini(struct tail_list *list);

/** Octets of one file read ahead, so that many small batches cost few calls. */
struct tail_window {
	int fd;
	uint64_t at; /* file offset of the first octet held */
	struct buf octets;
	uint64_t errors;
};

void tail_window_init(struct tail_window *window, int fd);
/** Closes the descriptor. */
void tail_window_fini(struct tail_window *window);
/** n octets at an offset, fewer at the end of the file; valid until the next call. */
struct slice tail_window_get(struct tail_window *window, uint64_t offset, size_t n);
/** Octets the file has from an offset on. */
uint64_t tail_window_left(const struct tail_window *window, uint64_t offset);

/** Returns: a descriptor or -errno. */
NODISCARD int tail_file_open(int dir_fd, enum row_kind kind, int64_t start_ms);
