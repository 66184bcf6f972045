/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the file: parts within the limits, or a refusal. */
#include <stdlib.h>

#include "base/arena.h"
#include "paper/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pack_part *parts = NULL;
	size_t total = 0;
	int count = pack_read(slice_of(data, size), arena, &parts, NULL);
	for (int i = 0; i < count; i++) {
		total += parts[i].octets.n;
	}
	if (count > PACK_PARTS_MAX || total > PACK_TOTAL_OCTETS_MAX) {
		abort();
	}
	return 0;
}
