/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Days that a school or a unit has decided on for itself, as it is kept.
 *
 * Layer: workflow.  Threading: reentrant.  Fuzz target: fuzz/calendar.c.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/calendar.h"

struct diag;

/**
 * Lay what the school or a unit has decided for itself over the published years:
 * {"version":"school-3","spans":[{"from","to","kind","reason"},…]}.
 *
 * Shape:   kind off (no working day), work (a working day), or break (between
 *          terms; changes no working day); from and to as YYYY-MM-DD, both included.
 * Returns: as calendar_add_json; the calendar is unchanged on failure.
 */
NODISCARD int calendar_add_layer(
	struct calendar *calendar, struct slice text, struct diag *diag);
