/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/pcap.h"

#include "base/err.h"

static const uint32_t magic_us = 0xa1b2c3d4;
static const uint32_t magic_ns = 0xa1b23c4d;
static const uint32_t byte_order = 0x1a2b3c4d;

enum {
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	OLD_PACKET = 2,
	SIMPLE_PACKET = 3,
	PACKET = 6,
	OPTION_END = 0,
	OPTION_RESOLUTION = 9,
	BLOCK_MIN = 12,
	MICROSECONDS = 1000000,
};

static uint32_t u32(const struct pcap *pcap, struct rd *rd)
{
	return pcap->is_swapped ? rd_u32be(rd) : rd_u32(rd);
}

static uint16_t u16(const struct pcap *pcap, struct rd *rd)
{
	return pcap->is_swapped ? rd_u16be(rd) : rd_u16(rd);
}

static int64_t to_us(uint64_t ticks, uint64_t per_s)
{
	uint64_t s = ticks / per_s;
	uint64_t rest = ticks % per_s;
	/* per_s is below 2^34: the product fits. */
	uint64_t us = rest * MICROSECONDS / per_s;
	return s > INT64_MAX / MICROSECONDS - 1 ? INT64_MAX : (int64_t)(s * MICROSECONDS + us);
}

static int open_old(struct pcap *pcap)
{
	uint32_t magic = rd_u32be(&pcap->rd);
	pcap->is_swapped = magic == magic_us || magic == magic_ns;
	if (!pcap->is_swapped) {
		magic = __builtin_bswap32(magic);
	}
	if (magic != magic_us && magic != magic_ns) {
		return E_FORMAT;
	}
	uint16_t major = u16(pcap, &pcap->rd);
	(void)rd_take(&pcap->rd, 2 + 4 + 4 + 4);
	uint32_t link = u32(pcap, &pcap->rd);
	if (pcap->rd.failed) {
		return E_SHORT;
	}
	if (major != 2) {
		return E_VERSION;
	}
	pcap->interfaces[0] = (struct pcap_interface) { (uint16_t)link,
		magic == magic_us ? MICROSECONDS : 1000 * (uint64_t)MICROSECONDS };
	pcap->interface_count = 1;
	return 0;
}

int pcap_open(struct slice file, struct pcap *ret_pcap)
{
	struct pcap pcap = { .rd = rd_of(file), .size = file.n };
	struct rd look = pcap.rd;
	uint32_t first = rd_u32be(&look);
	int rc = 0;
	if (look.failed) {
		return E_SHORT;
	}
	if (first == SECTION) {
		pcap.is_ng = true;
	} else {
		rc = open_old(&pcap);
	}
	if (rc == 0) {
		*ret_pcap = pcap;
	}
	return rc;
}

static int next_old(struct pcap *pcap, struct pcap_frame *ret_frame)
{
	struct rd *rd = &pcap->rd;
	if (rd->left.n == 0) {
		return 0;
	}
	struct pcap_frame frame = { .link = pcap->interfaces[0].link,
		.offset = pcap->size - rd->left.n };
	uint64_t s = u32(pcap, rd);
	uint64_t part = u32(pcap, rd);
	uint32_t octets = u32(pcap, rd);
	frame.whole_octets = u32(pcap, rd);
	frame.octets = rd_take(rd, octets);
	if (rd->failed) {
		return E_SHORT;
	}
	uint64_t per_s = pcap->interfaces[0].per_s;
	frame.at_unix_us = to_us(s * per_s + part, per_s);
	*ret_frame = frame;
	return 1;
}

/* if_tsresol: a power of ten, or with the first bit set of two. */
static uint64_t resolution(uint8_t value)
{
	uint64_t per_s = 1;
	unsigned base = (value & 0x80) != 0 ? 2 : 10;
	unsigned power = value & 0x7f;
	/* Beyond nanoseconds, or what is not among powers of ten, no capture is taken with. */
	for (unsigned i = 0; i < power && per_s <= 1000000000; i++) {
		per_s *= base;
	}
	return per_s;
}

