/* SPDX-License-Identifier: Apache-2.0 */
/**
 * When a unit is reminded of a deadline it still has to keep: at two shares of
 * the time, some working days and some hours before the end, as the policy says.
 * At night and on a day off nobody is disturbed but for what is urgent; what
 * would come close upon another is left out, and the later one stays.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "workflow/due.h"
#include "workflow/notice_clock.h"

/**
 * The next reminder after timing->now_ms, before the due instant.
 *
 * Shape:   the clock runs; last_ms is when the unit last heard of it, 0 = never.
 *          A share is of the time the unit has in all, pauses taken out.
 * Returns: 1 with the instant; 0 when there is none; or as calendar_before.
 */
NODISCARD int notice_remind_next(const struct notice_timing *timing, const struct due *due,
	int64_t last_ms, int64_t *ret_at_ms);

/** The first instant from at_ms on at which a reminder may be told: of what is urgent, at once. */
int64_t notice_loud(const struct notice_timing *timing, int64_t at_ms);
