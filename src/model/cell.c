/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cell.h"

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "base/utf8.h"

enum { PHONE_DIGITS_MIN = 5, CELL_MAX_OCTETS = 64 * 1024 };

static uint32_t narrow(uint32_t c)
{
	bool blank = c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a);
	bool dash = c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014 || c == 0x2212;
	bool wide = (c >= 0xff10 && c <= 0xff19) || (c >= 0xff21 && c <= 0xff3a) ||
		    (c >= 0xff41 && c <= 0xff5a) || c == 0xff0e || c == 0xff0d || c == 0xff0f ||
		    c == 0xff0b || c == 0xff20 || c == 0xff3f || c == 0xff5e || c == 0xff1a;
	return blank ? ' ' : dash ? '-' : wide ? c - 0xff01 + 0x21 : c;
}

struct slice cell_narrow(struct arena *arena, struct slice cell)
{
	AUTO_BUF struct buf out;
	buf_init(&out, CELL_MAX_OCTETS);
	uint32_t c = 0;
	for (unsigned n = utf8_next(cell, &c); n > 0; n = utf8_next(cell, &c)) {
		cell = slice_skip(cell, n);
		if ((c < 0x200b || c > 0x200f) && c != 0xfeff) {
			utf8_put(&out, narrow(c));
		}
	}
	return arena_dup(arena, slice_trim(buf_slice(&out)));
}

/* ---- addresses */

static bool ipv4_parse(struct slice text, uint32_t *ret_address)
{
	uint32_t address = 0;
	struct slice part = { 0 };
	for (int i = 0; i < 4; i++) {
		uint64_t octet = 0;
		bool more = slice_cut(text, '.', &part, &text);
		if (more != (i < 3) || part.n > 3 || num_u64(part, 255, &octet) < 0) {
			return false;
		}
		address = address << 8 | (uint32_t)octet;
	}
	*ret_address = address;
	return true;
}

static void ipv4_put(struct buf *out, uint32_t address, unsigned prefix)
{
	buf_printf(out, "%s%u.%u.%u.%u", out->n > 0 ? "、" : "", address >> 24,
		address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
	if (prefix < 32) {
		buf_printf(out, "/%u", prefix);
	}
}

/* The largest networks that begin at from and go no further than to, one after the other. */
static bool range_put(struct buf *out, uint32_t from, uint32_t to)
{
	uint64_t at = from;
	for (int parts = 0; at <= to; parts++) {
		unsigned bits = 0;
		while (bits < 24 && (at & ((UINT64_C(2) << bits) - 1)) == 0 &&
			at + (UINT64_C(2) << bits) - 1 <= to) {
			bits++;
		}
		if (parts == CELL_PARTS_MAX) {
			return false;
		}
		ipv4_put(out, (uint32_t)at, 32 - bits);
		at += UINT64_C(1) << bits;
	}
	return true;
}

/* "10.1.2.3-10", "10.1.2.3-10.1.2.10" */
static bool range_parse(struct slice part, uint32_t *ret_from, uint32_t *ret_to)
{
	struct slice from = { 0 };
	struct slice to = { 0 };
	uint64_t last = 0;
	bool parted = slice_cut(part, '-', &from, &to) || slice_cut(part, '~', &from, &to);
	if (!parted || !ipv4_parse(slice_trim(from), ret_from)) {
		return false;
	}
	to = slice_trim(to);
	if (num_u64(to, 255, &last) == 0) {
		*ret_to = (*ret_from & 0xffffff00) | (uint32_t)last;
	} else if (!ipv4_parse(to, ret_to)) {
		return false;
	}
	return *ret_to >= *ret_from;
}

/* Octets of the mark between two addresses; a slash is one before more than a prefix. */
static size_t mark(struct slice rest)
{
	static const char *const wide[] = { "、", "，", "；", "。", "和", "及" };
	if (rest.p[0] == '/') {
		size_t digits = 1;
		while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '9') {
			digits++;
		}
		bool address =
			digits < rest.n && (rest.p[digits] == '.' || rest.p[digits] == ':');
		return address ? 1 : 0;
	}
	if (memchr(",;|\n\r\t", rest.p[0], 6) != NULL) {
		return 1;
	}
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (slice_starts(rest, slice_str(wide[i]))) {
			return slice_str(wide[i]).n;
		}
	}
	return 0;
}

static bool near_dash(struct slice text, size_t at)
{
	struct slice before = slice_trim(slice_head(text, at));
	struct slice after = slice_trim(slice_skip(text, at));
	return (before.n > 0 && memchr("-~", before.p[before.n - 1], 2) != NULL) ||
	       (after.n > 0 && memchr("-~", after.p[0], 2) != NULL);
}

static bool part_put(struct buf *out, struct slice part)
{
	uint32_t from = 0;
	uint32_t to = 0;
	part = slice_trim(part);
	if (part.n == 0) {
		return true;
	}
	if (range_parse(part, &from, &to)) {
		return range_put(out, from, to);
	}
	buf_put_str(out, out->n > 0 ? "、" : "");
	buf_put(out, part);
	return true;
}

