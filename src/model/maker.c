/* SPDX-License-Identifier: Apache-2.0 */
#include "model/maker.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/utf8.h"

enum {
	CELLS_MAX = 8,
	ASSIGNMENT = 1,
	NAME = 2,
	MAC_BITS = 48,
	NAMES_OCTETS_MAX = 16 * 1024 * 1024,
	QUOTED_OCTETS_MAX = 4 * 1024 * 1024
};

/* The widths IEEE hands out, the narrowest first. */
static const uint8_t widths[] = { 36, 28, 24 };

struct assignment {
	uint64_t first; /* the least address of it */
	struct slice name;
	uint8_t bits;
};

struct makers {
	struct assignment *item; /* once sealed by width, then address */
	size_t count;
	size_t room;
	struct arena *names;
};

struct makers *makers_create(void)
{
	struct makers *makers = calloc(1, sizeof(*makers));
	if (makers == NULL) {
		abort();
	}
	makers->names = arena_create(NAMES_OCTETS_MAX);
	return makers;
}

struct makers *makers_destroy(struct makers *makers)
{
	if (makers != NULL) {
		makers->names = arena_destroy(makers->names);
		free(makers->item);
		free(makers);
	}
	return NULL;
}

bool mac_is_local(uint64_t mac)
{
	return (mac >> 41 & 1) != 0;
}

/* "70B3D5123" is 36 bits; false for what no registry writes. */
static bool assignment_of(struct slice digits, struct assignment *ret)
{
	uint64_t value = 0;
	for (size_t i = 0; i < digits.n && digits.n <= MAC_BITS / 4; i++) {
		uint8_t c = digits.p[i] | 0x20;
		bool number = digits.p[i] >= '0' && digits.p[i] <= '9';
		if (!number && (c < 'a' || c > 'f')) {
			return false;
		}
		value = value << 4 | (uint64_t)(number ? c - '0' : c - 'a' + 10);
	}
	for (size_t i = 0; i < sizeof(widths); i++) {
		if (digits.n * 4 == widths[i]) {
			ret->bits = widths[i];
			ret->first = value << (MAC_BITS - widths[i]);
			return true;
		}
	}
	return false;
}

static void grow(struct makers *makers)
{
	if (makers->count < makers->room) {
		return;
	}
	makers->room = makers->room > 0 ? 2 * makers->room : 1024;
	struct assignment *grown =
		reallocarray(makers->item, makers->room, sizeof(*makers->item));
	if (grown == NULL) {
		abort();
	}
	makers->item = grown;
}

static bool control(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < 0x20 || name.p[i] == 0x7f) {
			return true;
		}
	}
	return false;
}

static int row_take(struct makers *makers, const struct slice *cells)
{
	struct assignment taken = { 0 };
	struct slice name = slice_head(slice_trim(cells[NAME]), MAKER_NAME_MAX);
	name = slice_trim(slice_head(name, utf8_span(name)));
	/* Who pays for it may keep his name out of the list: that tells nothing. */
	if (name.n == 0 || slice_is(name, "Private") || control(name) ||
		!assignment_of(slice_trim(cells[ASSIGNMENT]), &taken)) {
		return 0;
	}
	if (makers->count == MAKERS_MAX) {
		return E_LIMIT;
	}
	grow(makers);
	taken.name = arena_dup(makers->names, name);
	makers->item[makers->count++] = taken;
	return 1;
}

int makers_read(struct makers *makers, struct slice text)
{
	AUTO_ARENA struct arena *quoted = arena_create(QUOTED_OCTETS_MAX);
	struct slice cells[CELLS_MAX];
	struct csv csv;
	int taken = 0;
	int count = 0;
	csv_init(&csv, text, ',');
	while ((count = csv_next(&csv, quoted, cells, CELLS_MAX)) > 0) {
		int more = count > NAME ? row_take(makers, cells) : 0;
		if (more < 0) {
			return more;
		}
		taken += more;
		if (arena_used(quoted) > QUOTED_OCTETS_MAX / 2) {
			arena_reset(quoted);
		}
	}
	return taken; /* what comes behind a quote that never closes is lost, nothing else */
}

static int order(const void *a, const void *b)
{
	const struct assignment *x = a;
	const struct assignment *y = b;
	if (x->bits != y->bits) {
		return x->bits > y->bits ? -1 : 1;
	}
	if (x->first != y->first) {
		return x->first > y->first ? 1 : -1;
	}
	/* Two of one address are of another age; which is newer no list says: one and the same. */
	return slice_cmp(x->name, y->name);
}

void makers_seal(struct makers *makers)
{
	if (makers->count > 0) {
		qsort(makers->item, makers->count, sizeof(*makers->item), order);
	}
}

static bool before(const struct assignment *item, unsigned bits, uint64_t first)
{
	return item->bits != bits ? item->bits > bits : item->first < first;
}

static struct slice find(const struct makers *makers, uint64_t mac, unsigned bits)
{
	uint64_t first = mac >> (MAC_BITS - bits) << (MAC_BITS - bits);
	size_t low = 0;
	size_t high = makers->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (before(&makers->item[middle], bits, first)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < makers->count && makers->item[low].bits == bits &&
		     makers->item[low].first == first;
	return found ? makers->item[low].name : (struct slice) { 0 };
}

struct slice maker_of(const struct makers *makers, uint64_t mac)
{
	struct slice name = { 0 };
	bool asked = makers != NULL && mac != 0 && mac >> MAC_BITS == 0 && !mac_is_local(mac) &&
		     (mac >> 40 & 1) == 0;
	for (size_t i = 0; asked && name.n == 0 && i < sizeof(widths); i++) {
		name = find(makers, mac, widths[i]);
	}
	return name;
}
