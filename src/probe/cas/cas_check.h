/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does the log-in page of a CAS server come, with a form that could be sent?
 * With user and password the whole log-in is done, with a service its ticket is
 * validated as that service would, and the session is ended again.
 *
 * Layer: probe.  Threading: the loop's thread.  Parsers: proto/http1.h, proto/casform.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

enum { CAS_PAGE_MAX = 256 * 1024 };

/**
 * Source: CAS protocol 3.0 sections 2.1, 2.2, 2.3 and 2.5.
 * Codes:  cas.ok cas.slow cas.status cas.no_form cas.no_token cas.malformed
 *         cas.timeout cas.closed; of a log-in cas.logged_in cas.ticket_good (up),
 *         cas.login_refused cas.locked cas.login_status cas.no_ticket
 *         cas.ticket_refused {reason} (down), cas.encrypted (unknown: a script of the
 *         page is to encrypt the password); and tcp.* tls.*.
 * Returns: as converse_start; E_INPUT for a path or name that is none.
 */
NODISCARD int cas_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
