/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a POP3 server greet, say what it can do, begin TLS, and let a test
 * account in?
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/mailtalk.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: pop3.ok pop3.slow pop3.unavailable pop3.malformed pop3.command_refused pop3.no_tls
 *        pop3.tls_refused pop3.greeting_wrong pop3.timeout pop3.closed
 *        pop3.login_off pop3.login_refused check.needs_tls check.no_secret, and tcp.* tls.*.
 *
 * Returns: as converse_start.
 */
NODISCARD int pop3_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
