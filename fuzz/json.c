/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/jw.h"

static int rewrite(struct arena *arena, struct slice text, struct buf *buf)
{
	const struct json *root = NULL;
	struct jw jw;
	buf_init(buf, 6 * text.n + 16);
	jw_init(&jw, buf);
	int error = json_parse(arena, text, 0, &root, NULL);
	jw_value(&jw, root);
	return error;
}

/* What was read and written again is read, and written the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf once, twice;
	bool read = rewrite(arena, slice_of(data, size), &once) == 0;
	bool again = rewrite(arena, buf_slice(&once), &twice) == 0; /* null when not read */
	if (!again || !slice_eq(buf_slice(&once), buf_slice(&twice)) || (!read && once.n != 4)) {
		abort();
	}
	return 0;
}
