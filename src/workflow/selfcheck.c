/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/selfcheck.h"

#include "base/err.h"
#include "workflow/machine.h"
#include "workflow/policy.h"

#define ACT(name) SELFCHECK_ACT_##name
#define GUARD(name) SELFCHECK_GUARD_##name

static const struct name_row act_rows[SELFCHECK_ACT_COUNT] = {
	[ACT(ASSIGN)] = { "assign", "分派", "assign" },
	[ACT(SUBMIT)] = { "submit", "提交自查", "submit" },
	[ACT(SAMPLE)] = { "sample", "抽查", "look at" },
	[ACT(CONFIRM)] = { "confirm", "认定属实", "find true" },
	[ACT(CONTRADICT)] = { "contradict", "认定不符", "contradict" },
	[ACT(CLOSE)] = { "close", "归档", "close" },
	[ACT(MISS)] = { "miss", "记为漏查", "count as missed" },
	[ACT(VOID)] = { "void", "作废", "void" },
};
const struct name_table selfcheck_act_names = { "self-check act", act_rows,
	SELFCHECK_ACT_COUNT };

static const struct name_row guard_rows[SELFCHECK_GUARD_COUNT] = {
	[GUARD(STAFFED)] = { "nobody", "单位没有可以自查的人", "nobody answers for the unit" },
	[GUARD(UNIT)] = { "own_unit", "只有本单位人员可以提交自查",
		"only people of the unit may submit it" },
	[GUARD(IN_TIME)] = { "over", "本期自查已截止", "its period has ended" },
	[GUARD(OVER)] = { "not_over", "本期自查尚未截止", "its period has not ended" },
	[GUARD(OPENED)] = { "not_opened", "请逐项打开查看后再提交",
		"every question must be opened" },
	[GUARD(ANSWERED)] = { "not_answered", "还有项目没有回答",
		"a question is not answered" },
	[GUARD(TOLD)] = { "not_told", "选“有”须说明情况，选“不适用”须说明理由",
		"what is wrong, or why it does not apply, must be said" },
	[GUARD(VALUE)] = { "value", "请填写本次要求的日期或版本",
		"the value that is asked for is missing" },
	[GUARD(OTHER)] = { "own_check", "不得抽查本单位的自查",
		"nobody looks at the check of his own unit" },
	[GUARD(SAID_NONE)] = { "honest", "本次自查没有填“无”的项目，如实填报不作不符认定",
		"nothing was said to be well: an honest answer is never held against a unit" },
	[GUARD(REASON)] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
};
const struct name_table selfcheck_guard_names = { "self-check guard", guard_rows,
	SELFCHECK_GUARD_COUNT };

#define HOLDS(name, what)                                                                      \
	static bool name(const void *p)                                                        \
	{                                                                                      \
		const struct selfcheck_facts *f = (const struct selfcheck_facts *)p;           \
		return what;                                                                   \
	}

HOLDS(staffed, f->staffed)
HOLDS(of_unit, f->actor_in_unit)
HOLDS(in_time, !f->over)
HOLDS(is_over, f->over)
HOLDS(opened, f->opened)
HOLDS(answered, f->answered)
HOLDS(told, f->told)
HOLDS(value_given, f->value_given)
HOLDS(of_others, !f->actor_in_unit)
HOLDS(said_none, f->said_none)
HOLDS(reason_given, f->reason_given)

static const struct machine_guard guards[SELFCHECK_GUARD_COUNT] = {
	[GUARD(STAFFED)] = { staffed, E_STATE },
	[GUARD(UNIT)] = { of_unit, E_DENIED },
	[GUARD(IN_TIME)] = { in_time, E_STATE },
	[GUARD(OVER)] = { is_over, E_STATE },
	[GUARD(OPENED)] = { opened, E_INPUT },
	[GUARD(ANSWERED)] = { answered, E_INPUT },
	[GUARD(TOLD)] = { told, E_INPUT },
	[GUARD(VALUE)] = { value_given, E_INPUT },
	[GUARD(OTHER)] = { of_others, E_DENIED },
	[GUARD(SAID_NONE)] = { said_none, E_STATE },
	[GUARD(REASON)] = { reason_given, E_INPUT },
};

#define NEEDS(name) MACHINE_BIT(SELFCHECK_GUARD_##name)
#define ROW(from, act, to, roles, guards)                                                      \
	{                                                                                      \
		SELFCHECK_##from, SELFCHECK_ACT_##act, SELFCHECK_##to, roles, guards, 0, 0, 0  \
	}

enum {
	UNIT = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD),
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN) |
	       ROLE_BIT(ROLE_DIRECTOR),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
	/* In the order a person hears of them. */
	COMPLETE = NEEDS(UNIT) | NEEDS(IN_TIME) | NEEDS(OPENED) | NEEDS(ANSWERED) |
		   NEEDS(TOLD) | NEEDS(VALUE),
};

static const struct machine_row rows[] = {
	ROW(SCHEDULED, ASSIGN, ASSIGNED, SYSTEM, NEEDS(STAFFED)),
	ROW(SCHEDULED, MISS, MISSED, SYSTEM, NEEDS(OVER)),
	ROW(SCHEDULED, VOID, VOIDED, SYSTEM, 0),
	ROW(ASSIGNED, SUBMIT, SUBMITTED, UNIT, COMPLETE),
	ROW(ASSIGNED, MISS, MISSED, SYSTEM, NEEDS(OVER)),
	ROW(ASSIGNED, VOID, VOIDED, SYSTEM, 0),
	ROW(SUBMITTED, SAMPLE, SAMPLED, SYSTEM, 0),
	ROW(SUBMITTED, SAMPLE, SAMPLED, DESK, NEEDS(OTHER) | NEEDS(REASON)),
	ROW(SUBMITTED, CLOSE, CLOSED, SYSTEM, NEEDS(OVER)),
	ROW(SAMPLED, CONFIRM, CONFIRMED, DESK, NEEDS(OTHER)),
	ROW(SAMPLED, CONTRADICT, CONTRADICTED, DESK,
		NEEDS(OTHER) | NEEDS(SAID_NONE) | NEEDS(REASON)),
	ROW(CONFIRMED, CLOSE, CLOSED, SYSTEM, NEEDS(OVER)),
	ROW(CONTRADICTED, CLOSE, CLOSED, SYSTEM, NEEDS(OVER)),
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static const struct machine machine = { &selfcheck_state_names, &selfcheck_act_names,
	&selfcheck_guard_names, guards, rows, ROW_COUNT };

int selfcheck_step(const struct selfcheck_facts *facts, enum selfcheck_act act, enum role role,
	enum selfcheck_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum selfcheck_state)row->to;
	}
	return error;
}

uint32_t selfcheck_acts(enum selfcheck_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].from == state && (rows[i].roles & ROLE_BIT(role)) != 0) {
			acts |= MACHINE_BIT(rows[i].act);
		}
	}
	return acts;
}

bool selfcheck_terminal(enum selfcheck_state state)
{
	return state == SELFCHECK_CLOSED || state == SELFCHECK_MISSED ||
	       state == SELFCHECK_VOIDED;
}

enum selfcheck_rung selfcheck_rung(
	const struct policy *policy, int64_t in_row, int64_t in_month)
{
	return in_month >= policy->selfcheck.missed_month ? SELFCHECK_RUNG_DIRECTOR
	       : in_row >= policy->selfcheck.missed_row   ? SELFCHECK_RUNG_HEAD
							  : SELFCHECK_RUNG_OFFICER;
}
