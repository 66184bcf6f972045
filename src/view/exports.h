/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lists taken away as files (view/table_out.h), in the words the screens use.
 * Units and people import again as they are.
 *
 * Layer: view.  Threading: as view.h.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /units/export, /people/export, /findings/export, /notices/export, /alerts/export. */
NODISCARD int view_export(struct view *view);
