/* SPDX-License-Identifier: Apache-2.0 */
/**
 * UTF-8 (RFC 3629) and GB18030 text.
 *
 * Layer: base.  Threading: reentrant.  Fuzz target: fuzz/text.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

/** Is every octet part of a well-formed, shortest-form, non-surrogate sequence? */
bool utf8_valid(struct slice text);

/** Octets at the front of the text that are well-formed; all of them when utf8_valid. */
size_t utf8_span(struct slice text);

/**
 * Take the next code point off the front.
 *
 * Source:  RFC 3629 section 4.
 * Returns: octets consumed (1..4) and the code point; on a malformed octet 1
 *          and U+FFFD; 0 at the end.
 */
unsigned utf8_next(struct slice text, uint32_t *ret_code_point);

/**
 * Write one code point; surrogates and values above U+10FFFF become U+FFFD.
 *
 * Returns: octets written, 1..4.
 */
unsigned utf8_encode(uint32_t code_point, uint8_t *ret_octets);

/** Append one code point; surrogates and values above U+10FFFF become U+FFFD. */
void utf8_put(struct buf *buf, uint32_t code_point);

/** Append the text with malformed octets replaced by U+FFFD. */
void utf8_put_clean(struct buf *buf, struct slice text);

/** Code points in the text. */
size_t utf8_count(struct slice text);

/**
 * Make the GB18030 converter ready.  Loads a module of the C library from
 * disk, so it is called before a role's fence.
 *
 * Returns: 0, or -errno when the C library has no GB18030.
 */
NODISCARD int gb18030_init(void);

/**
 * Convert GB18030 (thus GBK and GB 2312) to UTF-8.
 *
 * Source:  GB 18030-2005.
 * Returns: 0; E_FORMAT at the first octet that is not GB18030, with nothing
 *          appended; E_LIMIT when buf is full; E_UNSUPPORTED without init.
 */
NODISCARD int gb18030_to_utf8(struct slice text, struct buf *buf);