static int take_interface(struct pcap *pcap, struct slice body)
{
	struct rd rd = rd_of(body);
	struct pcap_interface interface = { .per_s = MICROSECONDS };
	interface.link = u16(pcap, &rd);
	(void)rd_take(&rd, 2 + 4);
	if (rd.failed) {
		return E_SHORT;
	}
	while (rd.left.n > 0) {
		uint16_t option = u16(pcap, &rd);
		uint16_t octets = u16(pcap, &rd);
		struct slice value = rd_take(&rd, octets);
		(void)rd_take(&rd, (4 - octets % 4u) % 4u);
		if (rd.failed || option == OPTION_END) {
			break;
		}
		if (option == OPTION_RESOLUTION && value.n == 1) {
			interface.per_s = resolution(value.p[0]);
		}
	}
	if (pcap->interface_count == PCAP_INTERFACES_MAX) {
		return E_LIMIT;
	}
	pcap->interfaces[pcap->interface_count++] = interface;
	return 0;
}

static int take_packet(
	struct pcap *pcap, uint32_t type, struct slice body, struct pcap_frame *frame)
{
	struct rd rd = rd_of(body);
	uint32_t number = 0;
	uint64_t ticks = 0;
	uint32_t octets = 0;
	if (type != SIMPLE_PACKET) {
		number = type == PACKET ? u32(pcap, &rd) : u16(pcap, &rd);
		(void)rd_take(&rd, type == PACKET ? 0 : 2);
		ticks = (uint64_t)u32(pcap, &rd) << 32;
		ticks |= u32(pcap, &rd);
		octets = u32(pcap, &rd);
	}
	frame->whole_octets = u32(pcap, &rd);
	if (type == SIMPLE_PACKET) {
		octets = frame->whole_octets < rd.left.n ? frame->whole_octets
							 : (uint32_t)rd.left.n;
	}
	frame->octets = rd_take(&rd, octets);
	if (rd.failed) {
		return E_SHORT;
	}
	if (number >= pcap->interface_count) {
		return E_FORMAT;
	}
	frame->link = pcap->interfaces[number].link;
	frame->at_unix_us = to_us(ticks, pcap->interfaces[number].per_s);
	return 1;
}

/* A new section may be in the other byte order, and its interfaces begin anew. */
static int begin_section(struct pcap *pcap)
{
	struct rd look = rd_of(slice_skip(pcap->rd.left, 8));
	uint32_t order = rd_u32be(&look);
	pcap->is_swapped = order == byte_order;
	pcap->interface_count = 0;
	if (look.failed) {
		return E_SHORT;
	}
	return order == byte_order || order == __builtin_bswap32(byte_order) ? 0 : E_FORMAT;
}

static int take_block(struct pcap *pcap, struct pcap_frame *ret_frame)
{
	struct pcap_frame frame = { .offset = pcap->size - pcap->rd.left.n };
	struct rd look = pcap->rd;
	int rc = rd_u32be(&look) == SECTION ? begin_section(pcap) : 0;
	uint32_t type = u32(pcap, &pcap->rd);
	uint32_t octets = u32(pcap, &pcap->rd);
	if (rc < 0 || pcap->rd.failed) {
		return rc < 0 ? rc : E_SHORT;
	}
	if (octets < BLOCK_MIN || octets % 4 != 0) {
		return E_FORMAT;
	}
	struct slice body = rd_take(&pcap->rd, octets - BLOCK_MIN);
	uint32_t again = u32(pcap, &pcap->rd);
	if (pcap->rd.failed) {
		return E_SHORT;
	}
	if (again != octets) {
		return E_FORMAT;
	}
	if (type == INTERFACE) {
		return take_interface(pcap, body);
	}
	if (type != PACKET && type != OLD_PACKET && type != SIMPLE_PACKET) {
		return 0;
	}
	rc = take_packet(pcap, type, body, &frame);
	if (rc == 1) {
		*ret_frame = frame;
	}
	return rc;
}

int pcap_next(struct pcap *pcap, struct pcap_frame *ret_frame)
{
	if (pcap->rd.failed) {
		return 0;
	}
	int rc = 0;
	if (!pcap->is_ng) {
		rc = next_old(pcap, ret_frame);
	}
	while (pcap->is_ng && rc == 0 && pcap->rd.left.n > 0) {
		rc = take_block(pcap, ret_frame);
	}
	if (rc < 0) {
		pcap->rd.failed = true;
	}
	return rc;
}
