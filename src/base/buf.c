/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ckd.h"

void buf_init(struct buf *buf, size_t max_octets)
{
	*buf = (struct buf) { .max = max_octets };
}

void buf_fini(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf) { .max = buf->max };
}

void buf_clear(struct buf *buf)
{
	buf->n = 0;
	buf->failed = false;
	if (buf->p != NULL) {
		buf->p[0] = '\0';
	}
}

uint8_t *buf_reserve(struct buf *buf, size_t n)
{
	size_t total = 0;
	if (buf->failed || ckd_add(&total, buf->n, n) || total > buf->max) {
		buf->failed = true;
		return NULL;
	}
	if (total + 1 > buf->room) {
		size_t room = buf->room < 256 ? 256 : buf->room;
		while (room < total + 1) {
			room *= 2;
		}
		uint8_t *p = realloc(buf->p, room);
		if (p == NULL) {
			buf->failed = true;
			return NULL;
		}
		buf->p = p;
		buf->room = room;
	}
	return buf->p + buf->n;
}

void buf_commit(struct buf *buf, size_t n)
{
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void buf_put(struct buf *buf, struct slice octets)
{
	uint8_t *at = buf_reserve(buf, octets.n);
	if (at != NULL) {
		if (octets.n > 0) {
			memcpy(at, octets.p, octets.n);
		}
		buf_commit(buf, octets.n);
	}
}

void buf_put_str(struct buf *buf, const char *text)
{
	buf_put(buf, slice_str(text));
}

void buf_put_byte(struct buf *buf, uint8_t octet)
{
	buf_put(buf, slice_of(&octet, 1));
}

void buf_put_i64(struct buf *buf, int64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0) {
		digits[--at] = '-';
	}
	buf_put(buf, slice_of(digits + at, sizeof(digits) - at));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	uint8_t *at = length < 0 ? NULL : buf_reserve(buf, (size_t)length);
	if (at == NULL) {
		buf->failed = true;
		return;
	}
	va_start(args, format);
	(void)vsnprintf((char *)at, (size_t)length + 1, format, args);
	va_end(args);
	buf_commit(buf, (size_t)length);
}

void buf_put_hex(struct buf *buf, struct slice octets)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t *at = octets.n > SIZE_MAX / 2 ? NULL : buf_reserve(buf, octets.n * 2);
	if (at == NULL) {
		buf->failed = true;
		return;
	}
	for (size_t i = 0; i < octets.n; i++) {
		at[2 * i] = (uint8_t)digit[octets.p[i] >> 4];
		at[2 * i + 1] = (uint8_t)digit[octets.p[i] & 15];
	}
	buf_commit(buf, octets.n * 2);
}

static void put_le(struct buf *buf, uint64_t value, size_t octets)
{
	uint8_t *at = buf_reserve(buf, octets);
	if (at != NULL) {
		for (size_t i = 0; i < octets; i++) {
			at[i] = (uint8_t)(value >> (8 * i));
		}
		buf_commit(buf, octets);
	}
}

void buf_put_u8(struct buf *buf, uint8_t value)
{
	put_le(buf, value, 1);
}

void buf_put_u16(struct buf *buf, uint16_t value)
{
	put_le(buf, value, 2);
}

void buf_put_u32(struct buf *buf, uint32_t value)
{
	put_le(buf, value, 4);
}

void buf_put_u64(struct buf *buf, uint64_t value)
{
	put_le(buf, value, 8);
}

void buf_put_html(struct buf *buf, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&':
			buf_put_str(buf, "&amp;");
			break;
		case '<':
			buf_put_str(buf, "&lt;");
			break;
		case '>':
			buf_put_str(buf, "&gt;");
			break;
		case '"':
			buf_put_str(buf, "&quot;");
			break;
		case '\'':
			buf_put_str(buf, "&#39;");
			break;
		default:
			buf_put_byte(buf, text.p[i]);
		}
	}
}

void buf_put_csv(struct buf *buf, struct slice text)
{
	buf_put_byte(buf, '"');
	size_t lead = 0;
	while (lead < text.n && text.p[lead] == '\'') {
		lead++;
	}
	/* One more where there are some already, so that taking one away gives the text again. */
	if (lead < text.n && memchr("=+-@\t\r", text.p[lead], 6) != NULL) {
		buf_put_byte(buf, '\'');
	}
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"') {
			buf_put_byte(buf, '"');
		}
		buf_put_byte(buf, text.p[i]);
	}
	buf_put_byte(buf, '"');
}

void buf_put_base64(struct buf *buf, struct slice octets)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < octets.n; i += 3) {
		size_t left = octets.n - i;
		uint32_t word = (uint32_t)octets.p[i] << 16;
		word |= left > 1 ? (uint32_t)octets.p[i + 1] << 8 : 0;
		word |= left > 2 ? (uint32_t)octets.p[i + 2] : 0;
		buf_put_byte(buf, (uint8_t)digit[word >> 18]);
		buf_put_byte(buf, (uint8_t)digit[word >> 12 & 63]);
		buf_put_byte(buf, left > 1 ? (uint8_t)digit[word >> 6 & 63] : '=');
		buf_put_byte(buf, left > 2 ? (uint8_t)digit[word & 63] : '=');
	}
}

/* Longest run of whole UTF-8 characters of at most max octets. */
static size_t whole_chars(struct slice text, size_t max)
{
	if (text.n <= max) {
		return text.n;
	}
	size_t n = max;
	while (n > 0 && (text.p[n] & 0xc0) == 0x80) {
		n--;
	}
	return n > 0 ? n : max;
}

void buf_put_mail_header(struct buf *buf, struct slice text)
{
	bool plain = true;
	for (size_t i = 0; i < text.n; i++) {
		plain = plain && text.p[i] >= 0x20 && text.p[i] < 0x7f;
	}
	if (plain && slice_find(text, SLICE("=?")) == SIZE_MAX) {
		buf_put(buf, text);
		return;
	}
	/* RFC 2047 section 2: an encoded word is at most 75 characters, so 45 octets. */
	for (bool first = true; text.n > 0; first = false) {
		size_t n = whole_chars(text, 45);
		buf_put_str(buf, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
		buf_put_base64(buf, slice_head(text, n));
		buf_put_str(buf, "?=");
		text = slice_skip(text, n);
	}
}
