/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Questions that wait for another process: a number to put into the frame,
 * and back from the number to who asked.  A number is not used again for a
 * long time, so an answer that comes too late finds nobody.
 *
 * Layer: api.  Threading: one owner.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/** Questions waiting at once. */
enum { PENDING_MAX = 8192 };

struct pending;

/** Owns:    the result; release with pending_destroy. */
struct pending *pending_create(void);
struct pending *pending_destroy(struct pending *pending);

/** Returns: a number > 0, or 0 when PENDING_MAX wait already (counted in pending_refused). */
NODISCARD uint32_t pending_put(struct pending *pending, void *asker);
/** Who asked, or NULL. */
void *pending_get(const struct pending *pending, uint32_t number);
/** Who asked, and forget it; NULL when nobody waits under this number. */
void *pending_take(struct pending *pending, uint32_t number);

size_t pending_count(const struct pending *pending);
uint64_t pending_refused(const struct pending *pending);
