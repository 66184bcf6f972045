/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The certificate and protocol a TLS port shows: chain against the
 * authorities given, name, dates.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct stream_set;
struct tls_client;

/**
 * Codes: tls.ok tls.slow tls.timeout tls.failed tls.closed, the certificate's
 *        of probe/verdict.h, and tcp.* where no connection came about.
 *
 * Returns: 0, E_BUSY at the set's limit, E_INPUT for a name longer than SNI
 *          takes, or -errno.
 */
NODISCARD int tls_check_start(struct stream_set *set, struct tls_client *client,
	const struct check_spec *spec, struct check_sink sink);
