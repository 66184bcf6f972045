/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Findings 隐患, as people read them.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

NODISCARD int view_findings_list(struct view *view);
NODISCARD int view_findings_get(struct view *view);
/** "findings":[…] of a notice.  0 or as db_step. */
NODISCARD int view_findings_of(struct view *view, int64_t notice_id);
