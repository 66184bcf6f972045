/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event.h"

#include "base/err.h"
#include "workflow/machine.h"

#define ACT(name) EVENT_ACT_##name
#define GUARD(name) EVENT_GUARD_##name
#define STATE(name) EVENT_##name
#define NEEDS(name) MACHINE_BIT(EVENT_GUARD_##name)

static const struct name_row act_rows[EVENT_ACT_COUNT] = {
	[ACT(GRADE)] = { "grade", "分级研判", "grade" },
	[ACT(RAISE)] = { "raise", "调高级别", "raise the grade" },
	[ACT(LOWER)] = { "lower", "申请调低级别", "ask for a milder grade" },
	[ACT(ALLOW)] = { "allow", "同意调低级别", "allow the milder grade" },
	[ACT(REFUSE)] = { "refuse", "不同意调低级别", "refuse the milder grade" },
	[ACT(RESPOND)] = { "respond", "开始处置", "begin to respond" },
	[ACT(CONTAIN)] = { "contain", "已控制", "contain" },
	[ACT(RESOLVE)] = { "resolve", "已恢复", "resolve" },
	[ACT(RELAPSE)] = { "relapse", "再次发作", "relapse" },
	[ACT(FINAL)] = { "final", "接收终报", "accept the final report" },
	[ACT(REVIEW)] = { "review", "复盘", "review" },
	[ACT(CLOSE)] = { "close", "归档", "close" },
	[ACT(NOT_EVENT)] = { "not_event", "判为非事件", "call it no event" },
};
const struct name_table event_act_names = { "event act", act_rows, EVENT_ACT_COUNT };

static const struct name_row guard_rows[EVENT_GUARD_COUNT] = {
	[GUARD(REASON)] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
	[GUARD(GRADE)] = { "grade", "请选定级别", "no grade is chosen" },
	[GUARD(GRAVER)] = { "not_graver", "所选级别不高于现级别",
		"the grade is not a graver one" },
	[GUARD(MILDER)] = { "not_milder", "所选级别不低于现级别",
		"the grade is not a milder one" },
	[GUARD(NONE_ASKED)] = { "lowering_asked", "已有待审批的调低申请",
		"a milder grade is asked for already" },
	[GUARD(ASKED)] = { "none_asked", "没有待审批的调低申请", "nothing is asked for" },
	[GUARD(OTHER_ASKED)] = { "own_request", "调低级别须由申请人以外的人审批",
		"who asks for a milder grade does not allow it" },
	[GUARD(OTHER_GRADED)] = { "own_grade", "判为非事件须由定级人以外的人作出",
		"who graded it does not call it no event" },
	[GUARD(RECORD)] = { "record", "请填写处置情况", "what was done is missing" },
	[GUARD(FINAL)] = { "final", "终报尚未接收", "the final report is not accepted" },
	[GUARD(UP_SETTLED)] = { "up_open", "还有上报未收到回执",
		"a report upward has no receipt yet" },
	[GUARD(NONE_SENT)] = { "up_sent", "已向上级报告，不能判为非事件",
		"it has been reported upward" },
	[GUARD(ROOTS)] = { "roots", "请登记根因隐患，或说明没有的理由",
		"neither findings of its causes nor why there are none" },
};
const struct name_table event_guard_names = { "event guard", guard_rows, EVENT_GUARD_COUNT };

#define HOLDS(name, what)                                                                      \
	static bool name(const void *p)                                                        \
	{                                                                                      \
		const struct event_facts *f = (const struct event_facts *)p;                   \
		return what;                                                                   \
	}

HOLDS(reason_given, f->reason_given)
HOLDS(grade_given, f->grade_given)
HOLDS(graver, f->graver)
HOLDS(milder, f->milder)
HOLDS(none_asked, !f->lowering_asked)
HOLDS(asked, f->lowering_asked)
HOLDS(other_asked, !f->actor_asked)
HOLDS(other_graded, !f->actor_graded)
HOLDS(record_given, f->record_given)
HOLDS(final_accepted, f->final_accepted)
HOLDS(up_settled, !f->up_open)
HOLDS(none_sent, !f->up_sent)
HOLDS(roots_settled, f->roots_settled)

