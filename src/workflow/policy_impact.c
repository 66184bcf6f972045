/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/policy_impact.h"

#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "workflow/due_superior.h"
#include "workflow/policy.h"

/* A further round counts half of the grade's time and says so by what it begins with. */
static bool is_half(const struct due *due)
{
	return due->step_count > 0 && due->steps[0].kind == DUE_AT_LEAST &&
	       due->steps[0].at_ms == due->start_ms;
}

static int step_again(
	const struct calendar *calendar, const struct due_step *step, struct due *due)
{
	if (step->kind == DUE_SUPERIOR) {
		return due_superior(calendar, due, step->at_ms, &step->superior);
	}
	if (step->kind == DUE_GIVE_BACK) {
		return due_give_back(calendar, due, step->at_ms, step->until_ms);
	}
	if (step->kind != DUE_PAUSE) {
		return due_adjust(calendar, due, step->kind, step->at_ms, step->rule);
	}
	int error = due_pause(due, step->at_ms);
	return error < 0 || step->until_ms == DUE_OPEN
		       ? error
		       : due_resume(calendar, due, step->until_ms);
}

int policy_move_due(const struct calendar *calendar, const struct policy *policy,
	enum grade grade, const struct due *due, struct due *ret_due)
{
	struct due moved;
	if (strncmp(due->parameter, "remediation.", 12) != 0) {
		return E_ABSENT;
	}
	bool half = is_half(due);
	struct due_rule rule = policy_rule(policy, POLICY_REMEDIATION, grade);
	rule.n = half ? (rule.n + 1) / 2 : rule.n;
	int error = due_begin(calendar, policy->version,
		policy_rule_name(POLICY_REMEDIATION, grade), due->start_ms, rule, &moved);
	for (size_t i = 0; i < due->step_count && error == 0; i++) {
		struct due_step step = due->steps[i];
		if (half && i == 0) {
			step.rule = policy_rule(policy, POLICY_AGAIN, grade);
		} else if (step.kind == DUE_RECUR) {
			step.rule = rule;
			step.rule.n =
				(rule.n * (uint32_t)policy->recurrence_percent + 99) / 100;
		}
		error = step_again(calendar, &step, &moved);
	}
	if (error == 0) {
		*ret_due = moved;
	}
	return error;
}

enum policy_move policy_move_of(int64_t before_ms, int64_t after_ms, int64_t now_ms)
{
	if (before_ms >= now_ms && after_ms < now_ms) {
		return POLICY_BECOMES_OVERDUE;
	}
	if (before_ms < now_ms && after_ms >= now_ms) {
		return POLICY_NO_LONGER_OVERDUE;
	}
	return after_ms < before_ms   ? POLICY_EARLIER
	       : after_ms > before_ms ? POLICY_LATER
				      : POLICY_SAME;
}
