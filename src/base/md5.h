/* SPDX-License-Identifier: Apache-2.0 */
/**
 * MD5, for the one wire format that cannot do without it (RADIUS).  It keeps
 * nothing secret and proves nothing elsewhere: use base/digest.h.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum { MD5_OCTETS = 16 };

/** Digest of the concatenation of several runs.  Source: RFC 1321. */
void md5_of_parts(const struct slice *parts, size_t count, uint8_t ret_octets[MD5_OCTETS]);

/** Source:  RFC 2104 with MD5. */
void md5_hmac(struct slice key, struct slice octets, uint8_t ret_octets[MD5_OCTETS]);
