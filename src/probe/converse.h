/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One dialogue with a service over one connection or several after one another, TLS from the first octet,
 * begun in its middle, or not at all.  The kind's codec says what to send and
 * when it is over; this drives it, judges the certificate, and keeps the time.
 * A password is not sent before the certificate was found good.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/check.h"
#include "proto/talk.h"

struct buf;
struct engines;

/** A kind of service; all static.  state is state_octets of zeroed memory. */
struct converse_service {
	size_t state_octets;
	size_t out_max; /* octets sent in one turn */
	const char *slow;
	const char *timeout; /* connected, and then nothing in time */
	const char *closed;  /* connected, and hung up in the middle */
	/** spec outlives the state.  secured = TLS from the first octet. */
	void (*init)(void *state, const struct check_spec *spec);
	/** What a client says first on each connection; NULL = the service speaks first. */
	void (*begin)(void *state, struct buf *out);
	enum talk_step (*feed)(void *state, struct slice octets, struct buf *out);
	/** TLS that was begun in the dialogue is there. */
	void (*secured)(void *state, struct buf *out);
	/** The service has hung up, or was silent for too long.  TALK_DONE = judge what
	 *  came, TALK_ANEW = connect anew; NULL = there is nothing to judge. */
	enum talk_step (*ended)(void *state, bool hung_up);
	/** It is over: set state, code and arguments. */
	void (*judge)(
		const void *state, const struct check_spec *spec, struct check_result *result);
	void (*fini)(void *state);
};

/** user and password: NULL where the kind has none. */
struct converse_login {
	const char *user;
	const char *password;
};

/**
 * Codes beside the service's: tcp.* of a connection that did not come about,
 * tls.* of a handshake or a certificate.
 *
 * Returns: 0; E_DENIED for a log-in without TLS; E_ABSENT for a user without
 *          password; E_BUSY; or -errno.
 */
NODISCARD int converse_start(const struct engines *engines,
	const struct converse_service *service, const struct check_spec *spec,
	struct converse_login login, struct check_sink sink);
