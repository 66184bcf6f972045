/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "proto/pcap.h"

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_SERVICE_VLAN = 0x88a8,
	TYPE_OLD_QINQ = 0x9100,
	VLANS_MAX = 4,
	EXTENSIONS_MAX = 8,
	UDP = 17,
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	DESTINATION = 60,
};

/* The network layer's type, 0 for one that is neither. */
static uint16_t ethernet_type(struct rd *rd)
{
	(void)rd_take(rd, 12);
	uint16_t type = rd_u16be(rd);
	for (unsigned i = 0; i < VLANS_MAX; i++) {
		if (type != TYPE_VLAN && type != TYPE_SERVICE_VLAN && type != TYPE_OLD_QINQ) {
			break;
		}
		(void)rd_take(rd, 2);
		type = rd_u16be(rd);
	}
	return type;
}

static uint16_t type_by_version(const struct rd *rd)
{
	unsigned version = rd->left.n > 0 ? rd->left.p[0] >> 4 : 0;
	return version == 4 ? TYPE_IPV4 : version == 6 ? TYPE_IPV6 : 0;
}

static uint16_t network_type(const struct pcap_frame *frame, struct rd *rd)
{
	uint16_t type = 0;
	switch (frame->link) {
	case PCAP_LINK_ETHERNET:
		return ethernet_type(rd);
	case PCAP_LINK_LINUX_SLL:
		(void)rd_take(rd, 14);
		return rd_u16be(rd);
	case PCAP_LINK_LINUX_SLL2:
		type = rd_u16be(rd);
		(void)rd_take(rd, 18);
		return type;
	case PCAP_LINK_NULL:
	case PCAP_LINK_LOOP:
		/* The address family's number differs between systems; the packet says it too. */
		(void)rd_take(rd, 4);
		return type_by_version(rd);
	case PCAP_LINK_RAW:
	case PCAP_LINK_IPV4:
	case PCAP_LINK_IPV6:
		return type_by_version(rd);
	default:
		return 0;
	}
}

/* Returns 1 when UDP is next. */
static int through_ipv4(struct rd *rd, struct pcap_udp *udp)
{
	uint8_t first = rd_u8(rd);
	(void)rd_u8(rd);
	uint16_t total = rd_u16be(rd);
	(void)rd_u16be(rd);
	uint16_t fragment = rd_u16be(rd);
	(void)rd_u8(rd);
	uint8_t protocol = rd_u8(rd);
	(void)rd_u16be(rd);
	udp->src = rd_take(rd, 4);
	udp->dst = rd_take(rd, 4);
	size_t header = (size_t)(first & 15) * 4;
	if (first >> 4 != 4 || header < 20) {
		return 0;
	}
	(void)rd_take(rd, header - 20);
	if (rd->failed) {
		return E_SHORT;
	}
	/* What is behind the packet is the frame's padding; 0 is what offloading leaves. */
	if (total >= header) {
		rd->left = slice_head(rd->left, total - header);
	}
	udp->family = 4;
	return protocol == UDP && (fragment & 0x1fff) == 0;
}

static int through_ipv6(struct rd *rd, struct pcap_udp *udp)
{
	(void)rd_u32be(rd);
	uint16_t octets = rd_u16be(rd);
	uint8_t next = rd_u8(rd);
	(void)rd_u8(rd);
	udp->src = rd_take(rd, 16);
	udp->dst = rd_take(rd, 16);
	if (octets > 0) {
		rd->left = slice_head(rd->left, octets);
	}
	for (unsigned i = 0; i < EXTENSIONS_MAX && !rd->failed && next != UDP; i++) {
		bool is_fragment = next == FRAGMENT;
		if (!is_fragment && next != HOP_BY_HOP && next != ROUTING &&
			next != DESTINATION) {
			return 0;
		}
		next = rd_u8(rd);
		uint8_t length = rd_u8(rd);
		uint16_t place = rd_u16be(rd);
		(void)rd_take(rd, is_fragment ? 4 : (size_t)length * 8 + 4);
		if (is_fragment && (place & 0xfff8) != 0) {
			return 0;
		}
	}
	udp->family = 6;
	return rd->failed ? E_SHORT : next == UDP;
}

int pcap_udp(const struct pcap_frame *frame, struct pcap_udp *ret_udp)
{
	struct pcap_udp udp = { 0 };
	struct rd rd = rd_of(frame->octets);
	uint16_t type = network_type(frame, &rd);
	int rc = 0;
	if (rd.failed) {
		return E_SHORT;
	}
	if (type == TYPE_IPV4) {
		rc = through_ipv4(&rd, &udp);
	} else if (type == TYPE_IPV6) {
		rc = through_ipv6(&rd, &udp);
	}
	if (rc != 1) {
		return rc;
	}
	udp.src_port = rd_u16be(&rd);
	udp.dst_port = rd_u16be(&rd);
	uint16_t octets = rd_u16be(&rd);
	(void)rd_u16be(&rd);
	if (rd.failed || (octets != 0 && octets < 8)) {
		return rd.failed ? E_SHORT : 0;
	}
	udp.payload = octets == 0 ? rd.left : slice_head(rd.left, octets - 8u);
	*ret_udp = udp;
	return 1;
}
