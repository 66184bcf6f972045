/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a mail server greet, take EHLO, and begin TLS when asked to?
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/mailtalk.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: smtp.ok smtp.slow smtp.unavailable smtp.malformed smtp.command_refused smtp.no_tls
 *        smtp.tls_refused smtp.greeting_wrong smtp.timeout smtp.closed, and tcp.* tls.*.
 *
 * Returns: as converse_start.
 */
NODISCARD int smtp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