static const struct machine_guard guards[EVENT_GUARD_COUNT] = {
	[GUARD(REASON)] = { reason_given, E_INPUT },
	[GUARD(GRADE)] = { grade_given, E_INPUT },
	[GUARD(GRAVER)] = { graver, E_INPUT },
	[GUARD(MILDER)] = { milder, E_INPUT },
	[GUARD(NONE_ASKED)] = { none_asked, E_STATE },
	[GUARD(ASKED)] = { asked, E_STATE },
	[GUARD(OTHER_ASKED)] = { other_asked, E_DENIED },
	[GUARD(OTHER_GRADED)] = { other_graded, E_DENIED },
	[GUARD(RECORD)] = { record_given, E_INPUT },
	[GUARD(FINAL)] = { final_accepted, E_STATE },
	[GUARD(UP_SETTLED)] = { up_settled, E_STATE },
	[GUARD(NONE_SENT)] = { none_sent, E_STATE },
	[GUARD(ROOTS)] = { roots_settled, E_INPUT },
};

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN) |
	       ROLE_BIT(ROLE_DIRECTOR),
	HANDLERS = DESK | ROLE_BIT(ROLE_RESPONSE_LEAD),
	DIRECTOR = ROLE_BIT(ROLE_DIRECTOR),
	APPROVERS = DIRECTOR | ROLE_BIT(ROLE_VICE_PRESIDENT) | ROLE_BIT(ROLE_LEADING_GROUP),
	RAISED = NEEDS(REASON) | NEEDS(GRADE) | NEEDS(GRAVER),
	LOWERED = NEEDS(REASON) | NEEDS(GRADE) | NEEDS(MILDER) | NEEDS(NONE_ASKED),
	DECIDED = NEEDS(ASKED) | NEEDS(OTHER_ASKED),
	NONE = NEEDS(REASON) | NEEDS(NONE_SENT),
};

/* What may happen to the grade while it stands in a state that stays the same. */
#define REGRADES(state)                                                                        \
	{ STATE(state), ACT(RAISE), STATE(state), HANDLERS, RAISED, 0, 0, 0 },                 \
		{ STATE(state), ACT(LOWER), STATE(state), HANDLERS, LOWERED, 0, 0, 0 },        \
		{ STATE(state), ACT(ALLOW), STATE(state), APPROVERS, DECIDED, 0, 0, 0 },       \
	{                                                                                      \
		STATE(state), ACT(REFUSE), STATE(state), APPROVERS, DECIDED | NEEDS(REASON),   \
			0, 0, 0                                                                \
	}

static const struct machine_row rows[] = {
	{ STATE(RECEIVED), ACT(GRADE), STATE(GRADED), HANDLERS, NEEDS(REASON) | NEEDS(GRADE), 0,
		0, 0 },
	{ STATE(RECEIVED), ACT(NOT_EVENT), STATE(NOT_EVENT), DESK, NONE, 0, 0, 0 },
	{ STATE(GRADED), ACT(NOT_EVENT), STATE(NOT_EVENT), DIRECTOR, NONE | NEEDS(OTHER_GRADED),
		0, 0, 0 },
	{ STATE(RESPONDING), ACT(NOT_EVENT), STATE(NOT_EVENT), DIRECTOR,
		NONE | NEEDS(OTHER_GRADED), 0, 0, 0 },
	{ STATE(GRADED), ACT(RESPOND), STATE(RESPONDING), HANDLERS, 0, 0, 0, 0 },
	{ STATE(RESPONDING), ACT(CONTAIN), STATE(CONTAINED), HANDLERS, NEEDS(RECORD), 0, 0, 0 },
	{ STATE(CONTAINED), ACT(RESOLVE), STATE(RESOLVED), HANDLERS, NEEDS(RECORD), 0, 0, 0 },
	{ STATE(CONTAINED), ACT(RELAPSE), STATE(RESPONDING), HANDLERS, NEEDS(REASON), 0, 0, 0 },
	{ STATE(RESOLVED), ACT(RELAPSE), STATE(RESPONDING), HANDLERS, NEEDS(REASON), 0, 0, 0 },
	{ STATE(RESOLVED), ACT(FINAL), STATE(FINAL_REPORTED), DESK, NEEDS(FINAL), 0, 0, 0 },
	{ STATE(FINAL_REPORTED), ACT(REVIEW), STATE(REVIEWED), DIRECTOR, NEEDS(RECORD), 0, 0,
		0 },
	{ STATE(REVIEWED), ACT(CLOSE), STATE(CLOSED), DIRECTOR,
		NEEDS(NONE_ASKED) | NEEDS(UP_SETTLED) | NEEDS(ROOTS), 0, 0, 0 },
	REGRADES(GRADED),
	REGRADES(RESPONDING),
	REGRADES(CONTAINED),
	REGRADES(RESOLVED),
	REGRADES(FINAL_REPORTED),
	REGRADES(REVIEWED),
};

static const struct machine machine = { &event_state_names, &event_act_names,
	&event_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int event_step(const struct event_facts *facts, enum event_act act, enum role role,
	enum event_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum event_state)row->to;
	}
	return error;
}

uint32_t event_acts(enum event_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].from == state && (rows[i].roles & ROLE_BIT(role)) != 0) {
			acts |= MACHINE_BIT(rows[i].act);
		}
	}
	return acts;
}

bool event_terminal(enum event_state state)
{
	return state == EVENT_CLOSED || state == EVENT_NOT_EVENT;
}

bool event_uncontained(enum event_state state)
{
	return state == EVENT_GRADED || state == EVENT_RESPONDING;
}
