/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mib_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"

enum { FIRST_ROOM = 1024 };

struct row {
	struct oid oid;
	size_t arrival; /* which of them came first */
	struct mib_value value;
};

struct mib_table {
	struct row *rows;
	size_t count;
	size_t room;
	size_t refused;
	bool sealed;
	bool ordered; /* every one came behind the one before */
	struct arena *arena;
};

struct mib_table *mib_table_create(void)
{
	struct mib_table *table = calloc(1, sizeof(*table));
	if (table == NULL) {
		abort();
	}
	table->arena = arena_create(MIB_OCTETS_MAX);
	table->ordered = true;
	return table;
}

struct mib_table *mib_table_destroy(struct mib_table *table)
{
	if (table != NULL) {
		(void)arena_destroy(table->arena);
		free(table->rows);
		free(table);
	}
	return NULL;
}

static bool make_room(struct mib_table *table)
{
	if (table->count < table->room) {
		return true;
	}
	size_t room = table->room == 0 ? FIRST_ROOM : 2 * table->room;
	room = room < MIB_ROWS_MAX ? room : MIB_ROWS_MAX;
	struct row *rows =
		room == table->room ? NULL : reallocarray(table->rows, room, sizeof(*rows));
	if (rows == NULL) {
		return false;
	}
	table->rows = rows;
	table->room = room;
	return true;
}

static bool copy(struct arena *arena, size_t n, size_t size, const void **octets)
{
	void *to = n == 0 ? NULL : arena_try(arena, n, size);
	if (to != NULL) {
		memcpy(to, *octets, n * size);
	}
	*octets = to;
	return n == 0 || to != NULL;
}

int mib_table_put(struct mib_table *table, struct oid oid, const struct mib_value *value)
{
	assert(!table->sealed);
	struct row row = { .oid = oid, .arrival = table->count, .value = *value };
	const void *ids = oid.id;
	const void *octets = value->octets.p;
	const void *value_ids = value->oid.id;
	if (!make_room(table) || !copy(table->arena, oid.n, sizeof(uint32_t), &ids) ||
		!copy(table->arena, value->octets.n, 1, &octets) ||
		!copy(table->arena, value->oid.n, sizeof(uint32_t), &value_ids)) {
		table->refused++;
		return E_LIMIT;
	}
	row.oid.id = ids;
	row.value.octets.p = octets;
	row.value.oid.id = value_ids;
	table->ordered =
		table->ordered &&
		(table->count == 0 || oid_cmp(table->rows[table->count - 1].oid, row.oid) < 0);
	table->rows[table->count++] = row;
	return 0;
}

static int by_oid(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;
	int order = oid_cmp(x->oid, y->oid);
	return order != 0 ? order : x->arrival < y->arrival ? -1 : 1;
}

size_t mib_table_seal(struct mib_table *table)
{
	size_t kept = 0;
	table->sealed = true;
	if (table->ordered) {
		return 0;
	}
	qsort(table->rows, table->count, sizeof(table->rows[0]), by_oid);
	for (size_t i = 0; i < table->count; i++) {
		if (kept == 0 || oid_cmp(table->rows[kept - 1].oid, table->rows[i].oid) != 0) {
			table->rows[kept++] = table->rows[i];
		}
	}
	size_t dropped = table->count - kept;
	table->count = kept;
	return dropped;
}

size_t mib_table_count(const struct mib_table *table)
{
	return table->count;
}

size_t mib_table_refused(const struct mib_table *table)
{
	return table->refused;
}

/* The first row whose identifier is not below oid. */
static size_t place_of(const struct mib_table *table, struct oid oid)
{
	assert(table->sealed);
	size_t low = 0;
	size_t high = table->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (oid_cmp(table->rows[middle].oid, oid) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct mib_value *mib_table_get(const struct mib_table *table, struct oid oid)
{
	size_t at = place_of(table, oid);
	bool found = at < table->count && oid_cmp(table->rows[at].oid, oid) == 0;
	return found ? &table->rows[at].value : NULL;
}

bool mib_table_next(const struct mib_table *table, struct oid oid, struct oid *ret_oid,
	const struct mib_value **ret_value)
{
	size_t at = place_of(table, oid);
	at += at < table->count && oid_cmp(table->rows[at].oid, oid) == 0;
	if (at == table->count) {
		return false;
	}
	*ret_oid = table->rows[at].oid;
	*ret_value = &table->rows[at].value;
	return true;
}

struct mib_walk mib_walk_of(const struct mib_table *table, struct oid prefix)
{
	return (struct mib_walk) { table, prefix, place_of(table, prefix) };
}

bool mib_walk_next(
	struct mib_walk *walk, struct oid *ret_index, const struct mib_value **ret_value)
{
	if (walk->at >= walk->table->count ||
		!oid_starts(walk->table->rows[walk->at].oid, walk->prefix)) {
		return false;
	}
	const struct row *row = &walk->table->rows[walk->at++];
	*ret_index = oid_skip(row->oid, walk->prefix.n);
	*ret_value = &row->value;
	return true;
}

bool mib_table_has(const struct mib_table *table, struct oid prefix)
{
	size_t at = place_of(table, prefix);
	return at < table->count && oid_starts(table->rows[at].oid, prefix);
}
