/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The days of the school and of units, and all that falls due.
 *
 * Layer: view.  Threading: as view/view.h.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /calendars: the published years, the school's own days, and those of one unit. */
NODISCARD int view_calendars_get(struct view *view);
/** GET /dues: everything that falls due between two moments. */
NODISCARD int view_dues_list(struct view *view);
/** GET /dues/ics: the same for a calendar program. */
NODISCARD int view_dues_ics(struct view *view);
