/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A superior's form 附件: loaded once, its cells mapped to what the platform
 * knows, filled in for each paper that asks for it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct desk;
struct json;

enum { ANNEX_PLACES_MAX = 400 };

/** POST /incoming/{id}/annexes: what paper read of the form comes with it. */
NODISCARD int desk_annex_upload(struct desk *desk);
/** PATCH /annexes/{id}: which cell says what, confirmed by somebody; retired. */
NODISCARD int desk_annex_map(struct desk *desk);
/** POST /incoming/{id}/annexes/{sub}/fill: asked of paper, or with dry_run what would go where. */
NODISCARD int desk_annex_fill(struct desk *desk);

/** Places guessed from the labels of a form, as JSON.  Returns: 0 or E_LIMIT. */
NODISCARD int annex_places_guess(
	struct arena *arena, const struct json *cells, struct slice *ret_places);

/**
 * What goes into which place, of this paper and all that came of it.
 *
 * Shape:   *ret_edits is paper/annex.h's JSON; *ret_rows how many findings there are.
 * Returns: 0, E_LIMIT or as db_step.
 */
NODISCARD int annex_edits(struct desk *desk, int64_t incoming_id, const struct json *places,
	struct slice *ret_edits, int64_t *ret_rows);
