/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-acceptor PORT: takes every connection on every address, says nothing
 * and hangs up when so many others have come or a moment has passed: by then
 * the other side has, and it is as cheap as a server can be.  Says "ready"
 * once it listens; ends by SIGTERM.
 */
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"
#include "base/slice.h"

enum { HELD = 2048, QUIET_MS = 200, BACKLOG = 4096 };

static int held[HELD]; /* a ring; 0 = free */

static void hold(unsigned at, int fd)
{
	if (held[at] != 0) {
		(void)close(held[at]);
	}
	held[at] = fd;
}

int main(int argc, char **argv)
{
	uint64_t port = 0;
	int on = 1;
	if (argc != 2 || num_u64(slice_str(argv[1]), 65535, &port) < 0) {
		return 2;
	}
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd wanted = { .fd = listener, .events = POLLIN };
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(listener, BACKLOG) < 0) {
		return 3;
	}
	(void)puts("ready");
	(void)fflush(stdout);
	for (unsigned next = 0;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			hold(next, fd);
			next = (next + 1) % HELD;
		} else if (poll(&wanted, 1, QUIET_MS) == 0) {
			for (unsigned i = 0; i < HELD; i++) {
				hold(i, 0);
			}
		}
	}
}
