/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/places.h"

#include <stdlib.h>

#include "base/buf.h"

/* Filling everything leaves no known place behind, and filling nothing changes nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	struct slice none[PLACE_COUNT] = { 0 };
	struct slice all[PLACE_COUNT];
	struct slice name = { 0 };
	AUTO_BUF struct buf same;
	AUTO_BUF struct buf filled;
	buf_init(&same, 1024 * 1024);
	buf_init(&filled, 8 * 1024 * 1024);
	for (unsigned i = 0; i < PLACE_COUNT; i++) {
		all[i] = SLICE("x");
	}
	places_fill(text, none, &same);
	if (!same.failed && !slice_eq(buf_slice(&same), text)) {
		abort();
	}
	bool known = places_known(text, &name);
	places_fill(text, all, &filled);
	if (filled.failed || (known && buf_slice(&filled).n > text.n)) {
		abort();
	}
	return 0;
}
