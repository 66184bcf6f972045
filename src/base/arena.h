/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Bump allocation with one lifetime: take freely, release all at once.  The
 * turn arena of a loop callback, and the arena of one decoded document.
 * Memory is zeroed.  Running past the limit or out of memory aborts, except
 * through arena_try, which is for sizes that come from outside.
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;

/** Limit in octets over all blocks of one arena when 0 is asked for. */
enum { ARENA_DEFAULT_LIMIT = 256 * 1024 * 1024 };

/** Owns:    the result; release with arena_destroy. */
struct arena *arena_create(size_t limit_octets);

/** NULL is fine.  Returns: NULL, to assign back. */
struct arena *arena_destroy(struct arena *arena);

/** Forget everything taken; the largest block is kept for reuse. */
void arena_reset(struct arena *arena);

/** Zeroed octets aligned for any type. */
void *arena_take(struct arena *arena, size_t octets);

/** As arena_take for count items of a size, or NULL when the limit forbids it. */
NODISCARD void *arena_try(struct arena *arena, size_t count, size_t size_octets);

/** A NUL-terminated copy of the slice. */
char *arena_dup_str(struct arena *arena, struct slice text);

/** A copy of the octets. */
struct slice arena_dup(struct arena *arena, struct slice octets);

/** Formatted text, NUL-terminated behind the slice. */
PRINTF_LIKE(2, 3) struct slice arena_printf(struct arena *arena, const char *format, ...);

/** Octets taken since the last reset. */
size_t arena_used(const struct arena *arena);

static inline void arena_cleanup(struct arena **arena)
{
	*arena = arena_destroy(*arena);
}

/** AUTO_ARENA struct arena *a = arena_create(0); */
#define AUTO_ARENA CLEANUP(arena_cleanup)
