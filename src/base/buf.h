/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Owned, growing octets with a maximum stated at birth.  Appending past the
 * maximum (or past memory) sets `failed` and changes nothing more, so a long
 * column of puts is checked once at its end.  One NUL always follows the data.
 *
 * Layer: base.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf {
	uint8_t *p;
	size_t n;    /* octets held */
	size_t room; /* octets allocated, the NUL's included */
	size_t max;  /* octets allowed */
	bool failed; /* something did not fit; sticky until buf_clear */
};

/** Start empty; allocates nothing. */
void buf_init(struct buf *buf, size_t max_octets);
void buf_fini(struct buf *buf);
/** Empty again, memory kept, failure forgotten. */
void buf_clear(struct buf *buf);

void buf_put(struct buf *buf, struct slice octets);
void buf_put_str(struct buf *buf, const char *text);
void buf_put_byte(struct buf *buf, uint8_t octet);
void buf_put_i64(struct buf *buf, int64_t value);
PRINTF_LIKE(2, 3) void buf_printf(struct buf *buf, const char *format, ...);
/** Lower-case hexadecimal of the octets. */
void buf_put_hex(struct buf *buf, struct slice octets);
/** Little-endian fixed width, for frames and our own files. */
void buf_put_u8(struct buf *buf, uint8_t value);
void buf_put_u16(struct buf *buf, uint16_t value);
void buf_put_u32(struct buf *buf, uint32_t value);
void buf_put_u64(struct buf *buf, uint64_t value);

/** Room for n more octets to be written directly; NULL when it would not fit. */
NODISCARD uint8_t *buf_reserve(struct buf *buf, size_t n);
/** After buf_reserve: n octets were written. */
void buf_commit(struct buf *buf, size_t n);

static inline struct slice buf_slice(const struct buf *buf)
{
	return (struct slice) { buf->p, buf->n };
}

/** Escape for where the text goes; there is no unescaped way out of base. */
void buf_put_html(struct buf *buf, struct slice text);
/** RFC 4180 field; one that starts with = + - @ TAB or CR gets a leading apostrophe (back: base/csv.h). */
void buf_put_csv(struct buf *buf, struct slice text);
/** A mail header value: RFC 2047 base64 UTF-8 words where needed, no CR or LF ever. */
void buf_put_mail_header(struct buf *buf, struct slice text);
void buf_put_base64(struct buf *buf, struct slice octets);

#define AUTO_BUF CLEANUP(buf_fini)
