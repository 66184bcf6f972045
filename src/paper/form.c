/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/form.h"

#include "base/arena.h"

enum { FIRST_ROOM = 64 };

struct form *form_create(struct arena *arena)
{
	struct form *form = arena_take(arena, sizeof(*form));
	form->arena = arena;
	return form;
}

/* Room grows by doubling; a power of two is full. */
static bool grow(struct form *form)
{
	unsigned room = form->count < FIRST_ROOM ? FIRST_ROOM : 2 * form->count;
	struct form_block *more = arena_try(form->arena, room, sizeof(*more));
	if (more != NULL && form->count > 0) {
		(void)memcpy(more, form->blocks, form->count * sizeof(*more));
	}
	form->blocks = more != NULL ? more : form->blocks;
	return more != NULL;
}

struct form_block *form_add(struct form *form, enum form_verb verb)
{
	bool full = form->count == 0 ||
		    (form->count >= FIRST_ROOM && (form->count & (form->count - 1)) == 0);
	if (form->count == FORM_BLOCKS_MAX || (full && !grow(form))) {
		return NULL;
	}
	struct form_block *block = &form->blocks[form->count++];
	*block = (struct form_block) { .verb = verb };
	return block;
}
