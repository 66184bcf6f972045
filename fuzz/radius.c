/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/radius.h"

#include <stdlib.h>

#include "base/buf.h"

/* No answer is believed without its proof; every request that can be asked can be made. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct radius_reply reply = { 0 };
	struct slice input = slice_of(data, size);
	struct radius_request request = { .id = size > 1 ? data[1] : 0,
		.is_chap = size % 2 == 1,
		.secret = SLICE("secret"),
		.user = slice_head(input, 20),
		.password = slice_skip(input, 20),
		.nas = SLICE("nas") };
	AUTO_BUF struct buf wire;
	buf_init(&wire, RADIUS_PACKET_MAX);
	if (radius_parse_reply(input, &request, &reply) == 0 && size < 20) {
		abort();
	}
	if (radius_put_request(&wire, &request) < 0 &&
		request.password.n <= RADIUS_PASSWORD_MAX) {
		abort();
	}
	return 0;
}
