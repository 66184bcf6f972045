/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

#include "base/err.h"

enum { REPLACEMENT = 0xfffd };

/* Set once by gb18030_init, before threads start. */
static iconv_t gb18030 = NULL;

unsigned utf8_next(struct slice text, uint32_t *ret_code_point)
{
	*ret_code_point = REPLACEMENT;
	if (text.n == 0) {
		return 0;
	}
	uint8_t lead = text.p[0];
	if (lead < 0x80) {
		*ret_code_point = lead;
		return 1;
	}
	unsigned length = lead >= 0xc2 && lead <= 0xdf   ? 2
			  : lead >= 0xe0 && lead <= 0xef ? 3
			  : lead >= 0xf0 && lead <= 0xf4 ? 4
							 : 0;
	if (length == 0 || text.n < length) {
		return 1;
	}
	uint32_t value = (uint32_t)lead & (0x7fu >> length);
	for (unsigned i = 1; i < length; i++) {
		if ((text.p[i] & 0xc0) != 0x80) {
			return 1;
		}
		value = value << 6 | (text.p[i] & 0x3fu);
	}
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
		return 1;
	}
	*ret_code_point = value;
	return length;
}

/* A three-octet sequence, which Chinese text is made of, read as one word. */
static inline bool three_octets(const uint8_t *p)
{
	uint32_t word = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
	uint32_t top = word & 0x200f; /* low half of the lead, top bit of what follows */
	return (word & 0xc0c0f0) == 0x8080e0 && top != 0 && top != 0x200d;
}

size_t utf8_span(struct slice text)
{
	size_t i = 0;
	while (i < text.n) {
		uint64_t word = 0;
		if (text.n - i >= sizeof(word)) {
			memcpy(&word, text.p + i, sizeof(word));
			if ((word & 0x8080808080808080u) == 0) {
				i += sizeof(word);
				continue;
			}
		}
		if (text.p[i] < 0x80) {
			i++;
			continue;
		}
		while (text.n - i >= 3 && three_octets(text.p + i)) {
			i += 3;
		}
		uint32_t code_point = 0;
		unsigned length = utf8_next(slice_skip(text, i), &code_point);
		if (length == 1 && text.p[i] >= 0x80) {
			break;
		}
		i += length;
	}
	return i;
}

bool utf8_valid(struct slice text)
{
	return utf8_span(text) == text.n;
}

size_t utf8_count(struct slice text)
{
	size_t count = 0;
	while (text.n > 0) {
		uint32_t code_point = 0;
		text = slice_skip(text, utf8_next(text, &code_point));
		count++;
	}
	return count;
}

unsigned utf8_encode(uint32_t code_point, uint8_t *ret_octets)
{
	if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff)) {
		code_point = REPLACEMENT;
	}
	if (code_point < 0x80) {
		ret_octets[0] = (uint8_t)code_point;
		return 1;
	}
	unsigned length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	for (unsigned i = length - 1; i > 0; i--) {
		ret_octets[i] = (uint8_t)(0x80 | (code_point & 0x3f));
		code_point >>= 6;
	}
	ret_octets[0] = (uint8_t)(lead[length] | code_point);
	return length;
}

void utf8_put(struct buf *buf, uint32_t code_point)
{
	uint8_t octets[4] = { 0 };
	buf_put(buf, slice_of(octets, utf8_encode(code_point, octets)));
}

void utf8_put_clean(struct buf *buf, struct slice text)
{
	while (text.n > 0) {
		uint32_t code_point = 0;
		unsigned length = utf8_next(text, &code_point);
		utf8_put(buf, code_point);
		text = slice_skip(text, length);
	}
}

int gb18030_init(void)
{
	if (gb18030 == NULL) {
		iconv_t converter = iconv_open("UTF-8", "GB18030");
		if (converter == (iconv_t)-1) {
			return -errno;
		}
		gb18030 = converter;
	}
	return 0;
}

int gb18030_to_utf8(struct slice text, struct buf *buf)
{
	if (gb18030 == NULL) {
		return E_UNSUPPORTED;
	}
	/* Two octets of GB18030 make at most three of UTF-8; four make at most four. */
	uint8_t *at = buf_reserve(buf, text.n + text.n / 2 + 4);
	if (at == NULL) {
		return E_LIMIT;
	}
	(void)iconv(gb18030, NULL, NULL, NULL, NULL);
	char *in = (char *)(uintptr_t)text.p;
	size_t in_left = text.n;
	char *out = (char *)at;
	size_t out_left = text.n + text.n / 2 + 4;
	if (text.n > 0 && iconv(gb18030, &in, &in_left, &out, &out_left) == (size_t)-1) {
		at[0] = '\0';
		return errno == E2BIG ? E_LIMIT : E_FORMAT;
	}
	buf_commit(buf, (size_t)(out - (char *)at));
	return 0;
}
