/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ntp.h"

#include <stdlib.h>

/* What is taken carries the cookie, and its offset is within the eras. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t now_us = INT64_C(1800000000000000);
	const int64_t most_us = (INT64_C(1) << 33) * 1000000;
	struct ntp_reply reply;
	if (ntp_parse_reply(slice_of(data, size), 0x0102030405060708, now_us - 1000, now_us,
		    &reply) < 0) {
		return 0;
	}
	if (size < NTP_OCTETS || reply.leap > 3 || llabs(reply.offset_us) > most_us) {
		abort();
	}
	return 0;
}
