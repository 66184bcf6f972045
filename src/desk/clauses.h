/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What belongs to an article beside its text: how the leading group reads it
 * (article 20), what people suggest to change, and that the whole was looked
 * through again (article 19).
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /clauses/interpretations */
NODISCARD int desk_clause_interpret(struct desk *desk);
/** POST /clauses/suggestions */
NODISCARD int desk_clause_suggest(struct desk *desk);
/** POST /clauses/reviews */
NODISCARD int desk_clause_review(struct desk *desk);
/** POST /clauses/{id}/settle: a suggestion is taken or declined. */
NODISCARD int desk_clause_settle(struct desk *desk);
/** POST /clauses/{id}/revoke: an interpretation no longer holds. */
NODISCARD int desk_clause_revoke(struct desk *desk);
