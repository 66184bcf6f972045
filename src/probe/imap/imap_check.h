/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does an IMAP server greet, say what it can do, begin TLS, and let a test
 * account in?
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/mailtalk.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: imap.ok imap.slow imap.unavailable imap.malformed imap.command_refused imap.no_tls
 *        imap.tls_refused imap.greeting_wrong imap.timeout imap.closed
 *        imap.login_off imap.login_refused check.needs_tls check.no_secret, and tcp.* tls.*.
 *
 * Returns: as converse_start.
 */
NODISCARD int imap_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
