/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a kind of finding is put right, and what a notice of it asks for:
 * written by people, each change an edition of its own.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /knowledge */
NODISCARD int desk_knowledge_create(struct desk *desk);
/** PATCH /knowledge/{id} */
NODISCARD int desk_knowledge_update(struct desk *desk);
/** POST /knowledge/{id}/retire */
NODISCARD int desk_knowledge_retire(struct desk *desk);
/** POST /knowledge/{id}/restore */
NODISCARD int desk_knowledge_restore(struct desk *desk);
