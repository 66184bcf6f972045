/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/knock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

static size_t row_of(sa_family_t family)
{
	return family == AF_INET6;
}

int knock_take(struct knock_shelf *shelf, sa_family_t family, bool *ret_kept)
{
	const int off = 0;
	size_t row = row_of(family);
	bool kept = shelf->count[row] > 0;
	int fd = kept ? shelf->fds[row][--shelf->count[row]]
		      : socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}
	/* Each connection begins with the default.  Refused, it is only acknowledged after all. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
	*ret_kept = kept;
	return fd;
}

void knock_done(struct knock_shelf *shelf, sa_family_t family, int fd)
{
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	size_t row = row_of(family);
	/* The kernel sends the reset, and gives up the port. */
	if (connect(fd, &nowhere, sizeof(nowhere)) == 0 &&
		shelf->count[row] < KNOCK_SHELF_MAX) {
		shelf->fds[row][shelf->count[row]++] = fd;
	} else {
		(void)close(fd);
	}
}

void knock_shelf_fini(struct knock_shelf *shelf)
{
	for (size_t row = 0; row < 2; row++) {
		while (shelf->count[row] > 0) {
			(void)close(shelf->fds[row][--shelf->count[row]]);
		}
	}
}
