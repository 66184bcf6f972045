/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What several kinds of check conclude alike: a connection that did not
 * come about, and a certificate.
 *
 * Layer: probe.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"
#include "probe/check.h"

struct stream;
struct tls_seen;

/**
 * A connection that failed or ran out of time, as state and code:
 * tcp.refused tcp.reset tcp.closed tcp.timeout tcp.no_route tcp.failed
 * (our own machine's fault: unknown) tls.failed.  error is 0 for the time-out.
 */
void verdict_stream(struct check_result *result, int error, const char *reason);

/**
 * Judge a certificate at a moment.  Returns false, having set state and code,
 * for the gravest fault found: tls.no_certificate tls.unreadable tls.expired
 * tls.not_yet_valid tls.self_signed tls.untrusted tls.wrong_name
 * tls.old_protocol tls.expires_soon.  Days left go into the measurements.
 *
 * Shape:   name is what the certificate must name: the spec's name, else its address.
 */
bool verdict_certificate(struct check_result *result, const struct check_spec *spec,
	const struct tls_seen *seen, struct slice der);

/** spec->timeout_ms within its bounds. */
uint32_t verdict_timeout_ms(const struct check_spec *spec);
