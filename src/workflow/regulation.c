/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/regulation.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row state_rows[REGULATION_COUNT] = {
	[REGULATION_DRAFT] = { "draft", "草稿", "draft" },
	[REGULATION_CONSULTING] = { "consulting", "征求意见", "open for comments" },
	[REGULATION_ADOPTED] = { "adopted", "已通过待施行", "adopted, not yet in force" },
	[REGULATION_IN_FORCE] = { "in_force", "施行中", "in force" },
	[REGULATION_SUPERSEDED] = { "superseded", "已被取代", "superseded" },
	[REGULATION_DROPPED] = { "dropped", "已放弃", "dropped" },
};
const struct name_table regulation_state_names = { "regulation state", state_rows,
	REGULATION_COUNT };

static const struct name_row act_rows[REGULATION_ACT_COUNT] = {
	[REGULATION_ACT_EDIT] = { "edit", "修改", "edit" },
	[REGULATION_ACT_CONSULT] = { "consult", "征求意见", "ask for comments" },
	[REGULATION_ACT_RECALL] = { "recall", "收回修改", "recall" },
	[REGULATION_ACT_ADOPT] = { "adopt", "登记通过", "adopt" },
	[REGULATION_ACT_DROP] = { "drop", "放弃", "drop" },
	[REGULATION_ACT_ENTER] = { "enter", "施行", "come into force" },
	[REGULATION_ACT_SUPERSEDE] = { "supersede", "被取代", "be superseded" },
	[REGULATION_ACT_CARRY] = { "carry", "在办事项转入", "carry open work over" },
};
const struct name_table regulation_act_names = { "regulation act", act_rows,
	REGULATION_ACT_COUNT };

static const struct name_row guard_rows[REGULATION_GUARD_COUNT] = {
	[REGULATION_GUARD_COMPLETE] = { "complete", "参数不完整或超出范围",
		"a parameter lacks or is out of its range" },
	[REGULATION_GUARD_BASE] = { "base", "起草之后现行版本已变更，请对照后重新起草",
		"the text in force has changed since this was drafted" },
	[REGULATION_GUARD_NUMBERED] = { "numbered", "请填写文号、施行日期和决定机构",
		"number, day of force and deciding body are needed" },
	[REGULATION_GUARD_OTHER_PERSON] = { "other_person", "起草人不能登记自己的草稿通过",
		"the author may not record the adoption of his own draft" },
	[REGULATION_GUARD_REASON] = { "reason", "请写明理由（不少于 10 字）",
		"a reason of at least 10 characters is needed" },
};
const struct name_table regulation_guard_names = { "regulation guard", guard_rows,
	REGULATION_GUARD_COUNT };

static bool complete(const void *p)
{
	return ((const struct regulation_facts *)p)->complete;
}

static bool base_current(const void *p)
{
	return ((const struct regulation_facts *)p)->base_current;
}

static bool numbered(const void *p)
{
	return ((const struct regulation_facts *)p)->numbered;
}

static bool other_person(const void *p)
{
	const struct regulation_facts *f = (const struct regulation_facts *)p;
	return !f->author_acts || !staffing_third_person(&f->staffing);
}

static bool reason_given(const void *p)
{
	return ((const struct regulation_facts *)p)->reason_given;
}

static const struct machine_guard guards[REGULATION_GUARD_COUNT] = {
	[REGULATION_GUARD_COMPLETE] = { complete, E_INPUT },
	[REGULATION_GUARD_BASE] = { base_current, E_CONFLICT },
	[REGULATION_GUARD_NUMBERED] = { numbered, E_INPUT },
	[REGULATION_GUARD_OTHER_PERSON] = { other_person, E_DENIED },
	[REGULATION_GUARD_REASON] = { reason_given, E_INPUT },
};

enum {
	WRITES = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_OPERATOR) |
		 ROLE_BIT(ROLE_SECURITY_ADMIN),
	DECIDES = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_LEADING_GROUP),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
	COMPLETE = MACHINE_BIT(REGULATION_GUARD_COMPLETE),
	ADOPT = COMPLETE | MACHINE_BIT(REGULATION_GUARD_BASE) |
		MACHINE_BIT(REGULATION_GUARD_NUMBERED) |
		MACHINE_BIT(REGULATION_GUARD_OTHER_PERSON),
	REASON = MACHINE_BIT(REGULATION_GUARD_REASON),
};

#define ROW(from, act, to, roles, guards)                                                      \
	{                                                                                      \
		REGULATION_##from, REGULATION_ACT_##act, REGULATION_##to, roles, guards, 0, 0, \
			0                                                                      \
	}

static const struct machine_row rows[] = {
	ROW(DRAFT, EDIT, DRAFT, WRITES, 0),
	ROW(DRAFT, CONSULT, CONSULTING, WRITES, COMPLETE),
	ROW(DRAFT, ADOPT, ADOPTED, DECIDES, ADOPT),
	ROW(DRAFT, DROP, DROPPED, WRITES, 0),
	ROW(CONSULTING, RECALL, DRAFT, WRITES, 0),
	ROW(CONSULTING, ADOPT, ADOPTED, DECIDES, ADOPT),
	ROW(CONSULTING, DROP, DROPPED, WRITES, 0),
	ROW(ADOPTED, RECALL, DRAFT, DECIDES, REASON),
	ROW(ADOPTED, ENTER, IN_FORCE, SYSTEM, 0),
	ROW(IN_FORCE, SUPERSEDE, SUPERSEDED, SYSTEM, 0),
	ROW(IN_FORCE, CARRY, IN_FORCE, DECIDES, REASON),
};

static const struct machine machine = { &regulation_state_names, &regulation_act_names,
	&regulation_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int regulation_step(const struct regulation_facts *facts, enum regulation_act act,
	enum role role, enum regulation_state *ret_to, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_to = (enum regulation_state)row->to;
	}
	return error;
}
