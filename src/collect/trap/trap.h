/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The receiver of SNMP traps and informs: datagrams on inherited sockets are
 * decoded, repeats and storms held back and counted, informs answered.
 *
 * Layer: collect.  Threading: the loop's thread.  Parser: proto/trap.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "proto/trap.h"

struct usm_user;

enum {
	COLLECT_TRAP_SOCKETS_MAX = 16,
	COLLECT_TRAP_OCTETS_MAX = 16384, /* of one datagram; longer ones are counted as cut */
	COLLECT_TRAP_USERS_MAX = 64,
};

struct collect_trap_event {
	int64_t at_unix_ms;
	struct slice source; /* address as text */
	bool is_verified;    /* version 3: signed by a user we know */
	uint32_t unsaid;     /* repeats of it that were held back before */
	const struct trap *trap;
};

struct collect_trap_options {
	uv_loop_t *loop;
	const int *udp_fds; /* bound; taken over and made non-blocking */
	size_t udp_count;
	const struct usm_user *users; /* version 3; borrowed */
	size_t user_count;
	uint8_t seed[16];
	/** Each trap that is news; everything in it is borrowed for the call. */
	void (*on_trap)(void *user, const struct collect_trap_event *event);
	void *user;
};

struct collect_trap_counters {
	uint64_t datagrams;
	uint64_t octets;
	uint64_t news;
	uint64_t repeats;
	uint64_t storm; /* left out: their source had said enough */
	uint64_t malformed;
	uint64_t no_traps; /* well formed, and something else */
	uint64_t sealed;   /* version 3 of a user we do not know */
	uint64_t forged;   /* version 3: digest or clock does not agree */
	uint64_t cut;
	uint64_t informs_answered;
	uint64_t kernel_drops;
	uint64_t read_errors;
};

struct collect_trap;

/**
 * Owns:    *ret_collect, and the descriptors once this succeeds.
 * Returns: 0, E_LIMIT past COLLECT_TRAP_SOCKETS_MAX or _USERS_MAX, or -errno; then
 *          nothing was taken.
 */
NODISCARD int collect_trap_create(
	const struct collect_trap_options *options, struct collect_trap **ret_collect);

/** Closes all sockets; the memory goes when the loop has run its close callbacks.  Returns: NULL. */
struct collect_trap *collect_trap_destroy(struct collect_trap *collect);

const struct collect_trap_counters *collect_trap_counters(const struct collect_trap *collect);
