/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/notice.h"

#include "base/err.h"
#include "workflow/finding.h"
#include "workflow/machine.h"
#include "workflow/notice_priv.h"

static const struct machine machine = { &notice_state_names, &notice_act_names,
	&notice_guard_names, notice_guards, notice_rows, NOTICE_ROW_COUNT };

/* The act of the verification an act of the notice carries, or -1. */
static int verification_act(enum notice_act act)
{
	if (act == NOTICE_ACT_VERIFY) {
		return VERIFICATION_ACT_START;
	}
	if (act == NOTICE_ACT_SECOND_READ) {
		return VERIFICATION_ACT_SECOND_READ;
	}
	if (act == NOTICE_ACT_PASS) {
		return VERIFICATION_ACT_PASS;
	}
	static const struct {
		enum notice_act act;
		enum verification_act carried;
	} settled[] = {
		{ NOTICE_ACT_FAIL, VERIFICATION_ACT_FAIL },
		{ NOTICE_ACT_PARTIAL, VERIFICATION_ACT_PARTIAL },
		{ NOTICE_ACT_CANNOT_VERIFY, VERIFICATION_ACT_CANNOT },
		{ NOTICE_ACT_PASS_OFFLINE, VERIFICATION_ACT_PASS_OFFLINE },
	};
	for (size_t i = 0; i < sizeof(settled) / sizeof(settled[0]); i++) {
		if (settled[i].act == act) {
			return (int)settled[i].carried;
		}
	}
	return -1;
}

static enum upreport upreport_after(enum upreport before, enum notice_act act)
{
	if (act == NOTICE_ACT_UPREPORT_NEEDED) {
		return UPREPORT_NEEDED;
	}
	if (act == NOTICE_ACT_UPREPORT_NOT_NEEDED) {
		return UPREPORT_NOT_NEEDED;
	}
	if (act == NOTICE_ACT_UPREPORT_SENT) {
		return UPREPORT_SENT;
	}
	return act == NOTICE_ACT_UPREPORT_RECEIPTED ? UPREPORT_RECEIPTED : before;
}

/* What its findings do with it, or -1. */
static int finding_act_of(enum notice_act act)
{
	static const struct {
		enum notice_act act;
		enum finding_act finding_act;
	} pairs[] = {
		{ NOTICE_ACT_ISSUE, FINDING_ACT_NOTICE },
		{ NOTICE_ACT_SUBMIT, FINDING_ACT_REMEDIATE },
		{ NOTICE_ACT_RETURN, FINDING_ACT_SEND_BACK },
		{ NOTICE_ACT_FAIL, FINDING_ACT_SEND_BACK },
		{ NOTICE_ACT_PASS, FINDING_ACT_CLOSE },
		{ NOTICE_ACT_WITHDRAW, FINDING_ACT_RELEASE },
		{ NOTICE_ACT_DROP, FINDING_ACT_DROP },
		{ NOTICE_ACT_PARTIAL, FINDING_ACT_SEND_BACK }, /* those that did not pass */
		{ NOTICE_ACT_PASS_OFFLINE, FINDING_ACT_CLOSE },
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i].act == act) {
			return (int)pairs[i].finding_act;
		}
	}
	return -1;
}

int notice_step(const struct notice_facts *facts, enum notice_act act, enum role role,
	struct notice_outcome *ret_outcome, struct diag *diag)
{
	const struct notice_question question = { facts, role };
	const struct machine_call call = { facts->state, act, role, &question };
	const struct machine_row *row = NULL;
	int error = machine_step(&machine, &call, &row, diag);
	if (error < 0) {
		return error;
	}
	enum verification_state verification = facts->verification.state;
	int carried = verification_act(act);
	if (carried >= 0) {
		error = verification_step(&facts->verification, (enum verification_act)carried,
			role, &verification, diag);
		if (error < 0) {
			return error;
		}
	}
	bool deferred = act == NOTICE_ACT_ISSUE && facts->actor_is_author;
	/* Who signs has been reached, even if no channel said so. */
	bool reached = act == NOTICE_ACT_SIGN && !facts->delivered;
	*ret_outcome = (struct notice_outcome) {
		.to = (enum notice_state)row->to,
		.upreport = upreport_after(facts->upreport, act),
		.verification = verification,
		.finding_act =
			(row->effects & NOTICE_EFFECT_FINDINGS) != 0 ? finding_act_of(act) : -1,
		.effects = row->effects,
		.documents = row->documents,
		.clocks = row->clocks | (deferred ? NOTICE_CLOCK_CONFIRM_START : 0U) |
			  (reached ? NOTICE_CLOCK_REMEDY_REACHED : 0U),
		.deferred = deferred,
		.centre_self = act == NOTICE_ACT_BRIEF && facts->verification.unit_is_centre,
	};
	return 0;
}

uint32_t notice_acts(enum notice_state state, enum role role)
{
	uint32_t acts = 0;
	for (size_t i = 0; i < NOTICE_ROW_COUNT; i++) {
		const struct machine_row *row = &notice_rows[i];
		if (row->from == state && role < ROLE_COUNT &&
			(row->roles & ROLE_BIT(role)) != 0) {
			acts |= MACHINE_BIT(row->act);
		}
	}
	return acts;
}

bool notice_terminal(enum notice_state state)
{
	return state == NOTICE_CLOSED || state == NOTICE_WITHDRAWN ||
	       state == NOTICE_REASSIGNED;
}

bool notice_with_unit(enum notice_state state)
{
	return state == NOTICE_ISSUED || state == NOTICE_RECEIVED ||
	       state == NOTICE_RECTIFYING || state == NOTICE_RETURNED || state == NOTICE_FAILED;
}

int notice_recipients(const struct notice_people *people, enum grade grade,
	struct notice_recipients *ret_recipients)
{
	if (!people->specialist && !people->officer && !people->unit_head) {
		return E_ABSENT;
	}
	struct notice_recipients recipients = { ROLE_UNIT_HEAD, 0 };
	if (people->specialist) {
		recipients.to = ROLE_SPECIALIST;
		recipients.cc |= people->officer ? ROLE_BIT(ROLE_OFFICER) : 0U;
	} else if (people->officer) {
		recipients.to = ROLE_OFFICER;
	}
	if (recipients.to != ROLE_UNIT_HEAD && people->unit_head && grade <= GRADE_HIGH) {
		recipients.cc |= ROLE_BIT(ROLE_UNIT_HEAD);
	}
	*ret_recipients = recipients;
	return 0;
}
