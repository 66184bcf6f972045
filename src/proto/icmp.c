/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/icmp.h"

#include <string.h>

#include "base/err.h"
#include "base/rd.h"

enum {
	V4_REPLY = 0,
	V4_UNREACHABLE = 3,
	V4_REQUEST = 8,
	V4_TIME_EXCEEDED = 11,
	V6_UNREACHABLE = 1,
	V6_TOO_BIG = 2,
	V6_TIME_EXCEEDED = 3,
	V6_PARAMETER = 4,
	V6_REQUEST = 128,
	V6_REPLY = 129,
	IP_PROTO_ICMP = 1,
	IP_PROTO_ICMPV6 = 58,
	IP_TTL = 64,
};

uint16_t icmp_checksum(struct slice octets)
{
	uint32_t sum = 0;
	size_t i = 0;
	for (; i + 1 < octets.n; i += 2) {
		sum += (uint32_t)octets.p[i] << 8 | octets.p[i + 1];
	}
	if (i < octets.n) {
		sum += (uint32_t)octets.p[i] << 8;
	}
	while (sum >> 16 != 0) {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static uint8_t *put_be(uint8_t *at, uint64_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++) {
		at[i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
	}
	return at + octets;
}

void icmp_put_echo(
	const struct icmp_echo *echo, unsigned family, uint8_t ret_octets[ECHO_OCTETS])
{
	memset(ret_octets, 0, ECHO_OCTETS);
	ret_octets[0] = family == 4 ? V4_REQUEST : V6_REQUEST;
	uint8_t *at = put_be(ret_octets + 4, echo->id, 2);
	at = put_be(at, echo->seq, 2);
	at = put_be(at, echo->slot, 4);
	at = put_be(at, echo->generation, 4);
	(void)put_be(at, echo->cookie, 8);
	if (family == 4) {
		(void)put_be(
			ret_octets + 2, icmp_checksum(slice_of(ret_octets, ECHO_OCTETS)), 2);
	}
}

void icmp_put_head4(const uint8_t to[4], uint8_t ret_octets[ECHO_HEAD4_OCTETS])
{
	memset(ret_octets, 0, ECHO_HEAD4_OCTETS);
	ret_octets[0] = 4 << 4 | ECHO_HEAD4_OCTETS / 4;
	ret_octets[5] = 1;    /* an identification of 0 the kernel would choose itself */
	ret_octets[6] = 0x40; /* do not fragment */
	ret_octets[8] = IP_TTL;
	ret_octets[9] = IP_PROTO_ICMP;
	memcpy(ret_octets + 16, to, 4);
}

/* From the identifier on; the payload may have been cut off by who quotes it. */
static void read_echo(struct rd *rd, struct icmp_seen *seen)
{
	seen->echo.id = rd_u16be(rd);
	seen->echo.seq = rd_u16be(rd);
	struct rd payload = *rd;
	seen->echo.slot = rd_u32be(&payload);
	seen->echo.generation = rd_u32be(&payload);
	seen->echo.cookie = rd_u64be(&payload);
	seen->has_payload = !payload.failed;
}

/* An IPv4 header; *ret_body is what follows its options. */
static int read_ip4(struct slice packet, bool quoted, uint8_t ret_to[4], struct slice *ret_body)
{
	struct rd rd = rd_of(packet);
	uint8_t first = rd_u8(&rd);
	size_t header = (size_t)(first & 15) * 4;
	(void)rd_take(&rd, 8);
	uint8_t protocol = rd_u8(&rd);
	(void)rd_take(&rd, 6);
	struct slice to = rd_take(&rd, 4);
	if (rd.failed || header > packet.n) {
		return E_SHORT;
	}
	if (first >> 4 != 4 || header < 20 || protocol != IP_PROTO_ICMP) {
		return E_FORMAT;
	}
	/* A quoted later fragment does not start with the ICMP header. */
	if (quoted && ((packet.p[6] & 0x1f) != 0 || packet.p[7] != 0)) {
		return E_FORMAT;
	}
	memcpy(ret_to, to.p, 4);
	*ret_body = slice_skip(packet, header);
	return 0;
}

static int read_quoted4(struct slice quoted, struct icmp_seen *seen)
{
	struct slice body = { 0 };
	int rc = read_ip4(quoted, true, seen->quoted_to, &body);
	if (rc < 0) {
		return rc;
	}
	struct rd rd = rd_of(body);
	uint8_t type = rd_u8(&rd);
	(void)rd_take(&rd, 3);
	read_echo(&rd, seen);
	if (rd.failed) {
		return E_SHORT;
	}
	seen->kind = type == V4_REQUEST ? ICMP_SEEN_ERROR : ICMP_SEEN_OTHER;
	return 0;
}

int icmp_parse4(struct slice packet, struct icmp_seen *ret_seen)
{
	struct icmp_seen seen = { 0 };
	uint8_t to[4];
	struct slice body = { 0 };
	int rc = read_ip4(packet, false, to, &body);
	if (rc < 0) {
		return rc;
	}
	struct rd rd = rd_of(body);
	seen.type = rd_u8(&rd);
	seen.code = rd_u8(&rd);
	(void)rd_u16be(&rd);
	if (rd.left.n < 4) {
		return E_SHORT;
	}
	if (icmp_checksum(body) != 0) {
		return E_FORMAT;
	}
	if (seen.type == V4_REPLY) {
		read_echo(&rd, &seen);
		seen.kind = ICMP_SEEN_REPLY;
	} else if (seen.type == V4_UNREACHABLE || seen.type == V4_TIME_EXCEEDED) {
		rc = read_quoted4(slice_skip(rd.left, 4), &seen);
	}
	if (rc == 0) {
		*ret_seen = seen;
	}
	return rc;
}

static int read_quoted6(struct slice quoted, struct icmp_seen *seen)
{
	struct rd rd = rd_of(quoted);
	uint8_t first = rd_u8(&rd);
	(void)rd_take(&rd, 5);
	uint8_t next = rd_u8(&rd);
	(void)rd_take(&rd, 17);
	struct slice to = rd_take(&rd, 16);
	uint8_t type = rd_u8(&rd);
	(void)rd_take(&rd, 3);
	read_echo(&rd, seen);
	if (rd.failed) {
		return E_SHORT;
	}
	if (first >> 4 != 6) {
		return E_FORMAT;
	}
	memcpy(seen->quoted_to, to.p, 16);
	seen->kind = next == IP_PROTO_ICMPV6 && type == V6_REQUEST ? ICMP_SEEN_ERROR
								   : ICMP_SEEN_OTHER;
	return 0;
}

int icmp_parse6(struct slice message, struct icmp_seen *ret_seen)
{
	struct icmp_seen seen = { 0 };
	struct rd rd = rd_of(message);
	seen.type = rd_u8(&rd);
	seen.code = rd_u8(&rd);
	(void)rd_u16be(&rd);
	if (rd.failed || rd.left.n < 4) {
		return E_SHORT;
	}
	int rc = 0;
	if (seen.type == V6_REPLY) {
		read_echo(&rd, &seen);
		seen.kind = ICMP_SEEN_REPLY;
	} else if (seen.type >= V6_UNREACHABLE && seen.type <= V6_PARAMETER &&
		   seen.type != V6_TOO_BIG) {
		rc = read_quoted6(slice_skip(rd.left, 4), &seen);
	}
	if (rc == 0) {
		*ret_seen = seen;
	}
	return rc;
}
