/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/utf8.h"
#include "proto/syslog_json.h"

/* Whatever comes, what is put out is one JSON object our own reader takes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct syslog_context context = { INT64_C(1772323200000), 480 };
	struct syslog_msg msg = { 0 };
	const struct json *root = NULL;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf json;
	buf_init(&json, 8 * size + 4096);
	if (gb18030_init() < 0) {
		abort();
	}
	(void)!syslog_parse(arena, slice_of(data, size), &context, &msg, NULL);
	syslog_put_json(&json, &msg, NULL, SLICE("192.0.2.1"));
	if (json.failed || json_parse(arena, buf_slice(&json), 8, &root, NULL) < 0) {
		abort();
	}
	return 0;
}
