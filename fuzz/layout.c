/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the text: nothing of it is lost, and no line is wider than its column and one hanging mark. */
#include "paper/layout.h"

#include <stdlib.h>

#include "base/arena.h"

static int32_t half(void *ctx, struct slice run)
{
	(void)ctx;
	return (int32_t)run.n * LAYOUT_CELL / 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = slice_of(data, size),
		.width = 7 * LAYOUT_CELL,
		.first_indent = 2 * LAYOUT_CELL,
		.measure = half };
	int count = size <= 4096 ? layout_break(&paragraph, arena, &lines) : 0;
	size_t octets = 0;
	size_t spaces = 0;
	for (int i = 0; i < count; i++) {
		for (size_t j = 0; j < lines[i].count; j++) {
			octets += lines[i].tokens[j].text.n;
		}
		if (lines[i].width > paragraph.width + LAYOUT_CELL) {
			abort();
		}
	}
	for (size_t i = 0; i < size; i++) {
		spaces += data[i] <= ' ' ? 1 : 0;
	}
	if (count > 0 && octets + spaces != size) {
		abort();
	}
	return 0;
}
