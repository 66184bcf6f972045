/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/icmp.h"

#include <stdlib.h>

/* Whatever is read as a reply with payload is what a request would carry back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct icmp_seen seen;
	struct slice in = slice_of(data, size);
	if (icmp_parse4(in, &seen) == 0 && seen.kind == ICMP_SEEN_REPLY && size < 20 + 8) {
		abort();
	}
	if (icmp_parse6(in, &seen) == 0 && seen.kind == ICMP_SEEN_REPLY && seen.has_payload) {
		uint8_t again[ECHO_OCTETS];
		icmp_put_echo(&seen.echo, 6, again);
		if (!slice_eq(slice_of(again + 4, 20), slice_of(data + 4, 20))) {
			abort();
		}
	}
	return 0;
}
