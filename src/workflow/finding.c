/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/finding.h"

#include "base/err.h"
#include "workflow/machine.h"

static const struct name_row act_rows[FINDING_ACT_COUNT] = {
	[FINDING_ACT_CONFIRM] = { "confirm", "确认", "confirm" },
	[FINDING_ACT_FALSE_POSITIVE] = { "false_positive", "判为误报",
		"call a false positive" },
	[FINDING_ACT_DUPLICATE] = { "duplicate", "判为重复", "call a duplicate" },
	[FINDING_ACT_NOTICE] = { "notice", "随通报签发", "notice" },
	[FINDING_ACT_REMEDIATE] = { "remediate", "随通报提交", "remediate" },
	[FINDING_ACT_SEND_BACK] = { "send_back", "退回整改", "send back" },
	[FINDING_ACT_RELEASE] = { "release", "随通报撤销", "release" },
	[FINDING_ACT_CLOSE] = { "close", "消除", "close" },
	[FINDING_ACT_DROP] = { "drop", "随异议成立撤销", "drop" },
	[FINDING_ACT_MERGE] = { "merge", "合并", "merge" },
	[FINDING_ACT_TRANSFER] = { "transfer", "转为事件", "transfer to an event" },
	[FINDING_ACT_ACCEPT] = { "accept", "暂缓整改", "accept for a time" },
	[FINDING_ACT_EXPIRE] = { "expire", "暂缓到期", "acceptance expires" },
	[FINDING_ACT_REOPEN] = { "reopen", "复发", "reopen" },
	[FINDING_ACT_KEEP] = { "keep", "维持误报", "keep as false positive" },
	[FINDING_ACT_REVIVE] = { "revive", "撤销误报", "revive" },
};
const struct name_table finding_act_names = { "finding act", act_rows, FINDING_ACT_COUNT };

static const struct name_row guard_rows[FINDING_GUARD_COUNT] = {
	[FINDING_GUARD_GRADE] = { "grade_fits", "只有漏洞可定为超危",
		"only a vulnerability may be graded extreme" },
	[FINDING_GUARD_UNIT] = { "unit_known", "尚未确定责任单位",
		"the responsible unit is not known yet" },
	[FINDING_GUARD_EVIDENCE] = { "evidence", "至少需要一份证据",
		"at least one piece of evidence is needed" },
	[FINDING_GUARD_REASON] = { "reason", "请写明理由（不少于 10 字）",
		"a reason of at least 10 characters is needed" },
	[FINDING_GUARD_SECOND_OPERATOR] = { "second_operator", "高危及以上须另一名值班员同意",
		"from grade high on another operator must agree" },
	[FINDING_GUARD_TARGET] = { "target_open", "所指隐患未在处理中或本身是重复项",
		"the finding it repeats is not open or is a duplicate itself" },
};
const struct name_table finding_guard_names = { "finding guard", guard_rows,
	FINDING_GUARD_COUNT };

static bool grade_fits(const void *p)
{
	const struct finding_facts *f = (const struct finding_facts *)p;
	return f->grade != GRADE_EXTREME || f->is_vulnerability;
}

static bool unit_known(const void *p)
{
	return ((const struct finding_facts *)p)->unit_known;
}

static bool has_evidence(const void *p)
{
	return ((const struct finding_facts *)p)->has_evidence;
}

static bool reason_given(const void *p)
{
	return ((const struct finding_facts *)p)->reason_given;
}

static bool second_operator(const void *p)
{
	const struct finding_facts *f = (const struct finding_facts *)p;
	return f->grade > GRADE_HIGH || !staffing_third_person(&f->staffing) ||
	       f->second_operator;
}

static bool target_open(const void *p)
{
	return ((const struct finding_facts *)p)->target_open;
}

static const struct machine_guard guards[FINDING_GUARD_COUNT] = {
	[FINDING_GUARD_GRADE] = { grade_fits, E_INPUT },
	[FINDING_GUARD_UNIT] = { unit_known, E_INPUT },
	[FINDING_GUARD_EVIDENCE] = { has_evidence, E_INPUT },
	[FINDING_GUARD_REASON] = { reason_given, E_INPUT },
	[FINDING_GUARD_SECOND_OPERATOR] = { second_operator, E_DENIED },
	[FINDING_GUARD_TARGET] = { target_open, E_INPUT },
};

enum { EFFECT_JUDGED = 1, EFFECT_SUPPRESS = 2 };

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
	APPROVERS = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_LEADING_GROUP),
	CONFIRM_GUARDS = MACHINE_BIT(FINDING_GUARD_GRADE) | MACHINE_BIT(FINDING_GUARD_UNIT) |
			 MACHINE_BIT(FINDING_GUARD_EVIDENCE),
	FALSE_GUARDS =
		MACHINE_BIT(FINDING_GUARD_REASON) | MACHINE_BIT(FINDING_GUARD_SECOND_OPERATOR),
};

