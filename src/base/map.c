/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/err.h"

struct entry {
	uint64_t hash; /* 0 = free */
	uint8_t *key;
	size_t key_octets;
	void *value;
};

struct map {
	struct entry *table;
	size_t room; /* a power of two */
	size_t count;
	size_t count_max;
	uint64_t refused;
	uint8_t seed[16];
};

struct map *map_create(size_t count_max, const uint8_t seed[16])
{
	struct map *map = calloc(1, sizeof(*map));
	if (map == NULL) {
		abort();
	}
	map->room = 16;
	map->table = calloc(map->room, sizeof(*map->table));
	if (map->table == NULL) {
		abort();
	}
	map->count_max = count_max;
	memcpy(map->seed, seed, sizeof(map->seed));
	return map;
}

struct map *map_destroy(struct map *map)
{
	if (map != NULL) {
		for (size_t i = 0; i < map->room; i++) {
			free(map->table[i].key);
		}
		free(map->table);
		free(map);
	}
	return NULL;
}

static uint64_t hash_of(const struct map *map, struct slice key)
{
	uint64_t hash = digest_siphash(map->seed, key);
	return hash != 0 ? hash : 1;
}

/* The key's place, or the free place where it would go (linear probing). */
static size_t place_of(const struct map *map, uint64_t hash, struct slice key)
{
	size_t at = (size_t)hash & (map->room - 1);
	while (map->table[at].hash != 0) {
		const struct entry *e = &map->table[at];
		if (e->hash == hash && slice_eq(slice_of(e->key, e->key_octets), key)) {
			break;
		}
		at = (at + 1) & (map->room - 1);
	}
	return at;
}

void *map_get(const struct map *map, struct slice key)
{
	const struct entry *e = &map->table[place_of(map, hash_of(map, key), key)];
	return e->hash != 0 ? e->value : NULL;
}

static void grow(struct map *map)
{
	struct entry *old = map->table;
	size_t old_room = map->room;
	map->room *= 2;
	map->table = calloc(map->room, sizeof(*map->table));
	if (map->table == NULL) {
		abort();
	}
	for (size_t i = 0; i < old_room; i++) {
		if (old[i].hash != 0) {
			struct slice key = slice_of(old[i].key, old[i].key_octets);
			map->table[place_of(map, old[i].hash, key)] = old[i];
		}
	}
	free(old);
}

int map_put(struct map *map, struct slice key, void *value)
{
	uint64_t hash = hash_of(map, key);
	size_t at = place_of(map, hash, key);
	if (map->table[at].hash != 0) {
		map->table[at].value = value;
		return 1;
	}
	if (map->count >= map->count_max) {
		map->refused++;
		return E_LIMIT;
	}
	if ((map->count + 1) * 4 > map->room * 3) {
		grow(map);
		at = place_of(map, hash, key);
	}
	uint8_t *copy = malloc(key.n + 1);
	if (copy == NULL) {
		abort();
	}
	if (key.n > 0) {
		memcpy(copy, key.p, key.n);
	}
	map->table[at] = (struct entry) { hash, copy, key.n, value };
	map->count++;
	return 0;
}

void *map_take(struct map *map, struct slice key)
{
	size_t at = place_of(map, hash_of(map, key), key);
	if (map->table[at].hash == 0) {
		return NULL;
	}
	void *value = map->table[at].value;
	free(map->table[at].key);
	map->table[at] = (struct entry) { 0 };
	map->count--;
	/* Close the gap, or later keys of the same run would be lost. */
	for (size_t next = (at + 1) & (map->room - 1); map->table[next].hash != 0;
		next = (next + 1) & (map->room - 1)) {
		struct entry moved = map->table[next];
		map->table[next] = (struct entry) { 0 };
		map->table[place_of(map, moved.hash, slice_of(moved.key, moved.key_octets))] =
			moved;
	}
	return value;
}

size_t map_count(const struct map *map)
{
	return map->count;
}

uint64_t map_refused(const struct map *map)
{
	return map->refused;
}

bool map_next(const struct map *map, size_t *cursor, struct slice *ret_key, void **ret_value)
{
	for (; *cursor < map->room; (*cursor)++) {
		const struct entry *e = &map->table[*cursor];
		if (e->hash != 0) {
			*ret_key = slice_of(e->key, e->key_octets);
			*ret_value = e->value;
			(*cursor)++;
			return true;
		}
	}
	return false;
}
