/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/salt.h"

#include "base/arena.h"
#include "sys/rand.h"

struct slice salt_draw(struct arena *arena)
{
	uint8_t octets[SALT_OCTETS];
	rand_octets(octets, sizeof(octets));
	return arena_dup(arena, slice_of(octets, sizeof(octets)));
}
