/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ICMP echo engine: any number of targets over one raw socket a family.
 * Requests are paced by a token bucket so that a round over a whole campus
 * never leaves as one burst; replies are recognised by a keyed cookie, timed
 * by the kernel's receive time stamp.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/icmp.h.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"

struct ping;

enum { PING_INFLIGHT_LIMIT = 1 << 18, PING_RATE_DEFAULT = 50000 };

struct ping_config {
	int fd4; /* from ping_socket, or inherited; -1 = none.  Borrowed. */
	int fd6;
	uint8_t key[16];       /* secret octets */
	uint32_t inflight_max; /* 1..PING_INFLIGHT_LIMIT; about 120 octets each */
	uint32_t rate_per_s;   /* requests, 0 = PING_RATE_DEFAULT */
};

struct ping_stats {
	uint64_t sent;
	uint64_t replied;
	uint64_t errors; /* answered by an ICMP error */
	uint64_t timed_out;
	uint64_t refused; /* starts refused: inflight_max reached */
	uint64_t late;    /* replies after their time-out, and duplicates */
	uint64_t forged;  /* our identifier, wrong cookie */
	uint64_t malformed;
	uint64_t send_deferred;  /* the socket's buffer was full; tried again */
	uint64_t kernel_dropped; /* receive buffer overflowed */
	uint32_t inflight;       /* queued and sent */
};

/**
 * A non-blocking raw socket.  Needs CAP_NET_RAW.  ping_create filters out
 * everything but echo replies and errors, of inherited sockets too.
 *
 * Shape:   family is 4 or 6.
 * Returns: the descriptor, or -errno.
 */
NODISCARD int ping_socket(unsigned family);

/**
 * Returns: 0, -errno of the loop or socket, or E_RANGE for a bad inflight_max.
 * Owns:    *ret_ping; end it with ping_close.
 */
NODISCARD int ping_create(
	uv_loop_t *loop, const struct ping_config *config, struct ping **ret_ping);

/**
 * One echo to spec->addr; the result comes by the sink.
 * Codes: icmp.ok icmp.slow icmp.timeout icmp.host_unreachable
 *        icmp.net_unreachable icmp.prohibited icmp.ttl_exceeded icmp.error
 *        icmp.no_route icmp.send_failed.
 *
 * Returns: 0, E_BUSY at inflight_max, E_UNSUPPORTED without a socket of the family.
 */
NODISCARD int ping_start(
	struct ping *ping, const struct check_spec *spec, struct check_sink sink);

struct ping_stats ping_stats(const struct ping *ping);

/** Forget what is in flight, without results; the memory goes on the next turns of the loop. */
void ping_close(struct ping *ping);
