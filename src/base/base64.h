/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Base64 back to octets.  The way there is buf_put_base64.
 *
 * Layer: base.  Threading: reentrant.  Fuzz target: fuzz/csv.c.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

/**
 * Append the octets.
 *
 * Source:  RFC 4648 section 4; white space between is passed over, padding
 *          must be there, bits that stand for nothing must be zero.
 * Returns: 0, or E_FORMAT with part of it appended.  What does not fit fails the buf.
 */
NODISCARD int base64_decode(struct slice text, struct buf *ret_octets);
