/* SPDX-License-Identifier: Apache-2.0 */
/* What the leading group has units do, apart from the papers in incoming.c. */
#include "base/err.h"
#include "workflow/incoming.h"
#include "workflow/machine.h"

static const struct name_row act_rows[TASK_ACT_COUNT] = {
	[TASK_ACT_REPORT] = { "report", "报告落实情况", "report" },
	[TASK_ACT_FINISH] = { "finish", "报告完成", "report done" },
	[TASK_ACT_CONFIRM] = { "confirm", "确认完成", "confirm" },
	[TASK_ACT_SEND_BACK] = { "send_back", "退回继续落实", "send back" },
	[TASK_ACT_CANCEL] = { "cancel", "取消", "cancel" },
};
const struct name_table task_act_names = { "task act", act_rows, TASK_ACT_COUNT };

static const struct name_row guard_rows[TASK_GUARD_COUNT] = {
	[TASK_GUARD_UNIT] = { "own_unit", "只有承办单位可以报告",
		"only the unit that does it may report" },
	[TASK_GUARD_TEXT] = { "text", "请填写落实情况", "what was done is missing" },
	[TASK_GUARD_REASON] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
};
const struct name_table task_guard_names = { "task guard", guard_rows, TASK_GUARD_COUNT };

static bool own_unit(const void *p)
{
	return ((const struct task_facts *)p)->actor_in_unit;
}

static bool text_given(const void *p)
{
	return ((const struct task_facts *)p)->text_given;
}

static bool reason_given(const void *p)
{
	return ((const struct task_facts *)p)->reason_given;
}

static const struct machine_guard guards[TASK_GUARD_COUNT] = {
	[TASK_GUARD_UNIT] = { own_unit, E_DENIED },
	[TASK_GUARD_TEXT] = { text_given, E_INPUT },
	[TASK_GUARD_REASON] = { reason_given, E_INPUT },
};

enum {
	/* The centre's people report for the centre. */
	DOERS = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD) |
		ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
	HEADS = ROLE_BIT(ROLE_LEADING_GROUP) | ROLE_BIT(ROLE_VICE_PRESIDENT) |
		ROLE_BIT(ROLE_SCHOOL_OFFICE),
	SAID = MACHINE_BIT(TASK_GUARD_UNIT) | MACHINE_BIT(TASK_GUARD_TEXT),
	REASON = MACHINE_BIT(TASK_GUARD_REASON),
};

static const struct machine_row rows[] = {
	{ TASK_OPEN, TASK_ACT_REPORT, TASK_OPEN, DOERS, SAID, 0, 0, 0 },
	{ TASK_OPEN, TASK_ACT_FINISH, TASK_REPORTED, DOERS, SAID, 0, 0, 0 },
	{ TASK_REPORTED, TASK_ACT_CONFIRM, TASK_DONE, HEADS, 0, 0, 0, 0 },
	{ TASK_REPORTED, TASK_ACT_SEND_BACK, TASK_OPEN, HEADS, REASON, 0, 0, 0 },
	{ TASK_OPEN, TASK_ACT_CANCEL, TASK_CANCELLED, HEADS, REASON, 0, 0, 0 },
	{ TASK_REPORTED, TASK_ACT_CANCEL, TASK_CANCELLED, HEADS, REASON, 0, 0, 0 },
};

static const struct machine machine = { &task_state_names, &task_act_names, &task_guard_names,
	guards, rows, sizeof(rows) / sizeof(rows[0]) };

int task_step(const struct task_facts *facts, enum task_act act, enum role role,
	enum task_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum task_state)row->to;
	}
	return error;
}

uint32_t task_acts(enum task_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].from == state && (rows[i].roles & ROLE_BIT(role)) != 0) {
			acts |= MACHINE_BIT(rows[i].act);
		}
	}
	return acts;
}
