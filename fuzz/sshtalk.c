/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sshtalk.h"

#include <stdlib.h>

/* The server in parts of 7 octets; what it says is over exactly when it ended some way. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sshtalk talk = { 0 };
	AUTO_BUF struct buf out;
	enum talk_step step = TALK_MORE;
	buf_init(&out, SSHTALK_OUT_MAX);
	sshtalk_init(&talk);
	sshtalk_begin(&talk, &out);
	for (struct slice rest = slice_of(data, size); rest.n > 0 && step == TALK_MORE;
		rest = slice_skip(rest, 7)) {
		step = sshtalk_feed(&talk, slice_head(rest, 7), &out);
	}
	if ((step == TALK_DONE) != (talk.end != TALK_OPEN)) {
		abort();
	}
	sshtalk_fini(&talk);
	return 0;
}
