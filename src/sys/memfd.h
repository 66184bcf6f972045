/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sealed memory files: how anything larger than a frame passes between
 * processes.  The receiver checks the seals before it maps, so the sender
 * cannot change or shrink the octets under it.
 *
 * Layer: sys.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

/** Owns:    *ret_fd, at offset 0.  Returns: 0 or -errno. */
NODISCARD int memfd_of(struct slice octets, int *ret_fd);

struct memfd_map {
	struct slice octets;
	void *base;
};

/**
 * Map a received memfd read-only.
 *
 * Returns: 0; E_FORMAT when it is not sealed against writing, growing and
 *          shrinking; E_LIMIT when larger than max_octets; or -errno.
 */
NODISCARD int memfd_map(int fd, size_t max_octets, struct memfd_map *ret_map);
void memfd_unmap(struct memfd_map *map);
