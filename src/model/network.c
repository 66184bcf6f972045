/* SPDX-License-Identifier: Apache-2.0 */
#include "model/network.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

enum { BITS = 128, MAPPED_BITS = 96 };

struct network network_cut(const struct network *network, uint8_t prefix)
{
	struct network cut = *network;
	cut.prefix = prefix < cut.prefix ? prefix : cut.prefix;
	for (unsigned bit = cut.prefix; bit < BITS; bit++) {
		cut.octet[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	}
	return cut;
}

int network_parse(struct slice text, struct network *ret_network)
{
	struct slice host = { 0 };
	struct slice length = { 0 };
	bool has_prefix = slice_cut(text, '/', &host, &length);
	char copy[INET6_ADDRSTRLEN];
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		host = slice_of(host.p + 1, host.n - 2);
	}
	if (host.n == 0 || host.n >= sizeof(copy)) {
		return E_FORMAT;
	}
	memcpy(copy, host.p, host.n);
	copy[host.n] = '\0';
	struct network network = { .prefix = BITS };
	uint64_t most = BITS;
	if (inet_pton(AF_INET, copy, network.octet + 12) == 1) {
		network.octet[10] = 0xff;
		network.octet[11] = 0xff;
		most = BITS - MAPPED_BITS;
	} else if (inet_pton(AF_INET6, copy, network.octet) != 1) {
		return E_FORMAT;
	}
	if (has_prefix) {
		uint64_t prefix = 0;
		int error = num_u64(length, most, &prefix);
		if (error < 0) {
			return error;
		}
		network = network_cut(&network, (uint8_t)(prefix + BITS - most));
	}
	*ret_network = network;
	return 0;
}

bool network_contains(const struct network *network, const struct network *inner)
{
	if (inner->prefix < network->prefix) {
		return false;
	}
	struct network cut = network_cut(inner, network->prefix);
	return memcmp(cut.octet, network->octet, sizeof(cut.octet)) == 0;
}

bool network_contains_text(struct slice network, struct slice address)
{
	struct network outer = { 0 };
	struct network inner = { 0 };
	return network_parse(network, &outer) == 0 && network_parse(address, &inner) == 0 &&
	       network_contains(&outer, &inner);
}

void network_put_address(struct buf *buf, const struct network *network)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN] = "";
	bool four = memcmp(network->octet, mapped, sizeof(mapped)) == 0;
	(void)inet_ntop(four ? AF_INET : AF_INET6, network->octet + (four ? sizeof(mapped) : 0),
		text, sizeof(text));
	buf_put_str(buf, text);
}

void network_hex(const struct network *network, char ret_text[33])
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < 16; i++) {
		ret_text[2 * i] = digit[network->octet[i] >> 4];
		ret_text[2 * i + 1] = digit[network->octet[i] & 15];
	}
	ret_text[32] = '\0';
}

static int nibble(uint8_t digit)
{
	return digit >= '0' && digit <= '9'   ? digit - '0'
	       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
					      : -1;
}

int network_of_hex(struct slice text, int64_t prefix, struct network *ret_network)
{
	struct network network = { .prefix = BITS };
	if (text.n != 2 * sizeof(network.octet)) {
		return E_FORMAT;
	}
	if (prefix < 0 || prefix > BITS) {
		return E_RANGE;
	}
	for (size_t i = 0; i < sizeof(network.octet); i++) {
		int high = nibble(text.p[2 * i]);
		int low = nibble(text.p[2 * i + 1]);
		if (high < 0 || low < 0) {
			return E_FORMAT;
		}
		network.octet[i] = (uint8_t)(high << 4 | low);
	}
	*ret_network = network_cut(&network, (uint8_t)prefix);
	return 0;
}

void network_text(const struct network *network, char ret_text[NETWORK_TEXT_MAX])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool four = network->prefix >= MAPPED_BITS &&
		    memcmp(network->octet, mapped, sizeof(mapped)) == 0;
	char host[INET6_ADDRSTRLEN] = "";
	(void)inet_ntop(four ? AF_INET : AF_INET6, network->octet + (four ? 12 : 0), host,
		sizeof(host));
	if (network->prefix == BITS) {
		(void)snprintf(ret_text, NETWORK_TEXT_MAX, "%s", host);
	} else {
		(void)snprintf(ret_text, NETWORK_TEXT_MAX, "%s/%d", host,
			network->prefix - (four ? MAPPED_BITS : 0));
	}
}
