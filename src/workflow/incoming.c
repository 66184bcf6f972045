/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/incoming.h"

#include "base/err.h"
#include "workflow/machine.h"

#define ACT(name) INCOMING_ACT_##name
#define GUARD(name) INCOMING_GUARD_##name
#define STATE(name) INCOMING_##name
#define NEEDS(name) MACHINE_BIT(INCOMING_GUARD_##name)

static const struct name_row act_rows[INCOMING_ACT_COUNT] = {
	[ACT(PROPOSE)] = { "propose", "拟办", "propose handling" },
	[ACT(INSTRUCT)] = { "instruct", "批示", "instruct" },
	[ACT(ASSIGN)] = { "assign", "交承办人", "assign" },
	[ACT(NOTE)] = { "note", "仅阅知", "take note only" },
	[ACT(ANSWER)] = { "answer", "反馈", "answer" },
	[ACT(RECEIPT)] = { "receipt", "登记回执", "record the receipt" },
	[ACT(ARCHIVE)] = { "archive", "归档", "archive" },
	[ACT(KEEP)] = { "keep", "存放", "put away" },
	[ACT(VOID)] = { "void", "作废", "void" },
};
const struct name_table incoming_act_names = { "incoming act", act_rows, INCOMING_ACT_COUNT };

static const struct name_row guard_rows[INCOMING_GUARD_COUNT] = {
	[GUARD(OPEN)] = { "state_secret", "涉密文件只登记登记号和存放处",
		"of a state secret only number and place are kept" },
	[GUARD(CLASSIFIED)] = { "not_secret", "只有涉密文件登记后直接存放",
		"only a state secret is put away at once" },
	[GUARD(PROPOSAL)] = { "proposal", "请填写拟办意见", "the proposal is missing" },
	[GUARD(WORDS)] = { "words", "请填写批示人和批示内容",
		"who instructs, and what, is missing" },
	[GUARD(REASON)] = { "reason", "请写明理由（不少于 5 字）",
		"a reason of at least 5 characters is needed" },
	[GUARD(HANDLER)] = { "handler", "请指定承办人", "nobody is named to handle it" },
	[GUARD(NOTHING_SPAWNED)] = { "spawned", "已由此文下发通报或登记隐患，不能仅阅知",
		"findings or notices came out of it" },
	[GUARD(RESULT)] = { "result", "请填写办理结果", "the result is missing" },
	[GUARD(CHANNEL)] = { "channel", "请填写反馈渠道",
		"how the answer went out is missing" },
	[GUARD(SEALED)] = { "sealed", "反馈材料尚未登记用印",
		"the answer's seal is not recorded" },
	[GUARD(STATEMENT)] = { "statement", "不涉及也须有盖章的情况说明",
		"a sealed statement is needed" },
	[GUARD(RECEIPT)] = { "receipt", "请填写回执", "the receipt is missing" },
	[GUARD(ACKNOWLEDGED)] = { "acknowledged", "尚无回执，归档须写明理由",
		"without a receipt a reason is needed" },
	[GUARD(SPAWNED_DONE)] = { "spawned_open", "由此文下发的通报尚未办结",
		"notices that came out of it are not closed" },
};
const struct name_table incoming_guard_names = { "incoming guard", guard_rows,
	INCOMING_GUARD_COUNT };

#define HOLDS(name, what)                                                                      \
	static bool name(const void *p)                                                        \
	{                                                                                      \
		const struct incoming_facts *f = (const struct incoming_facts *)p;             \
		return what;                                                                   \
	}

HOLDS(is_open, !secrecy_is_state_secret(f->secrecy))
HOLDS(is_classified, secrecy_is_state_secret(f->secrecy))
HOLDS(proposal_given, f->proposal_given)
HOLDS(words_given, f->words_given)
HOLDS(reason_given, f->reason_given)
HOLDS(handler_known, f->handler_known)
HOLDS(nothing_spawned, !f->spawned)
HOLDS(result_given, f->result_given)
HOLDS(channel_given, f->channel_given)
HOLDS(answer_sealed, f->answer_sealed || f->not_concerned)
HOLDS(statement_kept, !f->not_concerned || f->statement_kept)
HOLDS(receipt_given, f->receipt_given)
HOLDS(acknowledged, f->receipt_kept || f->reason_given)
HOLDS(spawned_done, !f->spawned_open)

