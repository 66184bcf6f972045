/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog_frame.h"

#include <stdlib.h>

static void run(struct slice all, size_t step, struct buf *out)
{
	struct syslog_frame frame;
	struct slice msg = { 0 };
	syslog_frame_init(&frame, 64);
	for (; all.n > 0; all = slice_skip(all, step)) {
		struct slice in = slice_head(all, step);
		while (syslog_frame_next(&frame, &in, &msg) == 1) {
			buf_put(out, msg);
			buf_put_byte(out, '|');
		}
	}
	buf_put_i64(out, syslog_frame_end(&frame, &msg));
	syslog_frame_fini(&frame);
}

/* However the stream is cut, the messages are the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf one;
	AUTO_BUF struct buf all;
	buf_init(&one, 4 * size + 64);
	buf_init(&all, 4 * size + 64);
	run(slice_of(data, size), 1, &one);
	run(slice_of(data, size), size + 1, &all);
	if (!slice_eq(buf_slice(&one), buf_slice(&all))) {
		abort();
	}
	return 0;
}
