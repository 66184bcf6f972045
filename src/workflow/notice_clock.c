/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/notice_clock.h"

#include "base/err.h"
#include "workflow/due_superior.h"

/* The unit puts right and signs; everything else is the centre's time. */
static const struct calendar *calendar_of(
	const struct notice_timing *timing, enum policy_rule rule)
{
	bool unit = rule == POLICY_REMEDIATION || rule == POLICY_SIGN_FOR;
	return unit || timing->desk_calendar == NULL ? timing->calendar : timing->desk_calendar;
}

static int begin(const struct notice_timing *timing, enum policy_rule rule, int64_t start_ms,
	struct due *ret_due)
{
	return due_begin(calendar_of(timing, rule), timing->policy->version,
		policy_rule_name(rule, timing->grade), start_ms,
		policy_rule(timing->policy, rule, timing->grade), ret_due);
}

/* A superior who waits for the answer may leave less time than the school does. */
static int superior(const struct notice_timing *timing, int64_t at_ms, struct due *due)
{
	struct due_superior limit = { timing->superior_due_ms,
		policy_rule(timing->policy, POLICY_SUPERIOR_BUFFER, timing->grade),
		timing->policy->superior_buffer_percent, timing->policy->superior_short_hours };
	return limit.due_ms == 0 ? 0 : due_superior(timing->calendar, due, at_ms, &limit);
}

int notice_t0(const struct notice_timing *timing, int64_t reached_ms, int64_t *ret_t0_ms)
{
	int64_t cap_ms = 0;
	bool provisional = false;
	int error = calendar_add(timing->calendar, timing->issued_ms,
		policy_rule(timing->policy, POLICY_DELIVERY_CAP, timing->grade), &cap_ms,
		&provisional);
	if (error == 0) {
		bool earlier = reached_ms >= timing->issued_ms && reached_ms < cap_ms;
		*ret_t0_ms = earlier ? reached_ms : cap_ms;
	}
	return error;
}

/* Papers came back: time used stays used, and there is at least the correction time. */
static int resume(const struct notice_timing *timing, struct due *due)
{
	struct due draft = *due;
	const struct calendar *calendar =
		timing->due_calendar != NULL ? timing->due_calendar : timing->calendar;
	int error = due_resume(calendar, &draft, timing->now_ms);
	if (error == 0) {
		error = due_adjust(calendar, &draft, DUE_AT_LEAST, timing->now_ms,
			policy_rule(timing->policy, POLICY_CORRECTION, timing->grade));
	}
	if (error == 0) {
		*due = draft;
	}
	return error;
}

/* Half the grade's time, rounded up in the unit's favour, and not below the minimum. */
static int again(const struct notice_timing *timing, struct due *due)
{
	struct due_rule half = policy_rule(timing->policy, POLICY_REMEDIATION, timing->grade);
	half.n = (half.n + 1) / 2;
	struct due draft;
	int error = due_begin(timing->calendar, timing->policy->version,
		policy_rule_name(POLICY_REMEDIATION, timing->grade), timing->now_ms, half,
		&draft);
	error = error < 0 ? error : superior(timing, timing->now_ms, &draft);
	if (error == 0) {
		error = due_adjust(timing->calendar, &draft, DUE_AT_LEAST, timing->now_ms,
			policy_rule(timing->policy, POLICY_AGAIN, timing->grade));
	}
	if (error == 0) {
		*due = draft;
	}
	return error;
}

/* What has come back is known: it takes less time, rounded in the unit's favour. */
static int shorten(const struct notice_timing *timing, struct due *due)
{
	struct due_rule rule = due->rule;
	uint32_t percent = (uint32_t)timing->policy->recurrence_percent;
	rule.n = (rule.n * percent + 99) / 100;
	bool shorter = timing->recurring && rule.n < due->rule.n;
	return shorter ? due_adjust(timing->calendar, due, DUE_RECUR, due->start_ms, rule) : 0;
}

static int start(const struct notice_timing *timing, bool reached, struct due *due)
{
	int64_t t0_ms = 0;
	struct due draft;
	int error = notice_t0(timing, reached ? timing->now_ms : 0, &t0_ms);
	error = error < 0 ? error : begin(timing, POLICY_REMEDIATION, t0_ms, &draft);
	error = error < 0 ? error : superior(timing, timing->issued_ms, &draft);
	error = error < 0 ? error : shorten(timing, &draft);
	if (error == 0) {
		*due = draft;
	}
	return error;
}

