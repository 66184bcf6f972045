/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/extension.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row state_rows[EXTENSION_COUNT] = {
	[EXTENSION_NONE] = { "none", "无", "none" },
	[EXTENSION_ASKED] = { "asked", "待审批", "asked" },
	[EXTENSION_APPROVED] = { "approved", "已批准", "approved" },
	[EXTENSION_REFUSED] = { "refused", "未批准", "refused" },
	[EXTENSION_LAPSED] = { "lapsed", "已失效", "lapsed" },
};
const struct name_table extension_state_names = { "extension state", state_rows,
	EXTENSION_COUNT };

static const struct name_row act_rows[EXTENSION_ACT_COUNT] = {
	[EXTENSION_ACT_ASK] = { "ask", "申请延期", "ask" },
	[EXTENSION_ACT_APPROVE] = { "approve", "批准延期", "approve" },
	[EXTENSION_ACT_REFUSE] = { "refuse", "不予延期", "refuse" },
	[EXTENSION_ACT_LAPSE] = { "lapse", "失效", "lapse" },
};
const struct name_table extension_act_names = { "extension act", act_rows,
	EXTENSION_ACT_COUNT };

static const struct name_row guard_rows[EXTENSION_GUARD_COUNT] = {
	[EXTENSION_GUARD_UNIT] = { "own_unit", "只有责任单位可以申请",
		"only the responsible unit may ask" },
	[EXTENSION_GUARD_WITH_UNIT] = { "not_with_unit", "通报当前不由责任单位办理",
		"the notice is not with the unit" },
	[EXTENSION_GUARD_BEFORE_DUE] = { "overdue", "延期须在期限届满前申请",
		"more time is asked for before it is due" },
	[EXTENSION_GUARD_REASON] = { "reason", "请写明延期理由", "a reason is needed" },
	[EXTENSION_GUARD_CONTROL] = { "control", "请写明延期期间的临时管控措施",
		"what holds meanwhile is missing" },
	[EXTENSION_GUARD_OFTEN] = { "too_often", "延期次数已用完",
		"it was extended as often as the policy allows" },
	[EXTENSION_GUARD_LENGTH] = { "too_long", "新期限须晚于原期限，且不超过制度允许的长度",
		"the new date must be later, and within what the policy allows" },
	[EXTENSION_GUARD_ALONE] = { "open", "已有一份延期申请待审批",
		"one is waiting already" },
	[EXTENSION_GUARD_APPROVER] = { "approver",
		"首次延期由主任审批，再次延期由分管校领导审批",
		"the director grants the first, the vice president a further one" },
	[EXTENSION_GUARD_OTHER] = { "decider_is_asker", "申请人不得审批",
		"who asked must not decide" },
};
const struct name_table extension_guard_names = { "extension guard", guard_rows,
	EXTENSION_GUARD_COUNT };

struct question {
	const struct extension_facts *facts;
	enum role role;
};

static bool holds_unit(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->actor_in_unit;
}

static bool holds_with_unit(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->with_unit;
}

static bool holds_before_due(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->before_due;
}

static bool holds_reason(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->reason_given;
}

static bool holds_control(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->control_given;
}

static bool holds_often(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->nth <= q->facts->count_max;
}

static bool holds_length(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->length_fits;
}

static bool holds_alone(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->another_open;
}

static bool holds_approver(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->nth <= 1 ? q->role == ROLE_DIRECTOR : q->role == ROLE_VICE_PRESIDENT;
}

static bool holds_other(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->actor_is_asker;
}

static const struct machine_guard guards[EXTENSION_GUARD_COUNT] = {
	[EXTENSION_GUARD_UNIT] = { holds_unit, E_DENIED },
	[EXTENSION_GUARD_WITH_UNIT] = { holds_with_unit, E_STATE },
	[EXTENSION_GUARD_BEFORE_DUE] = { holds_before_due, E_STATE },
	[EXTENSION_GUARD_REASON] = { holds_reason, E_INPUT },
	[EXTENSION_GUARD_CONTROL] = { holds_control, E_INPUT },
	[EXTENSION_GUARD_OFTEN] = { holds_often, E_STATE },
	[EXTENSION_GUARD_LENGTH] = { holds_length, E_INPUT },
	[EXTENSION_GUARD_ALONE] = { holds_alone, E_STATE },
	[EXTENSION_GUARD_APPROVER] = { holds_approver, E_DENIED },
	[EXTENSION_GUARD_OTHER] = { holds_other, E_DENIED },
};

#define NEEDS(name) MACHINE_BIT(EXTENSION_GUARD_##name)
#define ROW(from, act, to, roles, guards)                                                      \
	{                                                                                      \
		EXTENSION_##from, EXTENSION_ACT_##act, EXTENSION_##to, roles, guards, 0, 0, 0  \
	}

enum {
	UNIT = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD),
	DECIDERS = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_VICE_PRESIDENT),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
};

static const struct machine_row rows[] = {
	ROW(NONE, ASK, ASKED, UNIT,
		NEEDS(UNIT) | NEEDS(WITH_UNIT) | NEEDS(BEFORE_DUE) | NEEDS(REASON) |
			NEEDS(CONTROL) | NEEDS(OFTEN) | NEEDS(LENGTH) | NEEDS(ALONE)),
	ROW(ASKED, APPROVE, APPROVED, DECIDERS, NEEDS(APPROVER) | NEEDS(OTHER)),
	ROW(ASKED, REFUSE, REFUSED, DECIDERS, NEEDS(APPROVER) | NEEDS(OTHER) | NEEDS(REASON)),
	ROW(ASKED, LAPSE, LAPSED, SYSTEM, 0),
};

static const struct machine machine = { &extension_state_names, &extension_act_names,
	&extension_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int extension_step(const struct extension_facts *facts, enum extension_act act, enum role role,
	enum extension_state *ret_state, struct diag *diag)
{
	const struct question question = { facts, role };
	const struct machine_call call = { facts->state, act, role, &question };
	const struct machine_row *row = NULL;
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum extension_state)row->to;
	}
	return error;
}
