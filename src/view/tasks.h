/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the leading group decided, and how far it has come.
 *
 * Layer: view.  Threading: as view/view.h.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /tasks, /tasks/{id}. */
NODISCARD int view_tasks_list(struct view *view);
NODISCARD int view_tasks_get(struct view *view);
/** GET /meetings. */
NODISCARD int view_meetings_list(struct view *view);
/** GET /guidance: with who has read it; a unit sees its own part. */
NODISCARD int view_guidance_list(struct view *view);
