/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a RADIUS server answer, prove that it knows the secret, and let a
 * test account in?  Without an account it is only asked whether it is there.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/radius.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: radius.ok radius.alive radius.slow radius.rejected radius.challenge
 *        radius.unproven (wrong secret, or somebody else answers) radius.refused
 *        radius.timeout radius.no_route radius.host_unreachable radius.failed
 *        check.no_secret.
 *
 * Returns: as ask_start.
 */
NODISCARD int radius_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
