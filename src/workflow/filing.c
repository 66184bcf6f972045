/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/filing.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row act_rows[FILING_ACT_COUNT] = {
	[FILING_ACT_SUBMIT] = { "submit", "提交", "submit" },
	[FILING_ACT_SIGN] = { "sign", "负责人签字", "sign" },
	[FILING_ACT_ACCEPT_FORM] = { "accept_form", "收到盖章任命表",
		"accept the sealed form" },
	[FILING_ACT_RETURN] = { "return", "退回补正", "return" },
	[FILING_ACT_WITHDRAW] = { "withdraw", "撤回", "withdraw" },
	[FILING_ACT_APPROVE] = { "approve", "备案", "file" },
	[FILING_ACT_TAKE_EFFECT] = { "take_effect", "生效", "take effect" },
	[FILING_ACT_SUPERSEDE] = { "supersede", "被替代", "supersede" },
};
const struct name_table filing_act_names = { "filing act", act_rows, FILING_ACT_COUNT };

static const struct name_row guard_rows[FILING_GUARD_COUNT] = {
	[FILING_GUARD_PHONES] = { "phones", "须填写两个不同的电话",
		"two different phones are needed" },
	[FILING_GUARD_REACHABLE] = { "mail", "须填写邮箱", "a mail address is needed" },
	[FILING_GUARD_NOT_SAME] = { "same_person", "接任人与离任人是同一人",
		"who comes is who goes" },
	[FILING_GUARD_FORM] = { "form", "还没有上传盖章的任命表",
		"no sealed form was uploaded" },
	[FILING_GUARD_REASON] = { "reason", "请写明理由", "a reason is needed" },
	[FILING_GUARD_TESTED] = { "tested", "联系方式尚未全部核验",
		"not every contact was tested" },
	[FILING_GUARD_WARNED] = { "warned", "请说明为何仍予备案",
		"say why it is filed in spite of the warnings" },
	[FILING_GUARD_OTHER] = { "other_person", "须由与此无关的另一人备案",
		"somebody who has no part in it must file it" },
};
const struct name_table filing_guard_names = { "filing guard", guard_rows, FILING_GUARD_COUNT };

static const struct filing_facts *facts_of(const void *p)
{
	return (const struct filing_facts *)p;
}

static bool phones(const void *p)
{
	return facts_of(p)->phones_distinct;
}

static bool reachable(const void *p)
{
	return facts_of(p)->mail_known;
}

static bool changes(const void *p)
{
	return facts_of(p)->person_changes;
}

static bool form(const void *p)
{
	return facts_of(p)->has_form;
}

static bool reason(const void *p)
{
	return facts_of(p)->reason_given;
}

static bool tested(const void *p)
{
	return facts_of(p)->tested;
}

static bool warned(const void *p)
{
	return !facts_of(p)->warnings || facts_of(p)->warnings_taken;
}

static bool other(const void *p)
{
	return !staffing_third_person(&facts_of(p)->staffing) || !facts_of(p)->actor_involved;
}

static const struct machine_guard guards[FILING_GUARD_COUNT] = {
	[FILING_GUARD_PHONES] = { phones, E_INPUT },
	[FILING_GUARD_REACHABLE] = { reachable, E_INPUT },
	[FILING_GUARD_NOT_SAME] = { changes, E_INPUT },
	[FILING_GUARD_FORM] = { form, E_STATE },
	[FILING_GUARD_REASON] = { reason, E_INPUT },
	[FILING_GUARD_TESTED] = { tested, E_STATE },
	[FILING_GUARD_WARNED] = { warned, E_INPUT },
	[FILING_GUARD_OTHER] = { other, E_DENIED },
};

enum {
	CENTRE = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
	HEAD = ROLE_BIT(ROLE_UNIT_HEAD),
	UNIT = HEAD | ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
	COMPLETE = MACHINE_BIT(FILING_GUARD_PHONES) | MACHINE_BIT(FILING_GUARD_REACHABLE) |
		   MACHINE_BIT(FILING_GUARD_NOT_SAME),
	REASON = MACHINE_BIT(FILING_GUARD_REASON),
	FORM = MACHINE_BIT(FILING_GUARD_FORM),
	SURE = MACHINE_BIT(FILING_GUARD_TESTED) | MACHINE_BIT(FILING_GUARD_WARNED) |
	       MACHINE_BIT(FILING_GUARD_OTHER),
};

/* A unit without anybody who could log in brings paper: then the centre asks in its stead. */
static const struct machine_row rows[] = {
	{ FILING_DRAFT, FILING_ACT_SUBMIT, FILING_SUBMITTED, UNIT | CENTRE, COMPLETE, 0, 0, 0 },
	{ FILING_RETURNED, FILING_ACT_SUBMIT, FILING_SUBMITTED, UNIT | CENTRE, COMPLETE, 0, 0,
		0 },
	{ FILING_SUBMITTED, FILING_ACT_SIGN, FILING_VERIFYING, HEAD, 0, 0, FILING_EFFECT_TEST,
		0 },
	{ FILING_SUBMITTED, FILING_ACT_ACCEPT_FORM, FILING_VERIFYING, CENTRE, FORM, 0,
		FILING_EFFECT_TEST, 0 },
	{ FILING_SUBMITTED, FILING_ACT_RETURN, FILING_RETURNED, CENTRE | HEAD, REASON, 0, 0,
		0 },
	{ FILING_VERIFYING, FILING_ACT_RETURN, FILING_RETURNED, CENTRE, REASON, 0, 0, 0 },
	{ FILING_APPROVED, FILING_ACT_RETURN, FILING_RETURNED, CENTRE, REASON, 0, 0, 0 },
	{ FILING_DRAFT, FILING_ACT_WITHDRAW, FILING_WITHDRAWN, UNIT | CENTRE, 0, 0, 0, 0 },
	{ FILING_SUBMITTED, FILING_ACT_WITHDRAW, FILING_WITHDRAWN, UNIT | CENTRE, 0, 0, 0, 0 },
	{ FILING_RETURNED, FILING_ACT_WITHDRAW, FILING_WITHDRAWN, UNIT | CENTRE, 0, 0, 0, 0 },
	{ FILING_VERIFYING, FILING_ACT_APPROVE, FILING_APPROVED, CENTRE, SURE, 0,
		FILING_EFFECT_NUMBER, 0 },
	{ FILING_APPROVED, FILING_ACT_TAKE_EFFECT, FILING_EFFECTIVE, SYSTEM, 0, 0,
		FILING_EFFECT_HAND_OVER, 0 },
	{ FILING_EFFECTIVE, FILING_ACT_SUPERSEDE, FILING_SUPERSEDED, SYSTEM, 0, 0, 0, 0 },
};

enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

static const struct machine machine = { &filing_state_names, &filing_act_names,
	&filing_guard_names, guards, rows, ROW_COUNT };

int filing_step(const struct filing_facts *facts, enum filing_act act, enum role role,
	struct filing_outcome *ret_outcome, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_outcome =
			(struct filing_outcome) { (enum filing_state)row->to, row->effects };
	}
	return error;
}

uint32_t filing_acts(enum filing_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < ROW_COUNT; i++) {
		bool may = role < ROLE_COUNT && (rows[i].roles & ROLE_BIT(role)) != 0;
		acts |= rows[i].from == state && may ? MACHINE_BIT(rows[i].act) : 0U;
	}
	return acts;
}

bool filing_waits(enum filing_state state)
{
	return state <= FILING_APPROVED || state == FILING_RETURNED;
}
