/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cell.h"

#include <stdint.h>

#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct slice cell = slice_of(data, size);
	struct slice name = { 0 };
	struct slice phone = { 0 };
	bool ok = false;
	(void)cell_addresses(arena, cell, &ok);
	(void)!cell_phone(arena, cell, &phone);
	cell_person(arena, cell, &name, &phone);
	(void)cell_likeness(cell, name);
	return 0;
}
