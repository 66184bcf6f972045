/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event_paper.h"

#include "base/err.h"
#include "workflow/machine.h"

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN) |
	       ROLE_BIT(ROLE_DIRECTOR),
	UNIT = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD),
	LEADERS = ROLE_BIT(ROLE_VICE_PRESIDENT) | ROLE_BIT(ROLE_LEADING_GROUP),
	/* A leader himself, or who writes down what he said on the telephone. */
	APPROVE = LEADERS | ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
	SENDERS = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
};

/* ---- reports of the unit */

#define R_ACT(name) EVENT_REPORT_ACT_##name
#define R_GUARD(name) EVENT_REPORT_GUARD_##name
#define R_NEEDS(name) MACHINE_BIT(EVENT_REPORT_GUARD_##name)

static const struct name_row report_act_rows[EVENT_REPORT_ACT_COUNT] = {
	[R_ACT(EDIT)] = { "edit", "修改", "edit" },
	[R_ACT(SUBMIT)] = { "submit", "提交", "submit" },
	[R_ACT(ACCEPT)] = { "accept", "接收", "accept" },
	[R_ACT(RETURN)] = { "return", "退回补正", "return" },
};
const struct name_table event_report_act_names = { "event report act", report_act_rows,
	EVENT_REPORT_ACT_COUNT };

static const struct name_row report_guard_rows[EVENT_REPORT_GUARD_COUNT] = {
	[R_GUARD(WRITER)] = { "report_writer", "只有本单位或值班员可以填写",
		"only its unit or the desk writes it" },
	[R_GUARD(EVENT_OPEN)] = { "over", "事件已归档或判为非事件", "the event is over" },
	[R_GUARD(NEWS)] = { "no_news", "与上一次报告相比没有新情况",
		"it says nothing the report before did not" },
	[R_GUARD(COMPLETE)] = { "report_incomplete", "终报还有必填项未填",
		"it lacks what a final report must say" },
	[R_GUARD(SEALED)] = { "report_sealed", "请上传加盖公章的终报扫描件",
		"its scan under seal is missing" },
	[R_GUARD(RESOLVED)] = { "unresolved", "系统恢复后才能终报", "it is not over yet" },
	[R_GUARD(REASON)] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
};
const struct name_table event_report_guard_names = { "event report guard", report_guard_rows,
	EVENT_REPORT_GUARD_COUNT };

#define REPORT_HOLDS(name, what)                                                               \
	static bool name(const void *p)                                                        \
	{                                                                                      \
		const struct event_report_facts *f = (const struct event_report_facts *)p;     \
		return what;                                                                   \
	}

REPORT_HOLDS(writer, f->actor_may_write)
REPORT_HOLDS(event_is_open, f->event_open)
REPORT_HOLDS(says_news, f->kind != EVENT_REPORT_FOLLOW_UP || f->correction || f->news)
REPORT_HOLDS(is_complete, f->kind != EVENT_REPORT_FINAL || f->complete)
REPORT_HOLDS(is_sealed, f->kind != EVENT_REPORT_FINAL || f->correction || f->sealed)
REPORT_HOLDS(is_resolved, f->kind != EVENT_REPORT_FINAL || f->resolved)
REPORT_HOLDS(report_reason, f->reason_given)

static const struct machine_guard report_guards[EVENT_REPORT_GUARD_COUNT] = {
	[R_GUARD(WRITER)] = { writer, E_DENIED },
	[R_GUARD(EVENT_OPEN)] = { event_is_open, E_STATE },
	[R_GUARD(NEWS)] = { says_news, E_INPUT },
	[R_GUARD(COMPLETE)] = { is_complete, E_INPUT },
	[R_GUARD(SEALED)] = { is_sealed, E_INPUT },
	[R_GUARD(RESOLVED)] = { is_resolved, E_STATE },
	[R_GUARD(REASON)] = { report_reason, E_INPUT },
};

enum {
	WRITE = R_NEEDS(WRITER) | R_NEEDS(EVENT_OPEN),
	HAND_IN =
		WRITE | R_NEEDS(NEWS) | R_NEEDS(COMPLETE) | R_NEEDS(SEALED) | R_NEEDS(RESOLVED),
};

