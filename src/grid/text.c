/* SPDX-License-Identifier: Apache-2.0 */
/* Text with separators: which charset, which separator, then base/csv.h. */
#include <string.h>

#include "base/csv.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/read_priv.h"

/* Without a mark, text of two octets a character has its zeros on one side. */
static int utf16_guess(struct slice octets)
{
	size_t zeros[2] = { 0 };
	size_t n = octets.n < 4096 ? octets.n : 4096;
	for (size_t i = 0; i < n; i++) {
		zeros[i % 2] += octets.p[i] == 0;
	}
	return zeros[1] * 8 > n ? 0 : zeros[0] * 8 > n ? 1 : -1;
}

static bool utf16_put(struct slice octets, int big, struct buf *out)
{
	uint32_t high = 0;
	for (size_t i = 0; i + 1 < octets.n; i += 2) {
		uint32_t unit = (uint32_t)octets.p[i + (big ? 0 : 1)] << 8 |
				octets.p[i + (big ? 1 : 0)];
		bool low = unit >= 0xdc00 && unit < 0xe000;
		if ((high != 0) != low) {
			return false;
		}
		if (unit >= 0xd800 && unit < 0xdc00) {
			high = unit;
			continue;
		}
		utf8_put(out, low ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit);
		high = 0;
	}
	return high == 0 && octets.n % 2 == 0;
}

/* Zeros are in no text of the other charsets. */
static enum gridread_problem decode(struct slice octets, struct buf *text)
{
	bool little = slice_starts(octets, SLICE("\xff\xfe"));
	bool big = slice_starts(octets, SLICE("\xfe\xff"));
	int guess = little ? 0 : big ? 1 : utf16_guess(octets);
	if (guess >= 0) {
		bool fine = utf16_put(slice_skip(octets, little || big ? 2 : 0), guess, text);
		return fine ? GRIDREAD_FINE : GRIDREAD_CHARSET;
	}
	if (octets.n > 0 && memchr(octets.p, 0, octets.n) != NULL) {
		return GRIDREAD_TYPE;
	}
	if (utf8_valid(octets)) {
		buf_put(text, octets);
		return GRIDREAD_FINE;
	}
	int error = gb18030_to_utf8(octets, text);
	return error == 0         ? GRIDREAD_FINE
	       : error == E_LIMIT ? GRIDREAD_TOO_LARGE
				  : GRIDREAD_CHARSET;
}

static enum gridread_problem rows_read(
	struct slice text, uint8_t separator, struct arena *arena, struct tablet *t)
{
	enum { WIDE = 256 };
	struct slice cells[WIDE];
	struct csv csv;
	csv_init(&csv, text, separator);
	int count = 0;
	while ((count = csv_next(&csv, arena, cells, WIDE)) > 0 && !t->full) {
		for (int i = 0; i < count; i++) {
			tablet_put(t, (uint32_t)csv.row, (size_t)i, slice_trim(cells[i]));
		}
	}
	return t->full || count == E_LIMIT ? GRIDREAD_TOO_LARGE
	       : count < 0                 ? GRIDREAD_QUOTES
					   : GRIDREAD_FINE;
}

enum gridread_problem text_read(struct slice octets, struct buf *out)
{
	AUTO_BUF struct buf text;
	AUTO_ARENA struct arena *arena = arena_create(0);
	buf_init(&text, GRIDREAD_TEXT_MAX_OCTETS);
	enum gridread_problem problem = decode(octets, &text);
	if (problem != GRIDREAD_FINE || text.failed) {
		return problem != GRIDREAD_FINE ? problem : GRIDREAD_TOO_LARGE;
	}
	struct tablet t;
	tablet_init(&t, arena);
	struct slice decoded = buf_slice(&text);
	problem = rows_read(decoded, csv_separator_guess(decoded), arena, &t);
	if (problem == GRIDREAD_FINE) {
		tablet_write(&t, (struct slice) { 0 }, out);
	}
	return problem;
}
