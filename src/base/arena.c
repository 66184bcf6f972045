/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ckd.h"

enum { BLOCK_MIN_OCTETS = 16 * 1024, ALIGN_OCTETS = 16 };

struct block {
	struct block *older;
	size_t size; /* octets behind this header */
	size_t used;
	size_t pad;
};

struct arena {
	struct block *newest;
	size_t limit;
	size_t held; /* octets in all blocks */
	size_t used;
};

struct arena *arena_create(size_t limit_octets)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (arena == NULL) {
		abort();
	}
	arena->limit = limit_octets != 0 ? limit_octets : ARENA_DEFAULT_LIMIT;
	return arena;
}

static void blocks_free(struct block *block)
{
	while (block != NULL) {
		struct block *older = block->older;
		free(block);
		block = older;
	}
}

struct arena *arena_destroy(struct arena *arena)
{
	if (arena != NULL) {
		blocks_free(arena->newest);
		free(arena);
	}
	return NULL;
}

void arena_reset(struct arena *arena)
{
	struct block *keep = arena->newest;
	if (keep != NULL) {
		blocks_free(keep->older);
		keep->older = NULL;
		memset(keep + 1, 0, keep->used);
		keep->used = 0;
		arena->held = keep->size;
	}
	arena->used = 0;
}

static struct block *block_add(struct arena *arena, size_t need)
{
	size_t size = arena->newest != NULL ? arena->newest->size * 2 : BLOCK_MIN_OCTETS;
	if (size > 1024 * 1024) {
		size = 1024 * 1024;
	}
	if (size < need) {
		size = need;
	}
	size_t held = 0;
	if (ckd_add(&held, arena->held, size) || held > arena->limit) {
		if (ckd_add(&held, arena->held, need) || held > arena->limit) {
			return NULL;
		}
		size = need;
	}
	struct block *block = calloc(1, sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
	block->size = size;
	block->older = arena->newest;
	arena->newest = block;
	arena->held = held;
	return block;
}

void *arena_try(struct arena *arena, size_t count, size_t size_octets)
{
	size_t octets = 0;
	if (ckd_mul(&octets, count, size_octets) ||
		ckd_add(&octets, octets, (size_t)ALIGN_OCTETS - 1)) {
		return NULL;
	}
	octets &= ~(size_t)(ALIGN_OCTETS - 1);
	if (octets == 0) {
		octets = ALIGN_OCTETS;
	}
	struct block *block = arena->newest;
	if (block == NULL || block->size - block->used < octets) {
		block = block_add(arena, octets);
		if (block == NULL) {
			return NULL;
		}
	}
	uint8_t *at = (uint8_t *)(block + 1) + block->used;
	block->used += octets;
	arena->used += octets;
	return at;
}

void *arena_take(struct arena *arena, size_t octets)
{
	void *at = arena_try(arena, 1, octets);
	if (at == NULL) {
		abort();
	}
	return at;
}

struct slice arena_dup(struct arena *arena, struct slice octets)
{
	uint8_t *copy = arena_take(arena, octets.n + 1);
	if (octets.n > 0) {
		memcpy(copy, octets.p, octets.n);
	}
	return slice_of(copy, octets.n);
}

char *arena_dup_str(struct arena *arena, struct slice text)
{
	char *copy = arena_take(arena, text.n + 1);
	if (text.n > 0) {
		memcpy(copy, text.p, text.n);
	}
	return copy;
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0) {
		return (struct slice) { 0 };
	}
	char *text = arena_take(arena, (size_t)length + 1);
	va_start(args, format);
	(void)vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return slice_of(text, (size_t)length);
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
