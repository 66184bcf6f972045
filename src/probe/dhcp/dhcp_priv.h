/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The socket under the DHCP checks.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

/** Options and filter, once.  Returns: 0 or -errno. */
NODISCARD int dhcp_socket_prepare(int fd);
/** Hear what comes, or nothing. */
void dhcp_socket_listen(int fd, bool on);
/** To an address in host order, from an interface (0 = the route's).  Returns: 0 or -errno. */
NODISCARD int dhcp_socket_send(
	int fd, uint32_t to, uint32_t source, unsigned interface, struct slice octets);
/** The next packet.  Returns: octets, 0 = none is there. */
size_t dhcp_socket_read(int fd, uint8_t *ret_octets, size_t room);
/** The next error an ICMP message brought.  Returns: its errno, 0 = none; and whom it was about. */
int dhcp_socket_error(int fd, uint32_t *ret_about);
