/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk.h"

#include <stdlib.h>

/* The first octet chooses service and wishes; the rest is the server, octet by octet. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	struct mailtalk talk = { .kind = (enum mailtalk_kind)(data[0] % 3),
		.want_tls = (data[0] & 4) != 0,
		.user = (data[0] & 8) != 0 ? SLICE("us\"er") : (struct slice) { 0 },
		.password = SLICE("pass\\word") };
	AUTO_BUF struct buf out;
	enum talk_step step = TALK_MORE;
	buf_init(&out, MAILTALK_OUT_MAX);
	mailtalk_init(&talk);
	for (size_t i = 1; i < size && step != TALK_DONE; i++) {
		buf_clear(&out);
		step = mailtalk_feed(&talk, slice_of(data + i, 1), &out);
		if (step == TALK_TLS) {
			mailtalk_secured(&talk, &out);
		}
	}
	if ((step == TALK_DONE) != (talk.end != TALK_OPEN)) {
		abort();
	}
	mailtalk_fini(&talk);
	return 0;
}
