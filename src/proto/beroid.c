/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/beroid.h"

#include "base/buf.h"
#include "base/err.h"

enum { PART_OCTETS_MAX = 5 };

int beroid_check(struct slice oid)
{
	size_t parts = 1; /* the first number holds two */
	size_t run = 0;
	uint64_t value = 0;
	if (oid.n == 0) {
		return E_FORMAT;
	}
	for (size_t i = 0; i < oid.n; i++) {
		if (run == 0 && oid.p[i] == 0x80) {
			return E_FORMAT; /* X.690 section 8.19.2: the fewest octets */
		}
		value = value << 7 | (oid.p[i] & 0x7f);
		if (++run > PART_OCTETS_MAX || value > UINT32_MAX) {
			return E_RANGE;
		}
		if ((oid.p[i] & 0x80) == 0) {
			run = 0;
			value = 0;
			parts++;
		}
	}
	if (run != 0) {
		return E_SHORT;
	}
	return parts > OID_IDS_MAX ? E_LIMIT : 0;
}

static size_t part_octets(struct slice oid, size_t at)
{
	size_t n = 1;
	while (at + n < oid.n && (oid.p[at + n - 1] & 0x80) != 0) {
		n++;
	}
	return n;
}

int beroid_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	size_t at = 0;
	while (at < n && a.p[at] == b.p[at]) {
		at++;
	}
	if (at == n) {
		return a.n < b.n ? -1 : a.n > b.n;
	}
	int by_octet = a.p[at] < b.p[at] ? -1 : 1;
	/* Back to where the differing part begins: with fewest octets, longer is greater. */
	while (at > 0 && (a.p[at - 1] & 0x80) != 0) {
		at--;
	}
	size_t in_a = part_octets(a, at);
	size_t in_b = part_octets(b, at);
	return in_a != in_b ? (in_a < in_b ? -1 : 1) : by_octet;
}

bool beroid_under(struct slice base, struct slice oid)
{
	return slice_starts(oid, base);
}

/* Returns 1, or 0 at the end. */
static int next_part(struct slice *left, uint32_t *ret_part)
{
	uint32_t value = 0;
	for (size_t i = 0; i < left->n; i++) {
		value = value << 7 | (left->p[i] & 0x7f);
		if ((left->p[i] & 0x80) == 0) {
			*left = slice_skip(*left, i + 1);
			*ret_part = value;
			return 1;
		}
	}
	return 0;
}

int beroid_unpack(struct slice oid, struct oid_room *ret_oid)
{
	uint32_t part = 0;
	int rc = beroid_check(oid);
	if (rc < 0) {
		return rc;
	}
	(void)next_part(&oid, &part);
	uint32_t first = part < 80 ? part / 40 : 2;
	ret_oid->id[0] = first;
	ret_oid->id[1] = part - first * 40;
	ret_oid->n = 2;
	while (next_part(&oid, &part) == 1) {
		ret_oid->id[ret_oid->n++] = part;
	}
	return 0;
}

void beroid_put_text(struct buf *buf, struct slice oid)
{
	struct oid_room room;
	if (beroid_unpack(oid, &room) == 0) {
		oid_put(buf, oid_of(&room));
	}
}

static void put_part(struct buf *buf, uint32_t part)
{
	uint8_t octets[PART_OCTETS_MAX];
	size_t at = sizeof(octets);
	octets[--at] = part & 0x7f;
	while ((part >>= 7) != 0) {
		octets[--at] = (uint8_t)(0x80 | (part & 0x7f));
	}
	buf_put(buf, slice_of(octets + at, sizeof(octets) - at));
}

int beroid_put(struct buf *buf, struct oid oid)
{
	uint32_t second = oid.n > 1 ? oid.id[1] : 0;
	if (oid.n == 0 || oid.id[0] > 2 || (oid.id[0] < 2 && second >= 40) ||
		second > UINT32_MAX - 80) {
		return E_RANGE;
	}
	put_part(buf, oid.id[0] * 40 + second);
	for (size_t i = 2; i < oid.n; i++) {
		put_part(buf, oid.id[i]);
	}
	return 0;
}

int beroid_put_parsed(struct buf *buf, struct slice text)
{
	struct oid_room room;
	int rc = oid_parse(text, &room);
	return rc < 0 ? rc : beroid_put(buf, oid_of(&room));
}