int notice_remedy(const struct notice_timing *timing, uint32_t clocks, struct due *due)
{
	if ((clocks & (NOTICE_CLOCK_REMEDY_START | NOTICE_CLOCK_REMEDY_REACHED)) != 0) {
		return start(timing, (clocks & NOTICE_CLOCK_REMEDY_REACHED) != 0, due);
	}
	if ((clocks & NOTICE_CLOCK_REMEDY_BACK) != 0) {
		return due_give_back(
			timing->due_calendar != NULL ? timing->due_calendar : timing->calendar,
			due, timing->objected_ms, timing->now_ms);
	}
	if ((clocks & NOTICE_CLOCK_REMEDY_PAUSE) != 0) {
		return due_pause(due, timing->now_ms);
	}
	if ((clocks & NOTICE_CLOCK_REMEDY_RESUME) != 0) {
		return resume(timing, due);
	}
	return (clocks & NOTICE_CLOCK_REMEDY_AGAIN) != 0 ? again(timing, due) : 0;
}

int notice_clock_start(const struct notice_timing *timing, uint32_t clocks,
	enum policy_rule rule, struct due *ret_due)
{
	static const struct {
		enum policy_rule rule;
		uint32_t clock;
	} starts[] = {
		{ POLICY_REVIEW, NOTICE_CLOCK_REVIEW_START },
		{ POLICY_SIGN_FOR, NOTICE_CLOCK_SIGN_START },
		{ POLICY_VERIFICATION, NOTICE_CLOCK_VERIFY_START },
		{ POLICY_BRIEF, NOTICE_CLOCK_BRIEF_START },
		{ POLICY_CONFIRM, NOTICE_CLOCK_CONFIRM_START },
		{ POLICY_DECISION, NOTICE_CLOCK_DECIDE_START },
		{ POLICY_SETTLE, NOTICE_CLOCK_SETTLE_START },
	};
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (starts[i].rule == rule && (clocks & starts[i].clock) != 0) {
			return begin(timing, rule, timing->now_ms, ret_due);
		}
	}
	return E_ABSENT;
}

int notice_extension(const struct notice_timing *timing, const struct due *due,
	int64_t until_ms, struct due_rule *ret_rule)
{
	const struct calendar *calendar =
		timing->due_calendar != NULL ? timing->due_calendar : timing->calendar;
	struct due_rule rule = due->rule;
	uint32_t most = due->rule.n * (uint32_t)timing->policy->extension_percent_max / 100;
	if (until_ms <= due->due_ms) {
		return E_RANGE;
	}
	for (rule.n = 1; rule.n <= most; rule.n++) {
		int64_t at_ms = 0;
		bool provisional = false;
		int error = calendar_add(calendar, due->due_ms, rule, &at_ms, &provisional);
		if (error < 0) {
			return error;
		}
		if (at_ms >= until_ms) {
			*ret_rule = rule;
			return 0;
		}
	}
	return E_RANGE;
}

int notice_remind_at(const struct notice_timing *timing, enum policy_rule rule, int64_t from_ms,
	int64_t *ret_at_ms)
{
	bool provisional = false;
	int64_t at_ms = 0;
	int error = calendar_add(timing->calendar, from_ms,
		policy_rule(timing->policy, rule, timing->grade), &at_ms, &provisional);
	if (error < 0) {
		return error;
	}
	struct civil local = civil_of_ms(at_ms, timing->calendar->offset_min);
	bool off = !calendar_working(
		timing->calendar, civil_day(local.year, local.month, local.day));
	if (off && timing->grade > GRADE_EXTREME) {
		const struct due_rule next = { 1, DUE_WORKING_DAYS };
		error = calendar_add(timing->calendar, at_ms, next, &at_ms, &provisional);
	}
	if (error == 0) {
		*ret_at_ms = at_ms;
	}
	return error;
}

int notice_overdue_level(const struct notice_timing *timing, const struct due *due)
{
	int level = 0;
	if (due_paused(due)) {
		return 0;
	}
	for (int rung = 0; rung < POLICY_LADDER_RUNGS; rung++) {
		int64_t at_ms = 0;
		bool provisional = false;
		enum policy_rule rule = (enum policy_rule)(POLICY_LADDER_1 + rung);
		int error = calendar_add(timing->calendar, due->due_ms,
			policy_rule(timing->policy, rule, timing->grade), &at_ms, &provisional);
		if (error < 0 || timing->now_ms < at_ms) {
			break;
		}
		level = rung + 1;
	}
	return level;
}