static const struct machine_guard guards[INCOMING_GUARD_COUNT] = {
	[GUARD(OPEN)] = { is_open, E_INPUT },
	[GUARD(CLASSIFIED)] = { is_classified, E_INPUT },
	[GUARD(PROPOSAL)] = { proposal_given, E_INPUT },
	[GUARD(WORDS)] = { words_given, E_INPUT },
	[GUARD(REASON)] = { reason_given, E_INPUT },
	[GUARD(HANDLER)] = { handler_known, E_INPUT },
	[GUARD(NOTHING_SPAWNED)] = { nothing_spawned, E_INPUT },
	[GUARD(RESULT)] = { result_given, E_INPUT },
	[GUARD(CHANNEL)] = { channel_given, E_INPUT },
	[GUARD(SEALED)] = { answer_sealed, E_INPUT },
	[GUARD(STATEMENT)] = { statement_kept, E_INPUT },
	[GUARD(RECEIPT)] = { receipt_given, E_INPUT },
	[GUARD(ACKNOWLEDGED)] = { acknowledged, E_INPUT },
	[GUARD(SPAWNED_DONE)] = { spawned_done, E_INPUT },
};

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
	HEADS = ROLE_BIT(ROLE_SCHOOL_OFFICE) | ROLE_BIT(ROLE_DIRECTOR),
	OFFICE = ROLE_BIT(ROLE_SCHOOL_OFFICE) | DESK,
	LEADERS = ROLE_BIT(ROLE_VICE_PRESIDENT) | ROLE_BIT(ROLE_LEADING_GROUP),
	/* In his own name, or copied from the paper by the office. */
	INSTRUCT = LEADERS | ROLE_BIT(ROLE_SCHOOL_OFFICE),
	ANSWERED = NEEDS(RESULT) | NEEDS(CHANNEL) | NEEDS(SEALED) | NEEDS(STATEMENT),
};

static const struct machine_row rows[] = {
	{ STATE(REGISTERED), ACT(PROPOSE), STATE(PROPOSED), OFFICE,
		NEEDS(OPEN) | NEEDS(PROPOSAL), 0, 0, 0 },
	{ STATE(REGISTERED), ACT(KEEP), STATE(ARCHIVED), OFFICE, NEEDS(CLASSIFIED), 0, 0, 0 },
	{ STATE(REGISTERED), ACT(VOID), STATE(VOIDED), OFFICE, NEEDS(REASON), 0, 0, 0 },
	{ STATE(PROPOSED), ACT(INSTRUCT), STATE(INSTRUCTED), INSTRUCT, NEEDS(WORDS), 0, 0, 0 },
	{ STATE(INSTRUCTED), ACT(INSTRUCT), STATE(INSTRUCTED), INSTRUCT, NEEDS(WORDS), 0, 0,
		0 },
	{ STATE(HANDLING), ACT(INSTRUCT), STATE(HANDLING), INSTRUCT, NEEDS(WORDS), 0, 0, 0 },
	/* What is urgent does not wait for a leader, and says why. */
	{ STATE(PROPOSED), ACT(ASSIGN), STATE(HANDLING), HEADS, NEEDS(HANDLER) | NEEDS(REASON),
		0, 0, 0 },
	{ STATE(INSTRUCTED), ACT(ASSIGN), STATE(HANDLING), HEADS, NEEDS(HANDLER), 0, 0, 0 },
	{ STATE(HANDLING), ACT(ASSIGN), STATE(HANDLING), HEADS, NEEDS(HANDLER), 0, 0, 0 },
	{ STATE(PROPOSED), ACT(NOTE), STATE(ARCHIVED), HEADS, NEEDS(NOTHING_SPAWNED), 0, 0, 0 },
	{ STATE(INSTRUCTED), ACT(NOTE), STATE(ARCHIVED), HEADS, NEEDS(NOTHING_SPAWNED), 0, 0,
		0 },
	{ STATE(HANDLING), ACT(ANSWER), STATE(ANSWERED), DESK, ANSWERED, 0, 0, 0 },
	{ STATE(ANSWERED), ACT(RECEIPT), STATE(ANSWERED), OFFICE, NEEDS(RECEIPT), 0, 0, 0 },
	{ STATE(ANSWERED), ACT(ARCHIVE), STATE(ARCHIVED), HEADS,
		NEEDS(ACKNOWLEDGED) | NEEDS(SPAWNED_DONE), 0, 0, 0 },
};

static const struct machine machine = { &incoming_state_names, &incoming_act_names,
	&incoming_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int incoming_step(const struct incoming_facts *facts, enum incoming_act act, enum role role,
	enum incoming_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum incoming_state)row->to;
	}
	return error;
}

uint32_t incoming_acts(enum incoming_state state, enum secrecy secrecy, enum role role)
{
	uint32_t acts = 0;
	bool secret = secrecy_is_state_secret(secrecy);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool fits = (rows[i].guards & (secret ? NEEDS(OPEN) : NEEDS(CLASSIFIED))) == 0;
		if (rows[i].from == state && (rows[i].roles & ROLE_BIT(role)) != 0 && fits) {
			acts |= MACHINE_BIT(rows[i].act);
		}
	}
	return acts;
}

bool incoming_terminal(enum incoming_state state)
{
	return state == INCOMING_ARCHIVED || state == INCOMING_VOIDED;
}
