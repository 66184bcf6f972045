/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event_clock.h"

#include <stdio.h>

#include "base/err.h"

static struct due_rule follow_rule(
	const struct policy_events *events, enum event_grade grade, const char **ret_parameter)
{
	if (grade <= EVENT_GRADE_II) {
		*ret_parameter = "event.follow_up.major";
		return events->follow_major;
	}
	*ret_parameter =
		grade == EVENT_GRADE_III ? "event.follow_up.larger" : "event.follow_up.minor";
	return grade == EVENT_GRADE_III ? events->follow_larger : events->follow_minor;
}

struct due_rule event_clock_rule(const struct policy *policy, enum event_clock_kind kind,
	enum event_grade grade, const char **ret_parameter)
{
	const struct policy_events *events = &policy->events;
	switch (kind) {
	case EVENT_CLOCK_INITIAL:
		*ret_parameter =
			grade <= EVENT_GRADE_III ? "event.initial" : "event.initial_minor";
		return grade <= EVENT_GRADE_III ? events->initial : events->initial_minor;
	case EVENT_CLOCK_FOLLOW_UP:
		return follow_rule(events, grade, ret_parameter);
	case EVENT_CLOCK_FINAL:
		*ret_parameter = "event.summary";
		return events->summary;
	case EVENT_CLOCK_NATIONAL:
		*ret_parameter = "event.national_summary";
		return events->national;
	case EVENT_CLOCK_GRADE:
	case EVENT_CLOCK_UP:
		break;
	}
	*ret_parameter = "event.grading";
	return events->grading;
}

int event_clock_begin(const struct calendar *calendar, const struct policy *policy,
	enum event_clock_kind kind, enum event_grade grade, int64_t start_ms,
	struct due *ret_due)
{
	const char *parameter = "";
	struct due_rule rule = event_clock_rule(policy, kind, grade, &parameter);
	return due_begin(calendar, policy->version, parameter, start_ms, rule, ret_due);
}

int event_clock_up(const struct calendar *calendar, const char *pack_version,
	const struct event_authority *authority, int64_t known_ms, struct due *ret_due)
{
	char parameter[DUE_PARAMETER_MAX];
	(void)snprintf(parameter, sizeof(parameter), "authority.%.*s",
		SLICE_FMT(slice_head(authority->id, 30)));
	return due_begin(
		calendar, pack_version, parameter, known_ms, authority->limit, ret_due);
}

int event_clock_regrade(const struct calendar *calendar, const struct policy *policy,
	enum event_clock_kind kind, enum event_grade grade, int64_t now_ms, struct due *due)
{
	const char *parameter = "";
	struct due_rule rule = event_clock_rule(policy, kind, grade, &parameter);
	struct due_rule before = due_rule_now(due);
	bool graded = kind == EVENT_CLOCK_INITIAL || kind == EVENT_CLOCK_FOLLOW_UP;
	if (!graded || (rule.n == before.n && rule.unit == before.unit)) {
		return 0;
	}
	int error = due_adjust(calendar, due, DUE_REGRADE, now_ms, rule);
	return error < 0 ? error : 1;
}

int event_alarm_at(const struct calendar *calendar, const struct policy *policy, unsigned nth,
	int64_t known_ms, int64_t *ret_at_ms)
{
	bool provisional = false;
	return nth >= EVENT_ALARMS
		       ? E_RANGE
		       : calendar_add(calendar, known_ms, policy->events.alarms[nth], ret_at_ms,
				 &provisional);
}
