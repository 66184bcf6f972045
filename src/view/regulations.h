/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Readings of the regulation: its versions, what a draft would change of open
 * work, what belongs to its articles, and whom a finding goes to by it.
 *
 * Layer: view.  Threading: as their view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /regulations */
NODISCARD int view_regulations_list(struct view *view);
/** GET /regulations/now: the text in force, the parameters there are, what stands above it. */
NODISCARD int view_regulations_now(struct view *view);
/** GET /regulations/{id} */
NODISCARD int view_regulations_get(struct view *view);
/** GET /regulations/{id}/impact: nothing is changed by it. */
NODISCARD int view_regulations_impact(struct view *view);
/** GET /clauses */
NODISCARD int view_clauses_list(struct view *view);
/** GET /routing */
NODISCARD int view_routing_try(struct view *view);
