/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/pcap.h"

#include <stdlib.h>

/* Frames lie within the file, one behind the other, and payloads within their frames. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pcap pcap;
	struct pcap_frame frame;
	struct pcap_udp udp;
	size_t last = 0;
	if (pcap_open(slice_of(data, size), &pcap) < 0) {
		return 0;
	}
	while (pcap_next(&pcap, &frame) == 1) {
		if (frame.offset < last || frame.octets.p < data ||
			frame.octets.p + frame.octets.n > data + size) {
			abort();
		}
		last = frame.offset;
		if (pcap_udp(&frame, &udp) == 1 &&
			(udp.payload.n > frame.octets.n ||
				(udp.payload.n > 0 && udp.payload.p < frame.octets.p))) {
			abort();
		}
	}
	return 0;
}