struct slice cell_addresses(struct arena *arena, struct slice cell, bool *ret_ok)
{
	AUTO_BUF struct buf out;
	struct slice text = cell_narrow(arena, cell);
	size_t begin = 0;
	bool ok = true;
	buf_init(&out, CELL_MAX_OCTETS);
	for (size_t at = 0; at < text.n && ok;) {
		size_t n = mark(slice_skip(text, at));
		n = n == 0 && text.p[at] == ' ' && !near_dash(text, at) ? 1 : n;
		if (n > 0) {
			ok = part_put(&out, slice_head(slice_skip(text, begin), at - begin));
			begin = at + n;
		}
		at += n > 0 ? n : 1;
	}
	ok = ok && part_put(&out, slice_skip(text, begin));
	*ret_ok = ok;
	return ok ? arena_dup(arena, buf_slice(&out)) : (struct slice) { 0 };
}

/* ---- people */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool digits_lost(struct slice text)
{
	double value = 0;
	bool power = memchr(text.p, 'E', text.n) != NULL || memchr(text.p, 'e', text.n) != NULL;
	return power && num_double(text, &value) == 0;
}

int cell_phone(struct arena *arena, struct slice cell, struct slice *ret_phone)
{
	struct slice text = cell_narrow(arena, cell);
	*ret_phone = text;
	if (text.n == 0) {
		return 0;
	}
	if (digits_lost(text)) {
		return E_RANGE;
	}
	if (slice_ends(text, SLICE(".0"))) {
		text = slice_head(text, text.n - 2);
	}
	*ret_phone = text;
	return 0;
}

static struct slice marks_off(struct slice name)
{
	static const char *const ends[] = { "（", "(", "：", ":", "/", "、", "，", ",", "-",
		"电话", "手机", "联系", "）", ")", "\n", "；", ";" };
	bool more = true;
	while (more) {
		more = false;
		name = slice_trim(name);
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
			struct slice end = slice_str(ends[i]);
			if (slice_ends(name, end)) {
				name = slice_head(name, name.n - end.n);
				more = true;
			}
			if (slice_starts(name, end)) {
				name = slice_skip(name, end.n);
				more = true;
			}
		}
	}
	return name;
}

/* Where a run of digits, + - and blanks with enough digits begins; text.n without one. */
static size_t phone_find(struct slice text, size_t *ret_end)
{
	for (size_t at = 0; at < text.n; at++) {
		size_t end = at;
		size_t digits = 0;
		if (!is_digit(text.p[at]) && text.p[at] != '+') {
			continue;
		}
		while (end < text.n &&
			(is_digit(text.p[end]) || memchr("+- ", text.p[end], 3) != NULL)) {
			digits += is_digit(text.p[end++]);
		}
		if (digits >= PHONE_DIGITS_MIN) {
			*ret_end = end;
			return at;
		}
		at = end;
	}
	*ret_end = text.n;
	return text.n;
}

void cell_person(
	struct arena *arena, struct slice cell, struct slice *ret_name, struct slice *ret_phone)
{
	struct slice text = cell_narrow(arena, cell);
	size_t end = 0;
	size_t begin = phone_find(text, &end);
	struct slice before = marks_off(slice_head(text, begin));
	struct slice behind = marks_off(slice_skip(text, end));
	*ret_phone = slice_trim(slice_head(slice_skip(text, begin), end - begin));
	*ret_name = before.n > 0 ? before : behind;
}

/* ---- units */

static size_t chars_take(struct slice text, uint32_t *chars, size_t max)
{
	size_t count = 0;
	uint32_t c = 0;
	for (unsigned n = utf8_next(text, &c); n > 0 && count < max; n = utf8_next(text, &c)) {
		text = slice_skip(text, n);
		if (c > 0x20 && c != 0xff08 && c != 0xff09 && c != '(' && c != ')') {
			chars[count++] = c;
		}
	}
	return count;
}

static bool has_pair(const uint32_t *chars, size_t count, uint32_t a, uint32_t b)
{
	for (size_t i = 0; i + 1 < count; i++) {
		if (chars[i] == a && chars[i + 1] == b) {
			return true;
		}
	}
	return false;
}

unsigned cell_likeness(struct slice a, struct slice b)
{
	enum { CHARS_MAX = 100, WITHIN = 80 };
	uint32_t one[CHARS_MAX];
	uint32_t other[CHARS_MAX];
	size_t n = chars_take(a, one, CHARS_MAX);
	size_t m = chars_take(b, other, CHARS_MAX);
	size_t common = 0;
	if (n < 2 || m < 2) {
		return 0;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		common += has_pair(other, m, one[i], one[i + 1]);
	}
	unsigned pairs = (unsigned)(200 * common / (n + m - 2));
	bool within = slice_find(a, b) != SIZE_MAX || slice_find(b, a) != SIZE_MAX;
	pairs = pairs > 100 ? 100 : pairs;
	return within && pairs < WITHIN ? WITHIN : pairs;
}
