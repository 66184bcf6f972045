/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does a DHCP server offer addresses, the right ones, and is it one of ours?
 * Asked as a relay, any server may be asked by its address; asked by broadcast
 * from an interface, every server on the link is heard, also one nobody set up.
 * Nothing offered is taken.
 *
 * One raw socket, opened before the fence, serves every check.  While none is
 * under way it hears nothing, and a port is never held.
 *
 * Layer: probe.  Threading: the loop's thread.  Parser: proto/dhcp.h.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"

struct dhcp_asker;
struct engines;

enum { DHCP_INFLIGHT_MAX = 256, DHCP_LISTEN_MS = 1500 };

/** A raw socket for DHCP over IPv4.  Returns: the descriptor, or -errno (it takes a privilege). */
NODISCARD int dhcp_socket(void);

/**
 * fd is borrowed; -1 = checks say dhcp.no_socket.
 *
 * Owns:    *ret_asker; end it with dhcp_asker_close.
 * Returns: 0 or -errno.
 */
NODISCARD int dhcp_asker_create(uv_loop_t *loop, int fd, struct dhcp_asker **ret_asker);
/** What is under way is dropped without result; memory goes on the next turns of the loop. */
void dhcp_asker_close(struct dhcp_asker *asker);

/**
 * Codes: dhcp.ok dhcp.slow dhcp.rogue dhcp.wrong_network dhcp.none dhcp.refused
 *        dhcp.no_route dhcp.failed dhcp.no_socket dhcp.no_interface.
 *
 * Returns: 0, E_BUSY at DHCP_INFLIGHT_MAX, E_INPUT for an IPv6 target or a relay
 *          that is no IPv4 address, or -errno.
 */
NODISCARD int dhcp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink);
