/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Is a time server there, is its clock set, and how far is it from ours?
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/ntp.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: ntp.ok ntp.slow ntp.offset ntp.stratum ntp.unsynchronised ntp.rate
 *        ntp.denied ntp.kiss ntp.refused ntp.timeout ntp.malformed ntp.no_route
 *        ntp.host_unreachable ntp.failed.
 *
 * Returns: as ask_start.
 */
NODISCARD int ntp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
