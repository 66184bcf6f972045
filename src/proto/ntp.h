/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NTP version 4: a client's question, and what the answer says of the
 * server's clock.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/ntp.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum { NTP_OCTETS = 48, NTP_LEAP_UNSYNCHRONISED = 3, NTP_STRATUM_UNSYNCHRONISED = 16 };

struct ntp_reply {
	uint8_t leap; /* 0..3, 3 = the clock is not synchronised */
	uint8_t version;
	uint8_t stratum;   /* 0 = a kiss of death, or unspecified */
	char reference[5]; /* stratum 0 and 1: four letters ("RATE", "GPS"), else "" */
	int64_t offset_us; /* server's clock minus ours */
	int64_t delay_us;  /* there and back, without the server's own time */
	int64_t root_dispersion_us;
};

/**
 * Source:  RFC 5905 section 7.3; the transmit timestamp is a cookie (the server
 *          only copies it), so that our clock is not told.
 * Shape:   ret_octets is NTP_OCTETS.
 */
void ntp_put_query(uint64_t cookie, uint8_t ret_octets[NTP_OCTETS]);

/**
 * Source:  RFC 5905 sections 7.3, 7.4 (kiss codes) and 8 (offset and delay).
 * Shape:   sent_us and came_us are our clock, unix microseconds.
 * Returns: 0, E_SHORT, or E_FORMAT when it is no server's answer to this cookie.
 */
NODISCARD int ntp_parse_reply(struct slice datagram, uint64_t cookie, int64_t sent_us,
	int64_t came_us, struct ntp_reply *ret_reply);
