/* SPDX-License-Identifier: Apache-2.0 */
/**
 * ICMP echo (RFC 792, RFC 4443) and the error messages that quote it.
 *
 * Our requests carry {slot, generation, cookie} in the payload: the identifier
 * and sequence number are 16 bits each and repeat within seconds at a hundred
 * thousand targets, and they can be guessed; the cookie cannot.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/icmp.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

/** Header (8), slot, generation, cookie (16), then zeros to the usual small ping. */
enum { ECHO_OCTETS = 40, ECHO_HEAD4_OCTETS = 20 };

struct icmp_echo {
	uint16_t id;
	uint16_t seq;
	uint32_t slot;
	uint32_t generation;
	uint64_t cookie;
};

enum icmp_seen_kind {
	ICMP_SEEN_OTHER, /* well formed, not about an echo */
	ICMP_SEEN_REPLY,
	ICMP_SEEN_ERROR, /* about an echo request quoted in it */
};

struct icmp_seen {
	enum icmp_seen_kind kind;
	uint8_t type;
	uint8_t code;
	struct icmp_echo echo;
	bool has_payload; /* slot, generation and cookie were there; old routers quote 8 octets only */
	uint8_t quoted_to
		[16]; /* error: where the quoted request went; IPv4 in the first four */
};

/**
 * Write an echo request.
 *
 * Source:  RFC 792 p. 14; RFC 4443 section 4.1.  The checksum of version 6 is
 *          left 0: the kernel computes it with the pseudo header.
 * Shape:   family is 4 or 6.
 */
void icmp_put_echo(
	const struct icmp_echo *echo, unsigned family, uint8_t ret_octets[ECHO_OCTETS]);

/**
 * Write the IPv4 header that goes before an echo request on a raw socket that wants
 * one (IP_HDRINCL): not to be fragmented, so that its identification may be any (RFC 6864
 * section 4.1).  Source address, length and checksum are left 0: the kernel fills them in.
 *
 * Source:  RFC 791 section 3.1; raw(7).
 */
void icmp_put_head4(const uint8_t to[4], uint8_t ret_octets[ECHO_HEAD4_OCTETS]);

/**
 * Read what a raw IPv4 socket gives: IP header first.
 *
 * Source:  RFC 791 section 3.1, RFC 792.
 * Returns: 0, E_SHORT, or E_FORMAT (version, lengths, protocol or checksum wrong).
 */
NODISCARD int icmp_parse4(struct slice packet, struct icmp_seen *ret_seen);

/**
 * Read what a raw ICMPv6 socket gives: the message, its checksum verified by the kernel.
 *
 * Source:  RFC 4443 section 3 and 4; a quoted packet with extension headers is not read.
 * Returns: 0, E_SHORT or E_FORMAT.
 */
NODISCARD int icmp_parse6(struct slice message, struct icmp_seen *ret_seen);

/** The Internet checksum of octets (RFC 1071), as it goes into the header. */
uint16_t icmp_checksum(struct slice octets);
