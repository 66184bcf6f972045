/* SPDX-License-Identifier: Apache-2.0 */
#include "api/flood.h"

#include <assert.h>
#include <stdlib.h>

#include "base/digest.h"

enum { WAYS = 8 };

struct place {
	uint64_t key;     /* keyed hash; 0 = free */
	int64_t level_ms; /* time credit; a take costs refill_ms */
	int64_t seen_ms;
};

struct flood {
	size_t sets;
	int64_t refill_ms;
	int64_t full_ms;
	uint8_t seed[16];
	uint64_t displaced;
	struct place place[];
};

struct flood *flood_create(
	size_t slots, unsigned burst, int64_t refill_ms, const uint8_t seed[16])
{
	assert(slots >= WAYS && (slots & (slots - 1)) == 0 && burst > 0 && refill_ms > 0);
	struct flood *flood = calloc(1, sizeof(*flood) + slots * sizeof(struct place));
	if (flood == NULL) {
		abort();
	}
	flood->sets = slots / WAYS;
	flood->refill_ms = refill_ms;
	flood->full_ms = refill_ms * (int64_t)burst;
	memcpy(flood->seed, seed, sizeof(flood->seed));
	return flood;
}

struct flood *flood_destroy(struct flood *flood)
{
	free(flood);
	return NULL;
}

/* The key's place, or that of the one in its set seen longest ago. */
static struct place *place_find(struct flood *flood, uint64_t key, int64_t now_ms)
{
	struct place *set = &flood->place[(key & (flood->sets - 1)) * WAYS];
	struct place *oldest = set;
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			return &set[i];
		}
		bool better = set[i].key == 0
				      ? oldest->key != 0
				      : oldest->key != 0 && set[i].seen_ms < oldest->seen_ms;
		oldest = better ? &set[i] : oldest;
	}
	flood->displaced +=
		oldest->key != 0 && now_ms - oldest->seen_ms < flood->full_ms ? 1 : 0;
	*oldest = (struct place) { .key = key, .level_ms = flood->full_ms, .seen_ms = now_ms };
	return oldest;
}

bool flood_take(struct flood *flood, struct slice key, int64_t now_ms, int64_t *ret_wait_ms)
{
	struct place *p =
		place_find(flood, digest_siphash(flood->seed, key) | 1ULL << 63, now_ms);
	int64_t passed = now_ms > p->seen_ms ? now_ms - p->seen_ms : 0;
	p->level_ms =
		passed < flood->full_ms - p->level_ms ? p->level_ms + passed : flood->full_ms;
	p->seen_ms = now_ms;
	if (p->level_ms < flood->refill_ms) {
		if (ret_wait_ms != NULL) {
			*ret_wait_ms = flood->refill_ms - p->level_ms;
		}
		return false;
	}
	p->level_ms -= flood->refill_ms;
	return true;
}

uint64_t flood_displaced(const struct flood *flood)
{
	return flood->displaced;
}
