/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One GET, over TCP or TLS: status, text in the body, time.  Redirects are
 * reported, never followed: they may lead to a host nobody registered.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/http1.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

enum {
	HTTP_BODY_MAX = 256 * 1024,
	HTTP_PAGE_MAX = 1024 * 1024, /* of a page that is compared */
};

/**
 * Codes: http.ok http.slow http.status http.content_missing http.timeout
 *        http.malformed http.head_too_large http.truncated http.closed; with
 *        compare also those of http/page_compare.h; with use_tls the certificate's of probe/verdict.h when the answer
 *        itself is good; tcp.* and tls.failed where no connection came about.
 *
 * Returns: 0, E_BUSY at the set's limit, E_INPUT for a path, name or host_header
 *          that cannot stand in a request, or -errno.
 */
NODISCARD int http_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