static const struct machine_row rows[] = {
	{ FINDING_NEW, FINDING_ACT_CONFIRM, FINDING_CONFIRMED, DESK, CONFIRM_GUARDS, 0,
		EFFECT_JUDGED, 0 },
	{ FINDING_REOPENED, FINDING_ACT_CONFIRM, FINDING_CONFIRMED, DESK, CONFIRM_GUARDS, 0,
		EFFECT_JUDGED, 0 },
	{ FINDING_NEW, FINDING_ACT_FALSE_POSITIVE, FINDING_FALSE_POSITIVE, DESK, FALSE_GUARDS,
		0, EFFECT_JUDGED | EFFECT_SUPPRESS, 0 },
	{ FINDING_CONFIRMED, FINDING_ACT_FALSE_POSITIVE, FINDING_FALSE_POSITIVE, DESK,
		FALSE_GUARDS, 0, EFFECT_SUPPRESS, 0 },
	{ FINDING_REOPENED, FINDING_ACT_FALSE_POSITIVE, FINDING_FALSE_POSITIVE, DESK,
		FALSE_GUARDS, 0, EFFECT_JUDGED | EFFECT_SUPPRESS, 0 },
	{ FINDING_NEW, FINDING_ACT_DUPLICATE, FINDING_DUPLICATE, DESK,
		MACHINE_BIT(FINDING_GUARD_TARGET), 0, EFFECT_JUDGED, 0 },
	{ FINDING_NEW, FINDING_ACT_MERGE, FINDING_MERGED, DESK,
		MACHINE_BIT(FINDING_GUARD_TARGET), 0, EFFECT_JUDGED, 0 },
	{ FINDING_CONFIRMED, FINDING_ACT_MERGE, FINDING_MERGED, DESK,
		MACHINE_BIT(FINDING_GUARD_TARGET), 0, 0, 0 },
	{ FINDING_NEW, FINDING_ACT_TRANSFER, FINDING_TRANSFERRED_TO_EVENT, DESK,
		MACHINE_BIT(FINDING_GUARD_REASON), 0, EFFECT_JUDGED, 0 },
	{ FINDING_CONFIRMED, FINDING_ACT_TRANSFER, FINDING_TRANSFERRED_TO_EVENT, DESK,
		MACHINE_BIT(FINDING_GUARD_REASON), 0, 0, 0 },
	{ FINDING_REOPENED, FINDING_ACT_TRANSFER, FINDING_TRANSFERRED_TO_EVENT, DESK,
		MACHINE_BIT(FINDING_GUARD_REASON), 0, EFFECT_JUDGED, 0 },
	{ FINDING_CONFIRMED, FINDING_ACT_ACCEPT, FINDING_ACCEPTED, APPROVERS, 0, 0, 0, 0 },
	{ FINDING_NOTICED, FINDING_ACT_ACCEPT, FINDING_ACCEPTED, APPROVERS, 0, 0, 0, 0 },
	{ FINDING_ACCEPTED, FINDING_ACT_EXPIRE, FINDING_CONFIRMED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_CLOSED, FINDING_ACT_REOPEN, FINDING_REOPENED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_FALSE_POSITIVE, FINDING_ACT_KEEP, FINDING_FALSE_POSITIVE, DESK,
		MACHINE_BIT(FINDING_GUARD_REASON), 0, EFFECT_SUPPRESS, 0 },
	{ FINDING_FALSE_POSITIVE, FINDING_ACT_REVIVE, FINDING_NEW, DESK,
		MACHINE_BIT(FINDING_GUARD_REASON), 0, 0, 0 },
	{ FINDING_NOTICED, FINDING_ACT_DROP, FINDING_FALSE_POSITIVE, SYSTEM, 0, 0,
		EFFECT_SUPPRESS, 0 },
	{ FINDING_REMEDIATED, FINDING_ACT_RELEASE, FINDING_CONFIRMED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_CONFIRMED, FINDING_ACT_NOTICE, FINDING_NOTICED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_NOTICED, FINDING_ACT_REMEDIATE, FINDING_REMEDIATED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_REMEDIATED, FINDING_ACT_SEND_BACK, FINDING_NOTICED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_NOTICED, FINDING_ACT_RELEASE, FINDING_CONFIRMED, SYSTEM, 0, 0, 0, 0 },
	{ FINDING_REMEDIATED, FINDING_ACT_CLOSE, FINDING_CLOSED, SYSTEM, 0, 0, 0, 0 },
};

static const struct machine machine = { &finding_state_names, &finding_act_names,
	&finding_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int finding_step(const struct finding_facts *facts, enum finding_act act, enum role role,
	struct finding_outcome *ret_outcome, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_outcome = (struct finding_outcome) {
			.to = (enum finding_state)row->to,
			.suppress_key = (row->effects & EFFECT_SUPPRESS) != 0,
			.stops_triage = (row->effects & EFFECT_JUDGED) != 0,
		};
	}
	return error;
}

bool finding_open(enum finding_state state)
{
	const unsigned open = 1U << FINDING_NEW | 1U << FINDING_CONFIRMED |
			      1U << FINDING_NOTICED | 1U << FINDING_REMEDIATED |
			      1U << FINDING_REOPENED;
	return state < FINDING_COUNT && (open >> state & 1U) != 0;
}
