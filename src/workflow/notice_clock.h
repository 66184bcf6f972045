/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The clocks of a notice.  Putting right counts from T0: when the notice first
 * reached somebody, at the latest a fixed time after issue, so that not reading
 * is no advantage.  It stands while a submission is looked at, runs on with the
 * time already used when papers are returned, and starts again, shorter, when
 * the verification fails.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/scale.h"
#include "workflow/calendar.h"
#include "workflow/due.h"
#include "workflow/notice.h"
#include "workflow/policy.h"

struct notice_timing {
	const struct calendar *calendar; /* of the unit that puts right */
	const struct policy *policy;
	enum grade grade;
	int64_t issued_ms;
	int64_t now_ms;
	/* by which a running due was counted; NULL = calendar */
	const struct calendar *due_calendar;
	int64_t objected_ms; /* since when time is to be given back */
	bool recurring;      /* one of its findings has come back: less time */
	/* of the centre, for what it does itself; NULL = calendar */
	const struct calendar *desk_calendar;
	int64_t superior_due_ms; /* of the paper it answers, 0 = none */
};

/** T0 of a notice that reached somebody at reached_ms, or has not yet (0). */
NODISCARD int notice_t0(
	const struct notice_timing *timing, int64_t reached_ms, int64_t *ret_t0_ms);

/**
 * Do to the remediation clock what an outcome's clocks ask: start, reached,
 * pause, resume, again or give back.  STOP leaves it as it is; the record says it ended.
 *
 * Shape:   *due is read unless clocks start it.
 * Returns: 0 when *due is as asked (or nothing was asked), else as due_*; *due
 *          is then unchanged.  E_LIMIT on a resume means the papers were
 *          returned too often in this round: let the verification fail instead.
 */
NODISCARD int notice_remedy(
	const struct notice_timing *timing, uint32_t clocks, struct due *due);

/**
 * Start one of the plain clocks (review, sign for, verification, brief,
 * confirm, deciding an objection, settling what cannot be verified) at now, as the outcome's clocks ask.
 *
 * Returns: 0; E_ABSENT when the clocks do not start it; else as due_begin.
 */
NODISCARD int notice_clock_start(const struct notice_timing *timing, uint32_t clocks,
	enum policy_rule rule, struct due *ret_due);

/**
 * A unit asks for time until a day: the least of the rule's own unit that
 * reaches it from the due instant, and at most percent_max of the first rule.
 *
 * Returns: 0 with the rule to grant; E_RANGE when it is not later than due, or too long.
 */
NODISCARD int notice_extension(const struct notice_timing *timing, const struct due *due,
	int64_t until_ms, struct due_rule *ret_rule);

/** When a reminder of a rule is next: never on a day off, but of what is urgent.  As calendar_add. */
NODISCARD int notice_remind_at(const struct notice_timing *timing, enum policy_rule rule,
	int64_t from_ms, int64_t *ret_at_ms);

/** Overdue level 0 to 4 at now: rungs of the ladder passed since due; 0 while paused. */
int notice_overdue_level(const struct notice_timing *timing, const struct due *due);
