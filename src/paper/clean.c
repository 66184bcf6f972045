/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/clean.h"

#include "base/buf.h"
#include "base/utf8.h"

struct span {
	uint32_t first;
	uint32_t last;
};

/* Controls, directions, joiners, line marks, tags, non-characters. */
static const struct span unseen[] = { { 0x00, 0x09 }, { 0x0b, 0x1f }, { 0x7f, 0x9f },
	{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe00ff }, { 0xe01f0, 0xe0fff } };

static const struct span marks[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd },
	{ 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x6d6, 0x6dc }, { 0x730, 0x74a },
	{ 0x900, 0x903 }, { 0x93a, 0x94f }, { 0xe31, 0xe31 }, { 0xe34, 0xe3a },
	{ 0xe47, 0xe4e }, { 0xf71, 0xf84 }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
	{ 0x20d0, 0x20f0 }, { 0x302a, 0x302f }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0x1e000, 0x1e02a }, { 0x1f3fb, 0x1f3ff }, { 0xe0100, 0xe01ef } };

static bool within(const struct span *spans, size_t count, uint32_t point)
{
	for (size_t i = 0; i < count; i++) {
		if (point >= spans[i].first && point <= spans[i].last) {
			return true;
		}
	}
	return false;
}

bool clean_combines(uint32_t point)
{
	return point >= 0x300 && within(marks, sizeof(marks) / sizeof(marks[0]), point);
}

static bool hidden(uint32_t point)
{
	return within(unseen, sizeof(unseen) / sizeof(unseen[0]), point) ||
	       (point & 0xfffe) == 0xfffe;
}

/* Of Han, letters and their signs nothing needs a look at the tables. */
static bool plain(uint32_t point)
{
	return (point >= 0x20 && point < 0x7f) || point == '\n' ||
	       (point >= 0x3001 && point <= 0x3029) || (point >= 0x3400 && point <= 0x9fff);
}

/* above: marks that stand on the character before; what is not seen is no character. */
static bool stays(uint32_t point, unsigned *above)
{
	if (plain(point)) {
		*above = 0;
		return true;
	}
	if (hidden(point)) {
		return false;
	}
	*above = clean_combines(point) ? *above + 1 : 0;
	return *above <= CLEAN_MARKS_MAX;
}

bool clean_already(struct slice text)
{
	unsigned above = CLEAN_MARKS_MAX; /* a mark first of all stands on nothing */
	if (!utf8_valid(text)) {
		return false;
	}
	while (text.n > 0) {
		uint32_t point = 0;
		text = slice_skip(text, utf8_next(text, &point));
		if (!stays(point, &above)) {
			return false;
		}
	}
	return true;
}

void clean_put(struct buf *out, struct slice text)
{
	unsigned above = CLEAN_MARKS_MAX;
	while (text.n > 0) {
		uint32_t point = 0;
		text = slice_skip(text, utf8_next(text, &point));
		if (point == 0x2028 || point == 0x2029) {
			point = '\n';
		} else if (point == '\t') {
			point = ' ';
		}
		if (stays(point, &above)) {
			utf8_put(out, point);
		}
	}
}
