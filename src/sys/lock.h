/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One owner at a time of a data folder: an advisory lock on its file "lock",
 * which holds its owner's number for whoever comes second.
 *
 * Layer: sys.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"

/** Of a folder, below it. */
#define LOCK_FILE "lock"

/**
 * Take it.  Where the owner is no longer alive but what it started still is,
 * wait for that to end.
 *
 * Shape:   folder is a descriptor; the file is made when it is absent, and
 *          given to the folder's owner by root.
 * Owns:    *ret_fd; the lock ends when every copy of it is closed.
 * Returns: 0; E_BUSY with *ret_pid, the owner's number, or 0 when it is
 *          not known; or -errno.
 */
NODISCARD int lock_take(int folder, int *ret_fd, long *ret_pid);
