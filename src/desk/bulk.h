/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The same act done to many records: a dry run says how many and which not and
 * why; the real one answers row by row, and one that is refused stops none.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /notices/remind 一键催办 */
NODISCARD int desk_notices_remind(struct desk *desk);
/** POST /findings/confirm */
NODISCARD int desk_findings_confirm(struct desk *desk);
/** POST /notices/review: each with its findings and whom it would reach. */
NODISCARD int desk_notices_review(struct desk *desk);
/** POST /notices/issue; an optional defer_reason is each author's own. */
NODISCARD int desk_notices_issue(struct desk *desk);
/** POST /notices/drafts: one draft a unit, with whom it would reach. */
NODISCARD int desk_notices_draft(struct desk *desk);
