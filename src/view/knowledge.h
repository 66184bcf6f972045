/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Readings of the school's knowledge: entries, and what of it goes with a
 * finding or a notice.
 *
 * Layer: view.  Threading: as their view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /knowledge */
NODISCARD int view_knowledge_list(struct view *view);
/** GET /knowledge/{id}, with its editions. */
NODISCARD int view_knowledge_get(struct view *view);
/** GET /findings/{id}/advice */
NODISCARD int view_findings_advice(struct view *view);
/** GET /notices/{id}/advice: as it stood when the notice was issued, and who is told by copy. */
NODISCARD int view_notices_advice(struct view *view);
