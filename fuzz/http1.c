/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/http1.h"

#include <stdlib.h>

enum { BODY_MAX = 64 };

/* In one piece or octet by octet: the same answer, and never more body than allowed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http1 whole;
	struct http1 pieces;
	http1_init(&whole, BODY_MAX);
	http1_init(&pieces, BODY_MAX);
	int first = http1_feed(&whole, slice_of(data, size));
	int second = 0;
	for (size_t i = 0; i < size && second == 0; i++) {
		second = http1_feed(&pieces, slice_of(data + i, 1));
	}
	if (first != second || whole.status != pieces.status || whole.body.n > BODY_MAX ||
		!slice_eq(buf_slice(&whole.body), buf_slice(&pieces.body))) {
		abort();
	}
	http1_fini(&whole);
	http1_fini(&pieces);
	return 0;
}
