/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Addresses and networks as records hold them: IPv4 is kept as IPv4-mapped
 * IPv6 (RFC 4291 section 2.5.5.2), so that one order and one prefix length
 * serve both.
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/network.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

struct network {
	uint8_t octet[16]; /* first address; bits past the prefix are zero */
	uint8_t prefix;    /* 0..128; an IPv4 /n is kept as 96 + n */
};

/**
 * "10.1.2.3", "10.1.0.0/16", "2001:db8::1", "[::1]", "2001:db8::/32".
 *
 * Returns: 0, E_FORMAT, or E_RANGE for a prefix that is too long.
 */
NODISCARD int network_parse(struct slice text, struct network *ret_network);

/** Is the address (a network of one address, or wider) inside? */
bool network_contains(const struct network *network, const struct network *inner);
/** network_contains of two texts; false when either is malformed. */
bool network_contains_text(struct slice network, struct slice address);

/** The network with only the first prefix bits left. */
struct network network_cut(const struct network *network, uint8_t prefix);

/** The first address as people write it: "10.1.2.3", or as RFC 5952 section 4. */
void network_put_address(struct buf *buf, const struct network *network);

/** 32 lower-case hexadecimal digits of the first address, and a NUL. */
void network_hex(const struct network *network, char ret_text[33]);
/** Back again, with the prefix kept beside it.  Returns: 0, E_FORMAT or E_RANGE. */
NODISCARD int network_of_hex(struct slice text, int64_t prefix, struct network *ret_network);

enum { NETWORK_TEXT_MAX = 50 };

/** As people write it (RFC 5952); "/n" behind when it is wider than one address. */
void network_text(const struct network *network, char ret_text[NETWORK_TEXT_MAX]);
