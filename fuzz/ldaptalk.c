/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ldaptalk.h"

#include <stdlib.h>

/* The first octet chooses the wish for TLS; the rest is the server, in two parts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	struct ldaptalk talk = { .want_tls = (data[0] & 1) != 0, .expect = SLICE("dc=a") };
	struct slice rest = slice_of(data + 1, size - 1);
	AUTO_BUF struct buf out;
	buf_init(&out, LDAPTALK_OUT_MAX);
	ldaptalk_init(&talk);
	ldaptalk_begin(&talk, &out);
	size_t half = data[0] < rest.n ? data[0] : rest.n;
	enum talk_step step = ldaptalk_feed(&talk, slice_head(rest, half), &out);
	if (step == TALK_MORE) {
		step = ldaptalk_feed(&talk, slice_skip(rest, half), &out);
	}
	if ((step == TALK_DONE) != (talk.end != TALK_OPEN)) {
		abort();
	}
	ldaptalk_fini(&talk);
	return 0;
}
