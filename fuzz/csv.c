/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/base64.h"

/* Any cells written out are read back as they were. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf out;
	buf_init(&out, 8 * size + 64);
	struct csv csv;
	struct slice cells[8];
	csv_init(&csv, slice_of(data, size), csv_separator_guess(slice_of(data, size)));
	for (int count = 0; (count = csv_next(&csv, arena, cells, 8)) > 0; buf_clear(&out)) {
		for (int i = 0; i < count; i++) {
			buf_put_csv(&out, cells[i]);
			buf_put_byte(&out, i + 1 < count ? ',' : '\n');
		}
		struct csv again;
		struct slice read[8];
		csv_init(&again, buf_slice(&out), ',');
		if (csv_next(&again, arena, read, 8) != count) {
			abort();
		}
		for (int i = 0; i < count; i++) {
			if (!slice_eq(csv_plain(read[i]), cells[i])) {
				abort();
			}
		}
	}
	buf_clear(&out);
	(void)!base64_decode(slice_of(data, size), &out);
	return 0;
}
