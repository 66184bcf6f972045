/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Forms of superiors: those a paper may be answered with, and what stands in one.
 *
 * Layer: view.  Threading: one owner of the view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /annexes?incoming=: its own, those of its superior, and what was filled in for it. */
NODISCARD int view_annexes_list(struct view *view);
/** GET /annexes/{id}. */
NODISCARD int view_annexes_get(struct view *view);
/** GET /annexes/{id}/file: as it came. */
NODISCARD int view_annexes_file(struct view *view);
