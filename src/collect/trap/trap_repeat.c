/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/trap/trap_repeat.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "proto/trap.h"

enum { MINUTE_MS = 60000 };

/* Fixed tables: who floods us with new names only makes us forget old ones. */
struct subject {
	uint64_t key;
	uint64_t said; /* digest of what it said last */
	int64_t at_ms;
	uint32_t unsaid;
};

struct source {
	uint64_t key;
	int64_t minute;
	uint32_t count;
};

struct trap_repeat {
	uint64_t seed;
	struct subject subjects[TRAP_REPEAT_SUBJECTS];
	struct source sources[TRAP_REPEAT_SOURCES];
};

struct trap_repeat *trap_repeat_create(const uint8_t seed[16])
{
	struct trap_repeat *repeat = calloc(1, sizeof(*repeat));
	if (repeat == NULL) {
		abort();
	}
	memcpy(&repeat->seed, seed, sizeof(repeat->seed));
	return repeat;
}

struct trap_repeat *trap_repeat_destroy(struct trap_repeat *repeat)
{
	free(repeat);
	return NULL;
}

static bool storms(struct trap_repeat *repeat, uint64_t key, int64_t now_ms, uint32_t *ret_over)
{
	struct source *source = &repeat->sources[key % TRAP_REPEAT_SOURCES];
	int64_t minute = now_ms / MINUTE_MS;
	if (source->key != key || source->minute != minute) {
		*source = (struct source) { .key = key, .minute = minute };
	}
	source->count++;
	*ret_over = source->count > TRAP_STORM_MAX ? source->count - TRAP_STORM_MAX : 0;
	return source->count > TRAP_STORM_MAX;
}

/* A port is a subject; without one, each kind of trap is. */
static uint64_t subject_key(const struct trap *trap, uint64_t source_key)
{
	uint32_t port = trap_if_index(trap);
	return port != 0 ? XXH3_64bits_withSeed(&port, sizeof(port), source_key)
			 : XXH3_64bits_withSeed(
				   trap->oid.id, trap->oid.n * sizeof(uint32_t), source_key);
}

enum trap_repeat_says trap_repeat_judge(struct trap_repeat *repeat, struct slice source,
	const struct trap *trap, int64_t now_ms, uint32_t *ret_unsaid)
{
	uint64_t source_key = XXH3_64bits_withSeed(source.p, source.n, repeat->seed);
	if (storms(repeat, source_key, now_ms, ret_unsaid)) {
		return TRAP_STORM;
	}
	uint64_t key = subject_key(trap, source_key);
	uint64_t said = XXH3_64bits_withSeed(
		trap->oid.id, trap->oid.n * sizeof(uint32_t), repeat->seed);
	said = XXH3_64bits_withSeed(trap->objects.p, trap->objects.n, said);
	struct subject *subject = &repeat->subjects[key % TRAP_REPEAT_SUBJECTS];
	bool again = subject->key == key && subject->said == said &&
		     now_ms - subject->at_ms < TRAP_REPEAT_WINDOW_MS;
	if (again) {
		subject->unsaid++;
		*ret_unsaid = subject->unsaid;
		return TRAP_REPEAT;
	}
	*ret_unsaid = subject->key == key ? subject->unsaid : 0;
	*subject = (struct subject) { .key = key, .said = said, .at_ms = now_ms };
	return TRAP_NEWS;
}
