/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does the log-in page of a CAS server come, with a form that could be sent?
 * Nobody logs in.
 *
 * Layer: probe.  Threading: the loop's thread.  Parsers: proto/http1.h, proto/casform.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

enum { CAS_PAGE_MAX = 256 * 1024 };

/**
 * Codes: cas.ok cas.slow cas.status cas.no_form cas.no_token cas.malformed
 *        cas.timeout cas.closed, and tcp.* tls.*.
 *
 * Returns: as converse_start; E_INPUT for a path or name that is none.
 */
NODISCARD int cas_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
