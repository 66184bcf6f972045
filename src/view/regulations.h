/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Readings of the regulation: its versions, what a draft would change of open
 * work, what belongs to its articles, and whom a finding goes to by it.
 *
 * Layer: view.  Threading: as their view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct view;

/** GET /regulations */
NODISCARD int view_regulations_list(struct view *view);
/** GET /regulations/now: the text in force, the parameters there are, what stands above it. */
NODISCARD int view_regulations_now(struct view *view);
/**
 * Is it time to look the regulation through (article 19)?  Since its day, or
 * since it was looked through last, regulation.review_days have gone by.
 *
 * Returns: 1 with the text's id, title and when it was time, 0, or as db_step.
 */
NODISCARD int regulation_review_due(
	struct view *view, int64_t *ret_id, struct slice *ret_title, int64_t *ret_due_ms);
/** GET /regulations/{id} */
NODISCARD int view_regulations_get(struct view *view);
/** GET /regulations/{id}/impact: nothing is changed by it. */
NODISCARD int view_regulations_impact(struct view *view);
/** GET /clauses */
NODISCARD int view_clauses_list(struct view *view);
/** GET /routing */
NODISCARD int view_routing_try(struct view *view);
