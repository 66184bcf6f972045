/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One datagram to a service and its answer: UDP from a random port, heard
 * only from the address asked, with one deadline.  A set bounds how many are
 * under way and can end them all.
 *
 * A kind says what its codes are and reads the datagrams; a datagram it does
 * not take may be forged, so the true answer is waited for.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/check.h"

struct ask_set;

enum { ASK_SET_LIMIT = 4096, ASK_REPLY_MAX = 4096, ASK_QUERY_MAX = 4096, ASK_CASE_MAX = 2304 };

/** The codes of what may go wrong with any datagram; static. */
struct ask_codes {
	const char *refused; /* nothing listens there */
	const char *timeout;
	const char *ignored; /* only datagrams came that were no answer */
	const char *no_route;
	const char *host_unreachable;
	const char *failed; /* our own machine's fault */
	const char *slow;
};

struct ask_query {
	const struct check_spec *spec;
	const struct ask_codes *codes;
	struct slice octets; /* copied */
	const void *matter;  /* what take needs to know the answer by; copied */
	size_t matter_octets;
	/**
	 * Judge a datagram: set state, code and arguments.  Returns false when it is no
	 * answer to this question; at_us is when it came, in unix microseconds.
	 */
	bool (*take)(const void *matter, const struct check_spec *spec, struct slice datagram,
		int64_t at_us, struct check_result *result);
};

/** Owns:    the result; end it with ask_set_close.  NULL without memory. */
struct ask_set *ask_set_create(uv_loop_t *loop, uint32_t open_max);
/** Forget what is under way, without results; memory goes with the last of it. */
void ask_set_close(struct ask_set *set);
uint32_t ask_set_count(const struct ask_set *set);

/** Ask.  Returns: 0, E_BUSY at open_max, E_LIMIT for too long a question, or -errno. */
NODISCARD int ask_start(
	struct ask_set *set, const struct ask_query *query, struct check_sink sink);

/** Now, as take's at_us says it. */
int64_t ask_now_us(void);
