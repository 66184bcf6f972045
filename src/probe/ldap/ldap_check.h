/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a directory answer, begin TLS, accept a bind (anonymous without an
 * account), and hold the naming context it should?
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/ldaptalk.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: ldap.ok ldap.slow ldap.unavailable ldap.malformed ldap.refused_result
 *        ldap.no_tls ldap.tls_refused ldap.login_off ldap.login_refused
 *        ldap.context_missing ldap.timeout ldap.closed check.needs_tls
 *        check.no_secret, and tcp.* tls.*.
 *
 * Returns: as converse_start.
 */
NODISCARD int ldap_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
