/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/json.h"
#include "probe/spec.h"

/* What was read has a target the engines can take, and can be copied whole. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	if (json_parse(arena, slice_of(data, size), 0, &root, NULL) < 0) {
		return 0;
	}
	for (const struct json *check = json_first(root); check != NULL;
		check = json_next(check)) {
		struct spec_item item = { 0 };
		if (spec_read(arena, check, &item, NULL) < 0) {
			continue;
		}
		struct check_spec *copy = check_spec_dup(&item.spec);
		bool aimed = item.spec.addr.family != 0 || item.spec.name != NULL ||
			     item.spec.kind == CHECK_HOST;
		if (copy == NULL || !aimed || item.target.n > SPEC_TARGET_MAX) {
			abort();
		}
		free(copy);
	}
	return 0;
}