static const struct machine_row report_rows[] = {
	{ EVENT_REPORT_DRAFT, R_ACT(EDIT), EVENT_REPORT_DRAFT, UNIT | DESK, WRITE, 0, 0, 0 },
	{ EVENT_REPORT_DRAFT, R_ACT(SUBMIT), EVENT_REPORT_SUBMITTED, UNIT | DESK, HAND_IN, 0, 0,
		0 },
	{ EVENT_REPORT_RETURNED, R_ACT(EDIT), EVENT_REPORT_RETURNED, UNIT | DESK, WRITE, 0, 0,
		0 },
	{ EVENT_REPORT_RETURNED, R_ACT(SUBMIT), EVENT_REPORT_SUBMITTED, UNIT | DESK, HAND_IN, 0,
		0, 0 },
	{ EVENT_REPORT_SUBMITTED, R_ACT(ACCEPT), EVENT_REPORT_ACCEPTED, DESK,
		R_NEEDS(EVENT_OPEN) | R_NEEDS(RESOLVED), 0, 0, 0 },
	{ EVENT_REPORT_SUBMITTED, R_ACT(RETURN), EVENT_REPORT_RETURNED, DESK,
		R_NEEDS(EVENT_OPEN) | R_NEEDS(REASON), 0, 0, 0 },
};

static const struct machine report_machine = { &event_report_state_names,
	&event_report_act_names, &event_report_guard_names, report_guards, report_rows,
	sizeof(report_rows) / sizeof(report_rows[0]) };

int event_report_step(const struct event_report_facts *facts, enum event_report_act act,
	enum role role, enum event_report_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&report_machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum event_report_state)row->to;
	}
	return error;
}

/* ---- to an authority */

#define U_ACT(name) EVENT_UP_ACT_##name
#define U_GUARD(name) EVENT_UP_GUARD_##name
#define U_NEEDS(name) MACHINE_BIT(EVENT_UP_GUARD_##name)

static const struct name_row up_act_rows[EVENT_UP_ACT_COUNT] = {
	[U_ACT(DRAFT)] = { "draft", "拟稿", "draft" },
	[U_ACT(APPROVE)] = { "approve", "批准", "approve" },
	[U_ACT(REJECT)] = { "reject", "退回修改", "send back" },
	[U_ACT(SEND)] = { "send", "登记已报", "record as sent" },
	[U_ACT(RECEIPT)] = { "receipt", "登记回执", "record the receipt" },
	[U_ACT(WAIVE)] = { "waive", "不再上报", "waive" },
};
const struct name_table event_up_act_names = { "report upward act", up_act_rows,
	EVENT_UP_ACT_COUNT };

static const struct name_row up_guard_rows[EVENT_UP_GUARD_COUNT] = {
	[U_GUARD(TEXT)] = { "up_text", "请填写上报内容", "what is reported is missing" },
	[U_GUARD(OTHER)] = { "own_draft", "上报须由拟稿人以外的人批准",
		"who drafts does not approve" },
	[U_GUARD(LEADER)] = { "not_leader", "上报须经分管校领导或领导小组批准",
		"a leader has to approve it" },
	[U_GUARD(CHANNEL)] = { "channel", "请填写上报渠道", "how it went out is missing" },
	[U_GUARD(CALLED)] = { "called", "请填写对方接报人", "who took it is missing" },
	[U_GUARD(RECEIPT)] = { "receipt", "请填写回执", "the receipt is missing" },
	[U_GUARD(REASON)] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
	[U_GUARD(NOT_ASKED)] = { "still_asked", "按现级别仍须上报，不能取消",
		"the grade still asks for it" },
};
const struct name_table event_up_guard_names = { "report upward guard", up_guard_rows,
	EVENT_UP_GUARD_COUNT };

#define UP_HOLDS(name, what)                                                                   \
	static bool name(const void *p)                                                        \
	{                                                                                      \
		const struct event_up_facts *f = (const struct event_up_facts *)p;             \
		return what;                                                                   \
	}

