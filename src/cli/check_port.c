/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"

struct place_at {
	struct sockaddr_storage address;
	socklen_t n;
	bool loopback;
};

static int address_read(const char *text, struct place_at *at)
{
	char host[INET6_ADDRSTRLEN + 2];
	const char *colon = strrchr(text, ':');
	uint64_t port = 0;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
		num_u64(slice_str(colon + 1), 65535, &port) < 0) {
		return E_FORMAT;
	}
	size_t n = (size_t)(colon - text);
	memcpy(host, text, n);
	host[n] = '\0';
	v4.sin_port = htons((uint16_t)port);
	v6.sin6_port = v4.sin_port;
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
		memcpy(&at->address, &v4, sizeof(v4));
		at->n = sizeof(v4);
		at->loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
		return 0;
	}
	if (n < 3 || host[0] != '[' || host[n - 1] != ']') {
		return E_FORMAT;
	}
	host[n - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &v6.sin6_addr) != 1) {
		return E_FORMAT;
	}
	memcpy(&at->address, &v6, sizeof(v6));
	at->n = sizeof(v6);
	at->loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
	return 0;
}

int port_check(const char *address, bool datagram, bool plain, struct diag *diag)
{
	struct place_at at = { 0 };
	if (address_read(address, &at) < 0) {
		return diag_set(diag, E_FORMAT, 0, 0, "not ADDRESS:PORT");
	}
	if (plain && !at.loopback) {
		return diag_set(diag, E_DENIED, 0, 0,
			"plain HTTP listens on loopback only; use tls_listen");
	}
	int one = 1;
	int fd = socket(
		at.address.ss_family, (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	int error = fd < 0 ? -errno : 0;
	if (fd >= 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		bool bound = bind(fd, (struct sockaddr *)&at.address, at.n) == 0 &&
			     (datagram || listen(fd, 1) == 0);
		error = bound ? 0 : -errno;
		(void)close(fd);
	}
	return error < 0 ? diag_set(diag, error, 0, 0, "%s", err_text(error)) : 0;
}
