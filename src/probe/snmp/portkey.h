/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which port of today is which of yesterday?  ifIndex may change at every
 * restart (RFC 2863 section 3.1.5); name, description and MAC stay.
 *
 * Layer: probe.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum { PORTKEY_MAX = 8192 };

#define PORTKEY_NEW UINT32_MAX

struct portkey {
	struct slice name;  /* ifName */
	struct slice descr; /* ifDescr */
	struct slice mac;   /* ifPhysAddress */
};

/**
 * For each port seen its place among the known, or PORTKEY_NEW.  The surest
 * agreement is taken first (all three, then name, description, MAC), and of the
 * weaker ones only those that single out one port on either side.
 *
 * Shape:   ret_known has seen_count places; seed is 16 secret octets.
 * Returns: how many were recognised, or E_LIMIT past PORTKEY_MAX on either side.
 */
NODISCARD int portkey_match(const struct portkey *known, size_t known_count,
	const struct portkey *seen, size_t seen_count, const uint8_t seed[16],
	uint32_t *ret_known);
