/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sockets that only knock at a port: connected, then reset before the
 * handshake's last acknowledgement went out, so that the service behind the
 * port never has to accept a connection that says nothing (docs/adr/0015).
 * What has knocked is put on a shelf and knocks again: a new socket each time
 * would cost a third more.
 *
 * Source:  RFC 9293 §3.5.2: a reset ends a half-open connection; tcp(7),
 *          TCP_QUICKACK; connect(2), AF_UNSPEC.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/attr.h"

enum { KNOCK_SHELF_MAX = 1024 };

struct knock_shelf {
	size_t count[2]; /* IPv4, IPv6 */
	int fds[2][KNOCK_SHELF_MAX];
};

/**
 * A socket of the family that is about to knock.
 *
 * Owns:    the caller's until knock_done or close.
 * Returns: the descriptor, or -errno.  *ret_kept: it knocked before, and is in the epolls it was in.
 */
NODISCARD int knock_take(struct knock_shelf *shelf, sa_family_t family, bool *ret_kept);
/** It was connected, which is all that was asked: reset it, and keep it if there is room. */
void knock_done(struct knock_shelf *shelf, sa_family_t family, int fd);
/** Close what is on the shelf. */
void knock_shelf_fini(struct knock_shelf *shelf);
