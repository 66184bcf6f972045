/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does an SSH server say who it is and with what algorithms, and is its host
 * key the one it should be?  Nobody logs in.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/sshtalk.h.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct engines;

/**
 * Codes: ssh.ok ssh.slow ssh.unavailable ssh.malformed ssh.old_protocol
 *        ssh.banner_wrong ssh.host_key_changed ssh.host_key_unseen ssh.timeout
 *        ssh.closed, and tcp.*.
 *
 * Returns: as converse_start.
 */
NODISCARD int ssh_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
