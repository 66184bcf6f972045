/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/addr.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/network.h"

int probe_addr_parse(struct slice text, struct probe_addr *ret_addr)
{
	char copy[INET6_ADDRSTRLEN];
	struct probe_addr addr = { 0 };
	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, 0, text.n) != NULL) {
		return E_FORMAT;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, addr.octet) == 1) {
		addr.family = 4;
	} else if (inet_pton(AF_INET6, copy, addr.octet) == 1) {
		addr.family = 6;
	} else {
		return E_FORMAT;
	}
	*ret_addr = addr;
	return 0;
}

void probe_addr_put(struct buf *buf, const struct probe_addr *addr)
{
	char text[INET6_ADDRSTRLEN];
	if (addr->family != 0 && inet_ntop(addr->family == 4 ? AF_INET : AF_INET6, addr->octet,
					 text, sizeof(text)) != NULL) {
		buf_put_str(buf, text);
	}
}

struct probe_addr probe_addr_of_network(const struct network *network)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct probe_addr addr = { .family = 6 };
	bool is_mapped = memcmp(network->octet, mapped, sizeof(mapped)) == 0;
	memcpy(addr.octet, network->octet, sizeof(addr.octet));
	if (is_mapped) {
		addr = (struct probe_addr) { .family = 4 };
		memcpy(addr.octet, network->octet + sizeof(mapped), 4);
	}
	return addr;
}

bool probe_addr_eq(const struct probe_addr *a, const struct probe_addr *b)
{
	return a->family == b->family && a->scope_id == b->scope_id &&
	       memcmp(a->octet, b->octet, a->family == 4 ? 4 : 16) == 0;
}

socklen_t probe_addr_to_sockaddr(
	const struct probe_addr *addr, uint16_t port, union probe_sockaddr *ret_sockaddr)
{
	union probe_sockaddr out;
	memset(&out, 0, sizeof(out));
	socklen_t len = 0;
	if (addr->family == 4) {
		out.in4.sin_family = AF_INET;
		out.in4.sin_port = htons(port);
		memcpy(&out.in4.sin_addr, addr->octet, 4);
		len = sizeof(out.in4);
	} else {
		out.in6.sin6_family = AF_INET6;
		out.in6.sin6_port = htons(port);
		out.in6.sin6_scope_id = addr->scope_id;
		memcpy(&out.in6.sin6_addr, addr->octet, 16);
		len = sizeof(out.in6);
	}
	*ret_sockaddr = out;
	return len;
}

struct probe_addr probe_addr_of_sockaddr(const struct sockaddr *sa)
{
	struct probe_addr addr = { 0 };
	union probe_sockaddr in;
	if (sa->sa_family == AF_INET) {
		memcpy(&in.in4, sa, sizeof(in.in4));
		memcpy(addr.octet, &in.in4.sin_addr, 4);
		addr.family = 4;
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in.in6, sa, sizeof(in.in6));
		memcpy(addr.octet, &in.in6.sin6_addr, 16);
		/* The kernel fills the scope for link-local sources only. */
		addr.scope_id = in.in6.sin6_scope_id;
		addr.family = 6;
	}
	return addr;
}
