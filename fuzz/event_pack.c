/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event_pack.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"

/* A pack that was read answers every question; one without answers proposes the mildest grade. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct event_pack pack;
	struct event_proposal proposal;
	struct event_authority authority;
	struct diag diag = { 0 };
	if (event_pack_parse(arena, slice_of(data, size), &pack, &diag) < 0) {
		return diag.text[0] == '\0' ? (abort(), 0) : 0;
	}
	if (event_propose(&pack, NULL, &proposal, NULL) < 0) {
		abort();
	}
	for (size_t i = 0; event_pack_authority(&pack, i, &authority); i++) {
		(void)event_authority_asks(&authority, EVENT_GRADE_I, true);
	}
	return 0;
}