UP_HOLDS(text_given, f->text_given)
UP_HOLDS(other_drafted, !f->approver_drafted)
UP_HOLDS(leader_approves, f->leader_approves)
UP_HOLDS(channel_given, f->channel_given)
UP_HOLDS(called_given, f->called_given)
UP_HOLDS(receipt_given, f->receipt_given)
UP_HOLDS(up_reason, f->reason_given)
UP_HOLDS(not_asked, !f->asked)

static const struct machine_guard up_guards[EVENT_UP_GUARD_COUNT] = {
	[U_GUARD(TEXT)] = { text_given, E_INPUT },
	[U_GUARD(OTHER)] = { other_drafted, E_DENIED },
	[U_GUARD(LEADER)] = { leader_approves, E_DENIED },
	[U_GUARD(CHANNEL)] = { channel_given, E_INPUT },
	[U_GUARD(CALLED)] = { called_given, E_INPUT },
	[U_GUARD(RECEIPT)] = { receipt_given, E_INPUT },
	[U_GUARD(REASON)] = { up_reason, E_INPUT },
	[U_GUARD(NOT_ASKED)] = { not_asked, E_STATE },
};

enum { WAIVED = U_NEEDS(REASON) | U_NEEDS(NOT_ASKED) };

static const struct machine_row up_rows[] = {
	{ EVENT_UP_NEEDED, U_ACT(DRAFT), EVENT_UP_DRAFTED, SENDERS, U_NEEDS(TEXT), 0, 0, 0 },
	/* Written anew: whoever does is the drafter now. */
	{ EVENT_UP_DRAFTED, U_ACT(DRAFT), EVENT_UP_DRAFTED, SENDERS, U_NEEDS(TEXT), 0, 0, 0 },
	{ EVENT_UP_DRAFTED, U_ACT(APPROVE), EVENT_UP_APPROVED, APPROVE,
		U_NEEDS(OTHER) | U_NEEDS(LEADER), 0, 0, 0 },
	{ EVENT_UP_DRAFTED, U_ACT(REJECT), EVENT_UP_NEEDED, LEADERS, U_NEEDS(REASON), 0, 0, 0 },
	{ EVENT_UP_APPROVED, U_ACT(SEND), EVENT_UP_SENT, SENDERS,
		U_NEEDS(CHANNEL) | U_NEEDS(CALLED), 0, 0, 0 },
	{ EVENT_UP_SENT, U_ACT(RECEIPT), EVENT_UP_RECEIPTED, SENDERS, U_NEEDS(RECEIPT), 0, 0,
		0 },
	{ EVENT_UP_NEEDED, U_ACT(WAIVE), EVENT_UP_WAIVED, ROLE_BIT(ROLE_DIRECTOR), WAIVED, 0, 0,
		0 },
	{ EVENT_UP_DRAFTED, U_ACT(WAIVE), EVENT_UP_WAIVED, ROLE_BIT(ROLE_DIRECTOR), WAIVED, 0,
		0, 0 },
	{ EVENT_UP_APPROVED, U_ACT(WAIVE), EVENT_UP_WAIVED, ROLE_BIT(ROLE_DIRECTOR), WAIVED, 0,
		0, 0 },
};

static const struct machine up_machine = { &event_up_state_names, &event_up_act_names,
	&event_up_guard_names, up_guards, up_rows, sizeof(up_rows) / sizeof(up_rows[0]) };

int event_up_step(const struct event_up_facts *facts, enum event_up_act act, enum role role,
	enum event_up_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&up_machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum event_up_state)row->to;
	}
	return error;
}

uint32_t event_up_acts(enum event_up_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < sizeof(up_rows) / sizeof(up_rows[0]); i++) {
		if (up_rows[i].from == state && (up_rows[i].roles & ROLE_BIT(role)) != 0) {
			acts |= MACHINE_BIT(up_rows[i].act);
		}
	}
	return acts;
}

bool event_up_settled(enum event_up_state state)
{
	return state == EVENT_UP_RECEIPTED || state == EVENT_UP_WAIVED;
}
