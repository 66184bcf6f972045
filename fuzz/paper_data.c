/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the text: it is filled in or refused, and what was cleaned stays as it is when cleaned again. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "paper/clean.h"
#include "paper/fill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char fields[] = "{\"a\":[\"text\",\"\"],\"b\":[\"int?\",\"\"],"
				     "\"c\":[\"list?\",\"\",{\"d\":[\"text?\",\"\"]}]}";
	static const char values[] = "{\"a\":\"x\",\"b\":1,\"c\":[{\"d\":\"{{a}}\"},{}]}";
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct fill fill = { 0 };
	struct slice text = { 0 };
	if (size > 4096 || json_parse(arena, slice_str(fields), 0, &fill.fields, NULL) < 0 ||
		json_parse(arena, slice_str(values), 0, &fill.data, NULL) < 0) {
		return 0;
	}
	(void)!fill_text(&fill, slice_of(data, size), arena, &text, NULL);
	if (!clean_already(fill_clean(arena, slice_of(data, size)))) {
		abort();
	}
	if (json_parse(arena, slice_of(data, size), 0, &fill.data, NULL) == 0) {
		(void)!fill_check(fill.fields, fill.data, NULL);
	}
	return 0;
}
