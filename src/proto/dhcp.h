/* SPDX-License-Identifier: Apache-2.0 */
/**
 * DHCP: one DISCOVER out, an OFFER back.  The offer is never asked for, so
 * no lease comes of it.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/dhcp.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum {
	DHCP_HARDWARE = 6,
	DHCP_MESSAGE_MIN = 300, /* RFC 1542 section 2.1: shorter ones some relays drop */
	DHCP_MESSAGE_MAX = 1500,
	DHCP_PORT_SERVER = 67,
	DHCP_PORT_CLIENT = 68,
	DHCP_UDP_HEAD = 8,
	DHCP_OFFER = 2,
};

struct dhcp_discover {
	uint32_t xid;
	uint32_t
		relay; /* giaddr, host order; 0 = we are on the link, and ask for a broadcast */
	uint8_t hardware[DHCP_HARDWARE];
};

/** IPv4 addresses are numbers in host order, 0 = not said. */
struct dhcp_reply {
	uint32_t xid;
	uint8_t type; /* message type, DHCP_OFFER … */
	uint8_t hardware[DHCP_HARDWARE];
	uint32_t address; /* yiaddr */
	uint32_t server;  /* server identifier, else siaddr */
	uint32_t mask;
	uint32_t router;   /* the first */
	uint32_t resolver; /* the first */
	uint32_t lease_s;
};

/** A UDP header (checksum 0 = none, RFC 768) and the message, for a raw socket. */
void dhcp_put_discover(struct buf *buf, const struct dhcp_discover *discover);

/**
 * The message behind the UDP header.
 *
 * Source:  RFC 2131 section 2; RFC 2132 (options 1, 3, 6, 51, 52, 53, 54; overload into
 *          file and sname, section 9.3); RFC 3396 is not read: no option here is long.
 * Returns: 0, E_SHORT, or E_FORMAT when it is no server's message.
 */
NODISCARD int dhcp_parse_reply(struct slice message, struct dhcp_reply *ret_reply);

/**
 * What a raw IPv4 socket gives: header, UDP header, message.
 *
 * Source:  RFC 791 section 3.1; RFC 768.
 * Returns: 0 and who sent it and the message (borrowed), or E_FORMAT when it is not
 *          from a server's port to a client's or a relay's.
 */
NODISCARD int dhcp_cut_packet(
	struct slice packet, uint32_t *ret_source, struct slice *ret_message);
