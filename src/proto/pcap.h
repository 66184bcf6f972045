/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Capture files, frame by frame: pcap in either byte order and resolution, and
 * pcapng with its sections and interfaces.
 *
 * Source:  draft-ietf-opsawg-pcap-04 sections 4 and 5; draft-ietf-opsawg-pcapng-02
 *          sections 3.1 and 4.1 to 4.4 (blocks, interfaces, packets).
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/pcap.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/rd.h"
#include "base/slice.h"

enum { PCAP_INTERFACES_MAX = 256 };

enum pcap_link {
	PCAP_LINK_NULL = 0,
	PCAP_LINK_ETHERNET = 1,
	PCAP_LINK_RAW = 101,
	PCAP_LINK_LOOP = 108,
	PCAP_LINK_LINUX_SLL = 113,
	PCAP_LINK_IPV4 = 228,
	PCAP_LINK_IPV6 = 229,
	PCAP_LINK_LINUX_SLL2 = 276,
};

struct pcap_interface {
	uint16_t link;
	uint64_t per_s; /* ticks of its time stamps */
};

/** A file being read; borrows its octets. */
struct pcap {
	struct rd rd;
	size_t size;
	bool is_ng;
	bool is_swapped; /* written big-endian, as we read */
	uint32_t interface_count;
	struct pcap_interface interfaces[PCAP_INTERFACES_MAX];
};

struct pcap_frame {
	int64_t at_unix_us;
	uint16_t link;         /* enum pcap_link, or another */
	uint32_t whole_octets; /* on the wire; octets may hold fewer */
	struct slice octets;   /* borrowed */
	size_t offset;         /* of its record in the file */
};

/** Returns: 0; E_SHORT; E_FORMAT for what is no capture; E_VERSION for one too new. */
NODISCARD int pcap_open(struct slice file, struct pcap *ret_pcap);

/**
 * The next frame; blocks that hold none are passed over.
 *
 * Returns: 1; 0 at the end; E_SHORT when the file ends inside a record, E_FORMAT for
 *          one that cannot be; then nothing more can be read.
 */
NODISCARD int pcap_next(struct pcap *pcap, struct pcap_frame *ret_frame);

/** What a frame carries, as far as UDP. */
struct pcap_udp {
	uint8_t family;   /* 4 or 6 */
	struct slice src; /* 4 or 16 octets */
	struct slice dst;
	uint16_t src_port;
	uint16_t dst_port;
	struct slice payload;
};

/**
 * Through VLAN tags, IPv4 options and IPv6 extension headers to UDP.
 *
 * Source:  IEEE 802.1Q clause 9; RFC 791 section 3.1; RFC 8200 section 4; RFC 768.
 * Returns: 1; 0 when it is something else, or a later fragment; E_SHORT when it is cut off.
 */
NODISCARD int pcap_udp(const struct pcap_frame *frame, struct pcap_udp *ret_udp);
