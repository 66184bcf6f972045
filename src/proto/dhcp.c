/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dhcp.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"

enum {
	REQUEST = 1,
	REPLY = 2,
	ETHERNET = 1,
	BROADCAST_FLAG = 0x80,
	HARDWARE_FIELD = 16,
	SNAME = 64,
	FILE_NAME = 128,
	IP_HEAD_MIN = 20,
	IP_PROTO_UDP = 17,
	OVERLOAD_FILE = 1,
	OVERLOAD_SNAME = 2,
};

enum option {
	PAD = 0,
	MASK = 1,
	ROUTER = 3,
	RESOLVER = 6,
	LEASE = 51,
	OVERLOAD = 52,
	TYPE = 53,
	SERVER = 54,
	WANTED = 55,
	END = 255,
};

enum { DISCOVER = 1 };

static const uint8_t cookie[4] = { 99, 130, 83, 99 };

static void put_be(struct buf *buf, uint64_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++) {
		buf_put_byte(buf, (uint8_t)(value >> 8 * (octets - 1 - i)));
	}
}

static void put_zero(struct buf *buf, size_t octets)
{
	for (size_t i = 0; i < octets; i++) {
		buf_put_byte(buf, 0);
	}
}

void dhcp_put_discover(struct buf *buf, const struct dhcp_discover *discover)
{
	static const uint8_t options[] = { TYPE, 1, DISCOVER, WANTED, 4, MASK, ROUTER, RESOLVER,
		LEASE, END };
	bool relayed = discover->relay != 0;
	size_t begin = buf->n;
	put_be(buf, relayed ? DHCP_PORT_SERVER : DHCP_PORT_CLIENT, 2);
	put_be(buf, DHCP_PORT_SERVER, 2);
	put_be(buf, DHCP_UDP_HEAD + DHCP_MESSAGE_MIN, 2);
	put_be(buf, 0, 2);
	buf_put_byte(buf, REQUEST);
	buf_put_byte(buf, ETHERNET);
	buf_put_byte(buf, DHCP_HARDWARE);
	buf_put_byte(buf, relayed ? 1 : 0);
	put_be(buf, discover->xid, 4);
	put_be(buf, 0, 2);
	put_be(buf, relayed ? 0 : BROADCAST_FLAG << 8, 2);
	put_zero(buf, 12); /* ciaddr, yiaddr, siaddr */
	put_be(buf, discover->relay, 4);
	buf_put(buf, slice_of(discover->hardware, DHCP_HARDWARE));
	put_zero(buf, HARDWARE_FIELD - DHCP_HARDWARE + SNAME + FILE_NAME);
	buf_put(buf, slice_of(cookie, sizeof(cookie)));
	buf_put(buf, slice_of(options, sizeof(options)));
	put_zero(buf, begin + DHCP_UDP_HEAD + DHCP_MESSAGE_MIN - buf->n);
}

static uint32_t first_address(struct slice value)
{
	struct rd rd = rd_of(value);
	uint32_t address = rd_u32be(&rd);
	return rd.failed ? 0 : address;
}

static void take_option(
	uint8_t code, struct slice value, struct dhcp_reply *reply, uint8_t *overload)
{
	switch ((enum option)code) {
	case MASK:
		reply->mask = first_address(value);
		break;
	case ROUTER:
		reply->router = first_address(value);
		break;
	case RESOLVER:
		reply->resolver = first_address(value);
		break;
	case LEASE:
		reply->lease_s = first_address(value);
		break;
	case SERVER:
		reply->server = first_address(value);
		break;
	case TYPE:
		reply->type = value.n == 1 ? value.p[0] : 0;
		break;
	case OVERLOAD:
		*overload = value.n == 1 ? value.p[0] : 0;
		break;
	case PAD:
	case WANTED:
	case END:
	default:
		break;
	}
}

static int read_options(struct slice options, struct dhcp_reply *reply, uint8_t *overload)
{
	struct rd rd = rd_of(options);
	while (rd.left.n > 0) {
		uint8_t code = rd_u8(&rd);
		if (code == PAD) {
			continue;
		}
		if (code == END) {
			break;
		}
		struct slice value = rd_take(&rd, rd_u8(&rd));
		if (rd.failed) {
			return E_SHORT;
		}
		take_option(code, value, reply, overload);
	}
	return 0;
}

int dhcp_parse_reply(struct slice message, struct dhcp_reply *ret_reply)
{
	struct rd rd = rd_of(message);
	struct dhcp_reply reply = { 0 };
	uint8_t overload = 0;
	uint8_t unused = 0;
	uint8_t op = rd_u8(&rd);
	uint8_t hardware_type = rd_u8(&rd);
	uint8_t hardware_octets = rd_u8(&rd);
	(void)rd_u8(&rd);
	reply.xid = rd_u32be(&rd);
	(void)rd_take(&rd, 8); /* secs, flags, ciaddr */
	reply.address = rd_u32be(&rd);
	uint32_t next_server = rd_u32be(&rd);
	(void)rd_u32be(&rd); /* giaddr: ours */
	struct slice hardware = rd_take(&rd, HARDWARE_FIELD);
	struct slice sname = rd_take(&rd, SNAME);
	struct slice file = rd_take(&rd, FILE_NAME);
	struct slice magic = rd_take(&rd, sizeof(cookie));
	if (rd.failed) {
		return E_SHORT;
	}
	if (op != REPLY || hardware_type != ETHERNET || hardware_octets != DHCP_HARDWARE ||
		!slice_eq(magic, slice_of(cookie, sizeof(cookie)))) {
		return E_FORMAT;
	}
	memcpy(reply.hardware, hardware.p, DHCP_HARDWARE);
	int error = read_options(rd.left, &reply, &overload);
	if (error == 0 && (overload & OVERLOAD_FILE) != 0) {
		error = read_options(file, &reply, &unused);
	}
	if (error == 0 && (overload & OVERLOAD_SNAME) != 0) {
		error = read_options(sname, &reply, &unused);
	}
	if (error < 0 || reply.type == 0) {
		return error < 0 ? error : E_FORMAT;
	}
	reply.server = reply.server != 0 ? reply.server : next_server;
	*ret_reply = reply;
	return 0;
}

int dhcp_cut_packet(struct slice packet, uint32_t *ret_source, struct slice *ret_message)
{
	struct rd rd = rd_of(packet);
	uint8_t first = rd_u8(&rd);
	size_t head = (size_t)(first & 15) * 4;
	(void)rd_take(&rd, 8);
	uint8_t protocol = rd_u8(&rd);
	(void)rd_u16be(&rd);
	uint32_t source = rd_u32be(&rd);
	(void)rd_u32be(&rd);
	if (head < IP_HEAD_MIN) {
		return E_FORMAT;
	}
	(void)rd_take(&rd, head - IP_HEAD_MIN);
	uint16_t from = rd_u16be(&rd);
	uint16_t to = rd_u16be(&rd);
	size_t octets = rd_u16be(&rd);
	(void)rd_u16be(&rd);
	bool ports =
		from == DHCP_PORT_SERVER && (to == DHCP_PORT_CLIENT || to == DHCP_PORT_SERVER);
	if (rd.failed || first >> 4 != 4 || protocol != IP_PROTO_UDP || !ports ||
		octets < DHCP_UDP_HEAD) {
		return E_FORMAT;
	}
	*ret_source = source;
	*ret_message = slice_head(rd.left, octets - DHCP_UDP_HEAD);
	return 0;
}
