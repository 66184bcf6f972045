/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/portkey.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"

/* Which parts a pass compares. */
enum { NAME = 1, DESCR = 2, MAC = 4, TEXT_MAX = 4096 };

static const unsigned passes[] = { NAME | DESCR | MAC, NAME | MAC, NAME | DESCR, DESCR | MAC,
	NAME, DESCR, MAC };

struct matching {
	const struct portkey *known;
	size_t known_count;
	const struct portkey *seen;
	size_t seen_count;
	const uint8_t *seed;
	uint32_t *ret_known;
	bool *taken; /* of the known */
};

static bool put_part(struct buf *key, struct slice part)
{
	buf_printf(key, "%zu:", part.n);
	buf_put(key, part);
	return part.n > 0;
}

/* Returns false when a part it would need is empty. */
static bool make_key(struct buf *key, const struct portkey *port, unsigned parts)
{
	buf_clear(key);
	bool full = ((parts & NAME) == 0 || put_part(key, port->name)) &&
		    ((parts & DESCR) == 0 || put_part(key, port->descr)) &&
		    ((parts & MAC) == 0 || put_part(key, port->mac));
	return full && !key->failed;
}

/* A value that says: more than one has this key. */
static char several;

static void note(struct map *map, struct slice key, void *value)
{
	(void)!map_put(map, key, map_get(map, key) == NULL ? value : &several);
}

static int run_pass(struct matching *m, unsigned parts, struct buf *key)
{
	struct map *known = map_create(m->known_count + 1, m->seed);
	struct map *seen = map_create(m->seen_count + 1, m->seed);
	int found = 0;
	for (size_t i = 0; i < m->known_count; i++) {
		if (make_key(key, &m->known[i], parts)) {
			note(known, buf_slice(key), &m->taken[i]);
		}
	}
	for (size_t i = 0; i < m->seen_count; i++) {
		if (make_key(key, &m->seen[i], parts)) {
			note(seen, buf_slice(key), &m->ret_known[i]);
		}
	}
	size_t cursor = 0;
	struct slice at;
	void *value = NULL;
	while (map_next(seen, &cursor, &at, &value)) {
		bool *taken = map_get(known, at);
		bool single = value != &several && taken != NULL && (char *)taken != &several;
		uint32_t *place = value;
		if (single && !*taken && *place == PORTKEY_NEW) {
			*place = (uint32_t)(taken - m->taken);
			*taken = true;
			found++;
		}
	}
	(void)map_destroy(known);
	(void)map_destroy(seen);
	return found;
}

int portkey_match(const struct portkey *known, size_t known_count, const struct portkey *seen,
	size_t seen_count, const uint8_t seed[16], uint32_t *ret_known)
{
	if (known_count > PORTKEY_MAX || seen_count > PORTKEY_MAX) {
		return E_LIMIT;
	}
	struct matching m = { known, known_count, seen, seen_count, seed, ret_known,
		calloc(known_count + 1, sizeof(bool)) };
	if (m.taken == NULL) {
		abort();
	}
	for (size_t i = 0; i < seen_count; i++) {
		ret_known[i] = PORTKEY_NEW;
	}
	AUTO_BUF struct buf key;
	buf_init(&key, TEXT_MAX);
	int found = 0;
	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		found += run_pass(&m, passes[i], &key);
	}
	free(m.taken);
	return found;
}
