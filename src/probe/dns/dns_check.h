/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Asks one DNS server one question over UDP, and over TCP when the answer
 * was cut, and compares what comes back.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/dnsmsg.h.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"

struct dns_checker;
struct stream_set;

enum { DNS_INFLIGHT_LIMIT = 4096 };

/** Owns:    the result; end it with dns_checker_close before the set.  NULL without memory. */
struct dns_checker *dns_checker_create(struct stream_set *set, uint32_t inflight_max);
/** Forget what is in flight, without results. */
void dns_checker_close(struct dns_checker *checker);
uint32_t dns_checker_count(const struct dns_checker *checker);

/**
 * Codes: dns.ok dns.slow dns.rcode dns.no_answer dns.wrong_answer
 *        dns.not_authoritative dns.not_authenticated dns.timeout dns.malformed
 *        dns.refused dns.no_route dns.failed, and tcp.* after a cut answer.
 *
 * Returns: 0, E_BUSY at inflight_max, E_INPUT for a query_name that is none, or -errno.
 */
NODISCARD int dns_check_start(
	struct dns_checker *checker, const struct check_spec *spec, struct check_sink sink);
