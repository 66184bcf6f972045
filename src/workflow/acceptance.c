/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/acceptance.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row state_rows[ACCEPTANCE_COUNT] = {
	[ACCEPTANCE_NONE] = { "none", "无", "none" },
	[ACCEPTANCE_ASKED] = { "asked", "待审批", "asked" },
	[ACCEPTANCE_APPROVED] = { "approved", "已批准", "approved" },
	[ACCEPTANCE_REFUSED] = { "refused", "未批准", "refused" },
	[ACCEPTANCE_EXPIRED] = { "expired", "已到期", "expired" },
	[ACCEPTANCE_LAPSED] = { "lapsed", "已失效", "lapsed" },
};
const struct name_table acceptance_state_names = { "acceptance state", state_rows,
	ACCEPTANCE_COUNT };

static const struct name_row act_rows[ACCEPTANCE_ACT_COUNT] = {
	[ACCEPTANCE_ACT_ASK] = { "ask", "申请暂缓整改", "ask" },
	[ACCEPTANCE_ACT_APPROVE] = { "approve", "批准暂缓", "approve" },
	[ACCEPTANCE_ACT_REFUSE] = { "refuse", "不予暂缓", "refuse" },
	[ACCEPTANCE_ACT_EXPIRE] = { "expire", "到期", "expire" },
	[ACCEPTANCE_ACT_LAPSE] = { "lapse", "失效", "lapse" },
};
const struct name_table acceptance_act_names = { "acceptance act", act_rows,
	ACCEPTANCE_ACT_COUNT };

static const struct name_row guard_rows[ACCEPTANCE_GUARD_COUNT] = {
	[ACCEPTANCE_GUARD_UNIT] = { "own_unit", "只有责任单位负责人可以申请",
		"only the head of the responsible unit may ask" },
	[ACCEPTANCE_GUARD_FINDING] = { "finding_state", "该隐患当前不能暂缓整改",
		"this finding cannot be left for a time now" },
	[ACCEPTANCE_GUARD_REASON] = { "reason", "请写明暂缓理由", "a reason is needed" },
	[ACCEPTANCE_GUARD_CONTROL] = { "control", "请写明补偿性控制措施",
		"what guards it meanwhile is missing" },
	[ACCEPTANCE_GUARD_EXPIRY] = { "expiry", "请写明到期日，且不超过制度允许的期限",
		"an end within what the policy allows is needed" },
	[ACCEPTANCE_GUARD_ALONE] = { "open", "已有一份暂缓申请待审批",
		"one is waiting already" },
	[ACCEPTANCE_GUARD_APPROVER] = { "approver",
		"中低危由主任审批，高危及以上由领导小组审批",
		"the director decides; from grade high on the leading group does" },
	[ACCEPTANCE_GUARD_OTHER] = { "decider_is_asker", "申请人不得审批",
		"who asked must not decide" },
};
const struct name_table acceptance_guard_names = { "acceptance guard", guard_rows,
	ACCEPTANCE_GUARD_COUNT };

struct question {
	const struct acceptance_facts *facts;
	enum role role;
};

static bool holds_unit(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->actor_in_unit;
}

static bool holds_finding(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->finding_fits;
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

static bool holds_expiry(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->expiry_fits;
}

static bool holds_alone(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->another_open;
}

static bool holds_approver(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->grade <= GRADE_HIGH ? q->role == ROLE_LEADING_GROUP
					     : q->role == ROLE_DIRECTOR;
}

static bool holds_other(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->actor_is_asker;
}

static const struct machine_guard guards[ACCEPTANCE_GUARD_COUNT] = {
	[ACCEPTANCE_GUARD_UNIT] = { holds_unit, E_DENIED },
	[ACCEPTANCE_GUARD_FINDING] = { holds_finding, E_STATE },
	[ACCEPTANCE_GUARD_REASON] = { holds_reason, E_INPUT },
	[ACCEPTANCE_GUARD_CONTROL] = { holds_control, E_INPUT },
	[ACCEPTANCE_GUARD_EXPIRY] = { holds_expiry, E_INPUT },
	[ACCEPTANCE_GUARD_ALONE] = { holds_alone, E_STATE },
	[ACCEPTANCE_GUARD_APPROVER] = { holds_approver, E_DENIED },
	[ACCEPTANCE_GUARD_OTHER] = { holds_other, E_DENIED },
};

#define NEEDS(name) MACHINE_BIT(ACCEPTANCE_GUARD_##name)
#define ROW(from, act, to, roles, guards)                                                      \
	{                                                                                      \
		ACCEPTANCE_##from, ACCEPTANCE_ACT_##act, ACCEPTANCE_##to, roles, guards, 0, 0, \
			0                                                                      \
	}

enum {
	HEAD = ROLE_BIT(ROLE_UNIT_HEAD),
	DECIDERS = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_LEADING_GROUP),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
};

static const struct machine_row rows[] = {
	ROW(NONE, ASK, ASKED, HEAD,
		NEEDS(UNIT) | NEEDS(FINDING) | NEEDS(REASON) | NEEDS(CONTROL) | NEEDS(EXPIRY) |
			NEEDS(ALONE)),
	ROW(ASKED, APPROVE, APPROVED, DECIDERS,
		NEEDS(FINDING) | NEEDS(APPROVER) | NEEDS(OTHER) | NEEDS(EXPIRY)),
	ROW(ASKED, REFUSE, REFUSED, DECIDERS, NEEDS(APPROVER) | NEEDS(OTHER) | NEEDS(REASON)),
	ROW(APPROVED, EXPIRE, EXPIRED, SYSTEM, 0),
	ROW(ASKED, LAPSE, LAPSED, SYSTEM, 0),
};

static const struct machine machine = { &acceptance_state_names, &acceptance_act_names,
	&acceptance_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int acceptance_step(const struct acceptance_facts *facts, enum acceptance_act act,
	enum role role, enum acceptance_state *ret_state, struct diag *diag)
{
	const struct question question = { facts, role };
	const struct machine_call call = { facts->state, act, role, &question };
	const struct machine_row *row = NULL;
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum acceptance_state)row->to;
	}
	return error;
}
