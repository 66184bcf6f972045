/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/random.h>

#include "audit/index_priv.h"
#include "base/err.h"

struct index {
	struct index_slot *slot;
	size_t room; /* a power of two */
	size_t count;
	uint64_t seed;
	struct slice table[INDEX_TABLES_MAX]; /* owned */
	uint16_t table_count;
	struct index_blob *blob;
	size_t blob_count;
	size_t blob_room;
};

static void *take(size_t count, size_t octets)
{
	void *p = calloc(count, octets);
	if (p == NULL) {
		abort();
	}
	return p;
}

struct index *index_create(void)
{
	struct index *index = take(1, sizeof(*index));
	index->room = 1024;
	index->slot = take(index->room, sizeof(*index->slot));
	/* Without entropy the table is merely not keyed against chosen ids. */
	if (getrandom(&index->seed, sizeof(index->seed), GRND_NONBLOCK) < 0) {
		index->seed = UINT64_C(0x9e3779b97f4a7c15);
	}
	return index;
}

struct index *index_destroy(struct index *index)
{
	if (index != NULL) {
		for (size_t i = 0; i < index->table_count; i++) {
			free((void *)(uintptr_t)index->table[i].p);
		}
		free(index->slot);
		free(index->blob);
		free(index);
	}
	return NULL;
}

int index_table(struct index *index, struct slice name)
{
	for (uint16_t i = 0; i < index->table_count; i++) {
		if (slice_eq(index->table[i], name)) {
			return i;
		}
	}
	if (index->table_count == INDEX_TABLES_MAX) {
		return E_LIMIT;
	}
	uint8_t *copy = take(name.n + 1, 1);
	if (name.n > 0) {
		memcpy(copy, name.p, name.n);
	}
	index->table[index->table_count] = slice_of(copy, name.n);
	return index->table_count++;
}

struct slice index_table_name(const struct index *index, uint16_t table)
{
	return table < index->table_count ? index->table[table] : (struct slice) { 0 };
}

/* The finaliser of SplitMix64 (Steele, Lea and Flood, 2014) over key and seed. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static struct index_slot *place_of(const struct index *index, uint16_t table, int64_t id)
{
	uint64_t hash = mix(mix((uint64_t)id + index->seed) + table);
	size_t at = (size_t)hash & (index->room - 1);
	while (index->slot[at].seq != 0 &&
		(index->slot[at].id != id || index->slot[at].table != table)) {
		at = (at + 1) & (index->room - 1);
	}
	return &index->slot[at];
}

struct index_slot *index_find(struct index *index, uint16_t table, int64_t id)
{
	struct index_slot *slot = place_of(index, table, id);
	return slot->seq != 0 ? slot : NULL;
}

static void grow(struct index *index)
{
	struct index_slot *old = index->slot;
	size_t old_room = index->room;
	index->room *= 2;
	index->slot = take(index->room, sizeof(*index->slot));
	for (size_t i = 0; i < old_room; i++) {
		if (old[i].seq != 0) {
			*place_of(index, old[i].table, old[i].id) = old[i];
		}
	}
	free(old);
}

int index_put(struct index *index, const struct index_slot *slot)
{
	struct index_slot *at = place_of(index, slot->table, slot->id);
	if (at->seq != 0) {
		*at = *slot;
		return 0;
	}
	if (index->count == INDEX_SLOTS_MAX) {
		return E_LIMIT;
	}
	if ((index->count + 1) * 4 > index->room * 3) {
		grow(index);
		at = place_of(index, slot->table, slot->id);
	}
	*at = *slot;
	index->count++;
	return 0;
}

struct index_slot *index_next(struct index *index, size_t *cursor)
{
	while (*cursor < index->room) {
		struct index_slot *slot = &index->slot[(*cursor)++];
		if (slot->seq != 0) {
			return slot;
		}
	}
	return NULL;
}

int index_put_blob(struct index *index, const struct digest *name, int64_t seq)
{
	if (index->blob_count == INDEX_BLOBS_MAX) {
		return E_LIMIT;
	}
	if (index->blob_count == index->blob_room) {
		size_t room = index->blob_room == 0 ? 64 : index->blob_room * 2;
		struct index_blob *grown = realloc(index->blob, room * sizeof(*grown));
		if (grown == NULL) {
			abort();
		}
		index->blob = grown;
		index->blob_room = room;
	}
	index->blob[index->blob_count++] = (struct index_blob) { *name, seq };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct index_blob *left = a;
	const struct index_blob *right = b;
	int order = memcmp(left->name.octet, right->name.octet, DIGEST_OCTETS);
	if (order == 0 && left->seq != right->seq) {
		order = left->seq < right->seq ? -1 : 1;
	}
	return order;
}

const struct index_blob *index_blobs(struct index *index, size_t *ret_count)
{
	size_t kept = 0;
	if (index->blob_count > 1) {
		qsort(index->blob, index->blob_count, sizeof(*index->blob), compare);
	}
	for (size_t i = 0; i < index->blob_count; i++) {
		if (kept == 0 ||
			!digest_eq(&index->blob[kept - 1].name, &index->blob[i].name)) {
			index->blob[kept++] = index->blob[i];
		}
	}
	index->blob_count = kept;
	*ret_count = kept;
	return index->blob;
}
