/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Names of configured endpoints to addresses by the machine's name servers,
 * so that curl never resolves: its resolver would start threads.
 *
 * Layer: courier.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct lookup;

enum { LOOKUP_INFLIGHT_MAX = 64, LOOKUP_SERVERS_MAX = 3, LOOKUP_ADDRESS_MAX = 64 };

/** address is empty unless error is 0; else E_ABSENT (no such name), E_BUSY (no answer), E_CLOSED. */
typedef void (*lookup_fn)(void *user, int error, const char *address);

/**
 * The name servers of a resolv.conf, parted by commas as lookup_create takes them.
 *
 * Source:  resolv.conf(5): at most three count.
 */
void lookup_servers(struct slice resolv_conf, struct buf *out);

/**
 * Opens a file or two, so it is called before the fence.
 *
 * Shape:   servers is "ADDR[:PORT],…", IPv6 in brackets; empty = nothing can be resolved.
 * Owns:    *ret_lookup; end it with lookup_close.
 * Returns: 0, E_INPUT for servers that cannot be read, or -errno.
 */
NODISCARD int lookup_create(uv_loop_t *loop, const char *servers, struct lookup **ret_lookup);

/** May answer before it returns; a literal address and localhost always do.  Returns: 0 or E_LIMIT. */
NODISCARD int lookup_start(struct lookup *lookup, const char *name, lookup_fn done, void *user);

/** What is in flight ends with E_CLOSED, now; memory goes with the loop's next turns. */
void lookup_close(struct lookup *lookup);
