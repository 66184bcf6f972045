/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a TCP port accept, how fast, and does it say what it should?
 * With expect_text the first octets the server sends of itself must begin
 * with it; without, the check ends at the handshake.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct stream_set;

enum { TCP_BANNER_MAX = 512 };

/**
 * Codes: tcp.ok tcp.slow tcp.banner_ok tcp.banner_wrong tcp.banner_none
 *        tcp.refused tcp.timeout tcp.no_route tcp.reset tcp.failed.
 *
 * Returns: 0, E_BUSY at the set's limit, or -errno when nothing could be begun.
 */
NODISCARD int tcp_check_start(
	struct stream_set *set, const struct check_spec *spec, struct check_sink sink);
