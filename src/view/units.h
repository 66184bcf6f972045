/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of units.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /units: those that exist, or with as_of=unix ms those that did then, as they were called. */
NODISCARD int view_units_list(struct view *view);
/** GET /units/{id} */
NODISCARD int view_units_get(struct view *view);
