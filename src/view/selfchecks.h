/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Self-checks of the units, one and many; important periods.
 *
 * Layer: view.  Threading: the reader's thread.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /selfchecks, GET /selfchecks/{id}. */
NODISCARD int view_selfchecks_list(struct view *view);
NODISCARD int view_selfchecks_get(struct view *view);
/** GET /selfchecks/board: units by weeks, with what they are a share of. */
NODISCARD int view_selfchecks_board(struct view *view);
/** GET /important-periods. */
NODISCARD int view_important_list(struct view *view);
