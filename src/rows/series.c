/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "rows/tail.h"

#define HOUR_MS INT64_C(3600000)
#define SERIES_BIT (UINT64_C(1) << 62)

enum { SLOTS_FIRST = 1024, NAME_MAX_OCTETS = 256 };

/* Open addressing by the id itself, which is a digest already. */
struct slot {
	int64_t id;   /* 0 = free */
	int64_t hour; /* of the last announcement */
};

struct series_book {
	struct tail *tail;
	struct slot *slots;
	size_t room; /* a power of two */
	size_t count;
	uint64_t refused;
};

int64_t series_id_of(int64_t check_id, struct slice metric, struct slice instance)
{
	static const uint8_t key[16] = "fengsui series";
	uint8_t text[sizeof(check_id) + 2 * (size_t)NAME_MAX_OCTETS + 1];
	size_t n = sizeof(check_id);
	metric = slice_head(metric, NAME_MAX_OCTETS);
	instance = slice_head(instance, NAME_MAX_OCTETS);
	for (size_t i = 0; i < sizeof(check_id); i++) {
		text[i] = (uint8_t)((uint64_t)check_id >> 8 * i);
	}
	memcpy(text + n, metric.p, metric.n);
	n += metric.n;
	text[n++] = 0;
	if (instance.n > 0) {
		memcpy(text + n, instance.p, instance.n);
	}
	n += instance.n;
	uint64_t digest = digest_siphash(key, slice_of(text, n));
	return (int64_t)((digest & (SERIES_BIT - 1)) | SERIES_BIT);
}

struct series_book *series_book_create(struct tail *tail)
{
	struct series_book *book = calloc(1, sizeof(*book));
	struct slot *slots = calloc(SLOTS_FIRST, sizeof(*slots));
	if (book == NULL || slots == NULL) {
		abort();
	}
	*book = (struct series_book) { .tail = tail, .slots = slots, .room = SLOTS_FIRST };
	return book;
}

struct series_book *series_book_destroy(struct series_book *book)
{
	if (book != NULL) {
		free(book->slots);
		free(book);
	}
	return NULL;
}

static struct slot *slot_of(struct slot *slots, size_t room, int64_t id)
{
	size_t at = (size_t)id & (room - 1);
	while (slots[at].id != 0 && slots[at].id != id) {
		at = (at + 1) & (room - 1);
	}
	return &slots[at];
}

static void grow(struct series_book *book)
{
	size_t room = book->room * 2;
	struct slot *slots = calloc(room, sizeof(*slots));
	if (slots == NULL) {
		abort();
	}
	for (size_t i = 0; i < book->room; i++) {
		if (book->slots[i].id != 0) {
			*slot_of(slots, room, book->slots[i].id) = book->slots[i];
		}
	}
	free(book->slots);
	book->slots = slots;
	book->room = room;
}

int64_t series_announce(struct series_book *book, struct series_row *row, int64_t now_ms)
{
	int64_t hour = now_ms / HOUR_MS + 1; /* never 0, so that a new slot is announced */
	row->series_id = series_id_of(row->check_id, row->metric, row->instance);
	row->ts_ms = now_ms;
	if (book->count * 2 >= book->room && book->count < SERIES_MAX) {
		grow(book);
	}
	struct slot *slot = slot_of(book->slots, book->room, row->series_id);
	if (slot->id == 0 && book->count == SERIES_MAX) {
		book->refused++;
		return E_LIMIT;
	}
	if (slot->hour != hour) {
		int error = tail_append_series(book->tail, row, now_ms);
		if (error < 0) {
			return error;
		}
		book->count += slot->id == 0;
		*slot = (struct slot) { row->series_id, hour };
	}
	return row->series_id;
}

uint64_t series_refused(const struct series_book *book)
{
	return book->refused;
}
