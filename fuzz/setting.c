/* SPDX-License-Identifier: Apache-2.0 */
#include "model/setting.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"

/* What a setting takes, it takes again as it was written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf out;
	AUTO_BUF struct buf again;
	buf_init(&out, 16 * size + 64);
	buf_init(&again, 16 * size + 64);
	struct slice key = { 0 };
	struct slice text = { 0 };
	const char *member = NULL;
	const struct json *value = NULL;
	(void)slice_cut(slice_of(data, size), ' ', &key, &text);
	if (json_parse(arena, text, 0, &value, NULL) < 0 ||
		setting_read(key, value, &out, &member) < 0) {
		return 0;
	}
	if (json_parse(arena, buf_slice(&out), 0, &value, NULL) < 0 ||
		setting_read(key, value, &again, &member) < 0 ||
		!slice_eq(buf_slice(&out), buf_slice(&again))) {
		abort();
	}
	return 0;
}
