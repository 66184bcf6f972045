/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A tail on a libuv loop: written as soon as a turn of the loop brings no new
 * row (at most TAIL_HOLD_MS later under load), synced on a pool thread at
 * most every TAIL_SYNC_MS, rotated on the hour.
 *
 * Layer: rows.  Threading: the loop's thread; fdatasync on the pool.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"

struct tail;
struct tail_loop;

/**
 * Owns:    *ret_attached; the tail is borrowed and outlives it.
 * Returns: 0 or -errno of libuv.
 */
NODISCARD int tail_loop_attach(
	uv_loop_t *loop, struct tail *tail, struct tail_loop **ret_attached);

/** Stop watching; the memory goes when the loop has run its close callbacks.  Returns: NULL. */
struct tail_loop *tail_loop_detach(struct tail_loop *attached);
