/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <stdint.h>

#include "base/err.h"

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What is left after whole groups: 12 bits carry one octet, 18 carry two. */
static int tail_put(uint32_t bits, unsigned count, unsigned pads, struct buf *out)
{
	if (count == 0 && pads == 0) {
		return 0;
	}
	if (count + pads != 4 || count < 2 || (bits & (count == 2 ? 15u : 3u)) != 0) {
		return E_FORMAT;
	}
	buf_put_byte(out, (uint8_t)(count == 2 ? bits >> 4 : bits >> 10));
	if (count == 3) {
		buf_put_byte(out, (uint8_t)(bits >> 2));
	}
	return 0;
}

int base64_decode(struct slice text, struct buf *ret_octets)
{
	uint32_t bits = 0;
	unsigned count = 0;
	unsigned pads = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		int value = sextet(c);
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			continue;
		}
		if (c == '=') {
			pads++;
			continue;
		}
		if (value < 0 || pads > 0) {
			return E_FORMAT;
		}
		bits = bits << 6 | (uint32_t)value;
		if (++count == 4) {
			buf_put_byte(ret_octets, (uint8_t)(bits >> 16));
			buf_put_byte(ret_octets, (uint8_t)(bits >> 8));
			buf_put_byte(ret_octets, (uint8_t)bits);
			bits = 0;
			count = 0;
		}
	}
	return tail_put(bits, count, pads, ret_octets);
}
