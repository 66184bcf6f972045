/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names of targets to addresses, and addresses to names, by the resolvers of the configuration and
 * no others: no resolv.conf, no hosts file.  Answers are kept for their TTL;
 * when the resolvers fall silent the last answer still serves.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/addr.h"

struct resolver;

enum {
	RESOLVER_CACHE_MAX = 16384,
	RESOLVER_INFLIGHT_MAX = 1024,
	RESOLVER_TTL_MIN_S = 5,
	RESOLVER_TTL_MAX_S = 3600,
	RESOLVER_NAME_MAX = 120, /* octets of a name that an address is told to have */
};

struct resolver_stats {
	uint64_t asked;
	uint64_t failed;
	uint64_t served_stale;
	uint64_t refused; /* inflight or cache full */
	uint32_t inflight;
};

/** error: 0, E_ABSENT (no such name, or no address), E_BUSY (no usable answer in time), E_CLOSED. */
struct resolver_sink {
	void (*done)(void *user, int error, const struct probe_addr *addr);
	void *user;
};

/**
 * Shape:   servers is "ADDR[:PORT],…", IPv6 in brackets.
 * Returns: 0, E_INPUT for servers that cannot be read, or -errno.
 * Owns:    *ret_resolver; end it with resolver_close.
 */
NODISCARD int resolver_create(
	uv_loop_t *loop, const char *servers, struct resolver **ret_resolver);

/** The kept answer, when it is still good.  Returns: 0 or E_ABSENT. */
NODISCARD int resolver_get(
	const struct resolver *resolver, const char *name, struct probe_addr *ret_addr);

/** Ask.  IPv4 is preferred.  Returns: 0 or E_LIMIT; the sink may be called before this returns. */
NODISCARD int resolver_start(
	struct resolver *resolver, const char *name, struct resolver_sink sink);

/** error: 0, E_ABSENT (no name, or none a machine can have), E_BUSY, E_CLOSED; name is borrowed. */
struct resolver_name_sink {
	void (*done)(void *user, uint64_t tag, int error, struct slice name);
	void *user;
	uint64_t tag;
};

/**
 * Ask what name an address has (PTR).  Nothing is kept: who asks again wants to know again.
 *
 * Source:  RFC 1035 section 3.5, RFC 3596 section 2.5; RFC 2317 (an alias before it).
 *          Parser: proto/dnsmsg.h.
 * Returns: 0 or E_LIMIT; the sink may be called before this returns.
 */
NODISCARD int resolver_name(struct resolver *resolver, const struct probe_addr *addr,
	struct resolver_name_sink sink);

struct resolver_stats resolver_stats(const struct resolver *resolver);

/** What is in flight ends with E_CLOSED, now. */
void resolver_close(struct resolver *resolver);
