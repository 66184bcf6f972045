/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/control.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row state_rows[CONTROL_COUNT] = {
	[CONTROL_NONE] = { "none", "无", "none" },
	[CONTROL_PROPOSED] = { "proposed", "待审批", "proposed" },
	[CONTROL_APPROVED] = { "approved", "已批准", "approved" },
	[CONTROL_REFUSED] = { "refused", "未批准", "refused" },
	[CONTROL_APPLIED] = { "applied", "已实施", "applied" },
	[CONTROL_LIFTED] = { "lifted", "已解除", "lifted" },
	[CONTROL_LAPSED] = { "lapsed", "已失效", "lapsed" },
};
const struct name_table control_state_names = { "control state", state_rows, CONTROL_COUNT };

static const struct name_row act_rows[CONTROL_ACT_COUNT] = {
	[CONTROL_ACT_PROPOSE] = { "propose", "建议临时管控", "propose" },
	[CONTROL_ACT_APPROVE] = { "approve", "批准管控", "approve" },
	[CONTROL_ACT_REFUSE] = { "refuse", "不予管控", "refuse" },
	[CONTROL_ACT_APPLY] = { "apply", "登记已实施", "apply" },
	[CONTROL_ACT_LIFT] = { "lift", "解除管控", "lift" },
	[CONTROL_ACT_LAPSE] = { "lapse", "失效", "lapse" },
};
const struct name_table control_act_names = { "control act", act_rows, CONTROL_ACT_COUNT };

static const struct name_row guard_rows[CONTROL_GUARD_COUNT] = {
	[CONTROL_GUARD_NOTICE] = { "notice_state", "该通报当前不需临时管控",
		"this notice needs no control now" },
	[CONTROL_GUARD_MEASURE] = { "measure", "请写明管控措施", "the measure is missing" },
	[CONTROL_GUARD_REASON] = { "reason", "请写明理由", "a reason is needed" },
	[CONTROL_GUARD_ALONE] = { "open", "已有一项临时管控未解除", "one is not lifted yet" },
	[CONTROL_GUARD_OTHER] = { "decider_is_proposer", "建议人不得审批",
		"who proposed it must not decide" },
	[CONTROL_GUARD_PERSON] = { "person", "请写明实施人", "who applied it is missing" },
	[CONTROL_GUARD_VERIFIED] = { "not_verified", "复核通过或通报撤销后方可解除",
		"it is lifted after the verification, or when the notice is withdrawn" },
};
const struct name_table control_guard_names = { "control guard", guard_rows,
	CONTROL_GUARD_COUNT };

struct question {
	const struct control_facts *facts;
	enum role role;
};

static bool holds_notice(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->notice_open;
}

static bool holds_measure(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->measure_given;
}

static bool holds_reason(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->reason_given;
}

static bool holds_alone(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->another_open;
}

static bool holds_other(const void *p)
{
	const struct question *q = (const struct question *)p;
	return !q->facts->actor_is_proposer;
}

static bool holds_person(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->person_named;
}

static bool holds_verified(const void *p)
{
	const struct question *q = (const struct question *)p;
	return q->facts->verified;
}

static const struct machine_guard guards[CONTROL_GUARD_COUNT] = {
	[CONTROL_GUARD_NOTICE] = { holds_notice, E_STATE },
	[CONTROL_GUARD_MEASURE] = { holds_measure, E_INPUT },
	[CONTROL_GUARD_REASON] = { holds_reason, E_INPUT },
	[CONTROL_GUARD_ALONE] = { holds_alone, E_STATE },
	[CONTROL_GUARD_OTHER] = { holds_other, E_DENIED },
	[CONTROL_GUARD_PERSON] = { holds_person, E_INPUT },
	[CONTROL_GUARD_VERIFIED] = { holds_verified, E_STATE },
};

#define NEEDS(name) MACHINE_BIT(CONTROL_GUARD_##name)
#define ROW(from, act, to, roles, guards)                                                      \
	{                                                                                      \
		CONTROL_##from, CONTROL_ACT_##act, CONTROL_##to, roles, guards, 0, 0, 0        \
	}

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN),
	DIRECTOR = ROLE_BIT(ROLE_DIRECTOR),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
};

static const struct machine_row rows[] = {
	ROW(NONE, PROPOSE, PROPOSED, DESK | SYSTEM,
		NEEDS(NOTICE) | NEEDS(MEASURE) | NEEDS(REASON) | NEEDS(ALONE)),
	ROW(PROPOSED, APPROVE, APPROVED, DIRECTOR, NEEDS(OTHER)),
	ROW(PROPOSED, REFUSE, REFUSED, DIRECTOR, NEEDS(OTHER) | NEEDS(REASON)),
	ROW(APPROVED, APPLY, APPLIED, DESK, NEEDS(PERSON)),
	ROW(APPLIED, LIFT, LIFTED, DESK, NEEDS(VERIFIED) | NEEDS(PERSON)),
	ROW(PROPOSED, LAPSE, LAPSED, SYSTEM, 0),
	ROW(APPROVED, LAPSE, LAPSED, SYSTEM, 0),
};

static const struct machine machine = { &control_state_names, &control_act_names,
	&control_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int control_step(const struct control_facts *facts, enum control_act act, enum role role,
	enum control_state *ret_state, struct diag *diag)
{
	const struct question question = { facts, role };
	const struct machine_call call = { facts->state, act, role, &question };
	const struct machine_row *row = NULL;
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum control_state)row->to;
	}
	return error;
}
