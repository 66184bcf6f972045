/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pending.h"

#include <stdlib.h>

#include "sys/rand.h"

enum { SLOT_BITS = 13, SLOT_MASK = PENDING_MAX - 1 };
_Static_assert(1 << SLOT_BITS == PENDING_MAX, "a slot's number fits its bits");

struct pending {
	size_t count;
	uint64_t refused;
	uint32_t free_first; /* slots never or no longer used, oldest first, as a ring */
	uint32_t free_ring[PENDING_MAX];
	struct {
		void *asker;
		uint32_t number;
	} slot[PENDING_MAX];
};

struct pending *pending_create(void)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	if (pending == NULL) {
		abort();
	}
	/* Not from the same number each time: what was asked before a restart may be answered after it. */
	uint32_t generation = (uint32_t)rand_u64() & ~(uint32_t)SLOT_MASK;
	for (uint32_t i = 0; i < PENDING_MAX; i++) {
		pending->free_ring[i] = i;
		pending->slot[i].number = generation | i;
	}
	return pending;
}

struct pending *pending_destroy(struct pending *pending)
{
	free(pending);
	return NULL;
}

uint32_t pending_put(struct pending *pending, void *asker)
{
	if (pending->count == PENDING_MAX) {
		pending->refused++;
		return 0;
	}
	uint32_t at = pending->free_ring[pending->free_first++ & SLOT_MASK];
	pending->count++;
	pending->slot[at].asker = asker;
	pending->slot[at].number += PENDING_MAX; /* the next generation, which may wrap */
	if (pending->slot[at].number == 0) {
		pending->slot[at].number = PENDING_MAX;
	}
	return pending->slot[at].number;
}

void *pending_get(const struct pending *pending, uint32_t number)
{
	uint32_t at = number & SLOT_MASK;
	return pending->slot[at].number == number ? pending->slot[at].asker : NULL;
}

void *pending_take(struct pending *pending, uint32_t number)
{
	void *asker = pending_get(pending, number);
	if (asker != NULL) {
		uint32_t at = number & SLOT_MASK;
		pending->slot[at].asker = NULL;
		pending->count--;
		/* Behind the last free one, so that a number rests as long as it can. */
		uint32_t last =
			pending->free_first + PENDING_MAX - 1 - (uint32_t)pending->count;
		pending->free_ring[last & SLOT_MASK] = at;
	}
	return asker;
}

size_t pending_count(const struct pending *pending)
{
	return pending->count;
}

uint64_t pending_refused(const struct pending *pending)
{
	return pending->refused;
}
