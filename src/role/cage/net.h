/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What may be reached from the cage: the sets and the counter of its nft table.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/addr.h"

struct net;

enum {
	NET_HOSTS_MAX = 131072, /* registered addresses */
	NET_NAMED_MAX = 4096,   /* addresses registered names have led to lately */
	NET_NAMED_TIMEOUT_S = 3600,
};

struct net_stats {
	uint32_t hosts;
	uint32_t named;
	uint64_t failed;          /* changes the kernel did not take */
	uint64_t full;            /* addresses beyond the limits */
	uint64_t packets_refused; /* sent by plugins to anybody else, and dropped */
};

/**
 * In the cage's namespace, before the fence: empty sets, and the IPv4
 * resolvers of resolv.conf, loopback's left out.
 *
 * Owns:    the result; NULL where nft has no way in.
 */
struct net *net_open(void);
struct net *net_close(struct net *net);

/** Shape: four octets an address.  Replaces the last by difference. */
void net_hosts(struct net *net, struct slice ipv4);

/**
 * May a plugin be run for this address?  One that a registered name has led
 * to is let through for NET_NAMED_TIMEOUT_S.
 */
bool net_allows(struct net *net, const struct probe_addr *addr, bool named);

/** The counter is read anew. */
struct net_stats net_stats(struct net *net);
