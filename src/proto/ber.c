/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ber.h"

#include "base/buf.h"
#include "base/err.h"

enum { LENGTH_OCTETS = 3, LENGTH_MAX = 65535, NUMBER_OCTETS = 9 };

int ber_next(struct rd *rd, struct ber *ret_element)
{
	uint8_t tag = rd_u8(rd);
	size_t n = rd_u8(rd);
	if ((tag & 0x1f) == 0x1f) {
		rd->failed = true;
		return E_FORMAT;
	}
	if (n >= 0x80) {
		size_t octets = n & 0x7f;
		if (octets == 0 || octets > 4) {
			rd->failed = true;
			return E_FORMAT;
		}
		n = (size_t)rd_be(rd, octets);
	}
	struct slice content = rd_take(rd, n);
	if (rd->failed) {
		return E_SHORT;
	}
	*ret_element = (struct ber) { tag, content };
	return 0;
}

int ber_expect(struct rd *rd, uint8_t tag, struct slice *ret_content)
{
	struct ber element;
	int rc = ber_next(rd, &element);
	if (rc < 0) {
		return rc;
	}
	if (element.tag != tag) {
		rd->failed = true;
		return E_FORMAT;
	}
	*ret_content = element.content;
	return 0;
}

int ber_int(struct slice content, int64_t *ret_value)
{
	if (content.n == 0 || content.n > 8) {
		return E_FORMAT;
	}
	uint64_t value = (content.p[0] & 0x80) != 0 ? UINT64_MAX : 0;
	for (size_t i = 0; i < content.n; i++) {
		value = value << 8 | content.p[i];
	}
	*ret_value = (int64_t)value;
	return 0;
}

int ber_uint(struct slice content, uint64_t *ret_value)
{
	if (content.n == 9 && content.p[0] == 0) {
		content = slice_skip(content, 1);
	}
	if (content.n == 0 || content.n > 8) {
		return E_FORMAT;
	}
	uint64_t value = 0;
	for (size_t i = 0; i < content.n; i++) {
		value = value << 8 | content.p[i];
	}
	*ret_value = value;
	return 0;
}

size_t ber_octets(size_t content_octets)
{
	size_t length = content_octets < 0x80 ? 1 : content_octets < 0x100 ? 2 : 3;
	return 1 + length + content_octets;
}

void ber_put_head(struct buf *buf, uint8_t tag, size_t content_octets)
{
	uint8_t head[1 + LENGTH_OCTETS] = { tag };
	size_t n = 1;
	if (content_octets > LENGTH_MAX) {
		buf->failed = true;
		return;
	}
	if (content_octets >= 0x100) {
		head[n++] = 0x82;
		head[n++] = (uint8_t)(content_octets >> 8);
	} else if (content_octets >= 0x80) {
		head[n++] = 0x81;
	}
	head[n++] = (uint8_t)content_octets;
	buf_put(buf, slice_of(head, n));
}

void ber_put(struct buf *buf, uint8_t tag, struct slice content)
{
	ber_put_head(buf, tag, content.n);
	buf_put(buf, content);
}

/* The last n octets of a number whose octets before them say nothing. */
static void put_number(struct buf *buf, uint8_t tag, uint64_t value, bool negative)
{
	uint8_t octets[NUMBER_OCTETS];
	octets[0] = negative ? 0xff : 0;
	for (size_t i = 0; i < 8; i++) {
		octets[1 + i] = (uint8_t)(value >> (56 - 8 * i));
	}
	size_t at = 0;
	while (at < NUMBER_OCTETS - 1 && octets[at] == octets[0] &&
		((octets[at + 1] ^ octets[0]) & 0x80) == 0) {
		at++;
	}
	ber_put(buf, tag, slice_of(octets + at, NUMBER_OCTETS - at));
}

void ber_put_int(struct buf *buf, uint8_t tag, int64_t value)
{
	put_number(buf, tag, (uint64_t)value, value < 0);
}

void ber_put_uint(struct buf *buf, uint8_t tag, uint64_t value)
{
	put_number(buf, tag, value, false);
}

size_t ber_begin(struct buf *buf, uint8_t tag)
{
	uint8_t head[1 + LENGTH_OCTETS] = { tag, 0x82 };
	buf_put(buf, slice_of(head, sizeof(head)));
	return buf->n;
}

void ber_end(struct buf *buf, size_t place)
{
	if (buf->failed) {
		return;
	}
	size_t n = buf->n - place;
	if (n > LENGTH_MAX) {
		buf->failed = true;
		return;
	}
	buf->p[place - 2] = (uint8_t)(n >> 8);
	buf->p[place - 1] = (uint8_t)n;
}
