/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dhcp.h"

#include <stdlib.h>

/* What is cut lies inside; what is taken has a type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dhcp_reply reply;
	struct slice message = slice_of(data, size);
	uint32_t source = 0;
	if (dhcp_cut_packet(message, &source, &message) == 0 &&
		(message.p < data || message.p + message.n > data + size)) {
		abort();
	}
	if (dhcp_parse_reply(message, &reply) == 0 && reply.type == 0) {
		abort();
	}
	return 0;
}
