/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/jw.h"

static bool rewrite(struct slice text, struct buf *buf)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	bool read = json_parse(arena, text, 0, &root, NULL) == 0;
	struct jw jw;
	buf_init(buf, 6 * text.n + 16);
	jw_init(&jw, buf);
	jw_value(&jw, root); /* null when not read */
	return read && !buf->failed;
}

/* What was read and written again is read, and written the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf once, twice;
	(void)rewrite(slice_of(data, size), &once);
	if (!rewrite(buf_slice(&once), &twice) ||
		!slice_eq(buf_slice(&once), buf_slice(&twice))) {
		abort();
	}
	return 0;
}
