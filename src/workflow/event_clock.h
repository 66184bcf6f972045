/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The clocks of an event.  The first report and those to authorities count
 * from when it was known of, whatever its grade was then: a graver grade
 * counts them anew from the same moment.  Follow-up reports count from one to
 * the next until it is contained, the final ones from when it was over.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/event.h"
#include "model/scale.h"
#include "workflow/due.h"
#include "workflow/event_pack.h"
#include "workflow/policy.h"

/** Not graded yet; the mildest time holds. */
#define EVENT_UNGRADED ((enum event_grade)EVENT_GRADE_COUNT)

enum { EVENT_ALARMS = 3 };

/**
 * The rule of a clock, and its parameter's name.
 *
 * Shape:   not EVENT_CLOCK_UP, whose rule is its authority's.
 */
struct due_rule event_clock_rule(const struct policy *policy, enum event_clock_kind kind,
	enum event_grade grade, const char **ret_parameter);

/** Start one.  Returns: as due_begin. */
NODISCARD int event_clock_begin(const struct calendar *calendar, const struct policy *policy,
	enum event_clock_kind kind, enum event_grade grade, int64_t start_ms,
	struct due *ret_due);

/** Start that of a report to an authority: by its limit, as the pack names it.  Returns: as due_begin. */
NODISCARD int event_clock_up(const struct calendar *calendar, const char *pack_version,
	const struct event_authority *authority, int64_t known_ms, struct due *ret_due);

/**
 * It is of another grade now: the same clock by that grade's rule, from the same start.
 *
 * Returns: 1 it was changed, 0 it is as before, or as due_adjust.
 */
NODISCARD int event_clock_regrade(const struct calendar *calendar, const struct policy *policy,
	enum event_clock_kind kind, enum event_grade grade, int64_t now_ms, struct due *due);

/** When the nth alarm about an authority that is not told yet goes off.  Returns: 0 or as calendar_add. */
NODISCARD int event_alarm_at(const struct calendar *calendar, const struct policy *policy,
	unsigned nth, int64_t known_ms, int64_t *ret_at_ms);
