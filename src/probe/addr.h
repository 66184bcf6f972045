/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An IPv4 or IPv6 address in 24 octets, as checks hold it: small enough for
 * a hundred thousand targets, comparable, without port.
 *
 * Layer: probe.  Threading: reentrant.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct network;

struct probe_addr {
	uint8_t octet[16]; /* IPv4 in the first four */
	uint32_t scope_id; /* IPv6 link-local only */
	uint8_t family;    /* 4, 6, or 0 = none */
};

union probe_sockaddr {
	struct sockaddr sa;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

/**
 * Literal address: dotted quad or RFC 4291 section 2.2 text, without zone.
 *
 * Returns: 0 or E_FORMAT.
 */
NODISCARD int probe_addr_parse(struct slice text, struct probe_addr *ret_addr);

/** RFC 5952 text; nothing for no address. */
void probe_addr_put(struct buf *buf, const struct probe_addr *addr);

/** Of a network of one address; a mapped one (::ffff:a.b.c.d) is IPv4. */
struct probe_addr probe_addr_of_network(const struct network *network);

bool probe_addr_eq(const struct probe_addr *a, const struct probe_addr *b);

/** The system's form with a port; the length is for bind, connect and sendmsg. */
socklen_t probe_addr_to_sockaddr(
	const struct probe_addr *addr, uint16_t port, union probe_sockaddr *ret_sockaddr);

/** From the system's form; a mapped IPv4 address (::ffff:a.b.c.d) stays IPv6. */
struct probe_addr probe_addr_of_sockaddr(const struct sockaddr *sa);
