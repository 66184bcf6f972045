/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a paper from a superior 收文: registered, handling proposed 拟办,
 * instructed by a leader 批示, handled 承办, answered under the school's seal
 * 反馈, archived.  A state secret is only registered and put away; one that
 * asks for nothing is taken note of 仅阅知.  And of what the leading group has
 * units do 落实.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/incoming.h"
#include "model/role.h"

struct diag;

enum incoming_act {
	INCOMING_ACT_PROPOSE,
	INCOMING_ACT_INSTRUCT,
	INCOMING_ACT_ASSIGN,
	INCOMING_ACT_NOTE, /* 仅阅知: archived at once */
	INCOMING_ACT_ANSWER,
	INCOMING_ACT_RECEIPT,
	INCOMING_ACT_ARCHIVE,
	INCOMING_ACT_KEEP, /* a state secret: number and place are all there is */
	INCOMING_ACT_VOID,
};

#define INCOMING_ACT_COUNT (INCOMING_ACT_VOID + 1)

enum incoming_guard {
	INCOMING_GUARD_OPEN,
	INCOMING_GUARD_CLASSIFIED,
	INCOMING_GUARD_PROPOSAL,
	INCOMING_GUARD_WORDS,
	INCOMING_GUARD_REASON,
	INCOMING_GUARD_HANDLER,
	INCOMING_GUARD_NOTHING_SPAWNED,
	INCOMING_GUARD_RESULT,
	INCOMING_GUARD_CHANNEL,
	INCOMING_GUARD_SEALED,
	INCOMING_GUARD_STATEMENT,
	INCOMING_GUARD_RECEIPT,
	INCOMING_GUARD_ACKNOWLEDGED,
	INCOMING_GUARD_SPAWNED_DONE,
};

#define INCOMING_GUARD_COUNT (INCOMING_GUARD_SPAWNED_DONE + 1)

extern const struct name_table incoming_act_names;
/** Id = the code of a refusal. */
extern const struct name_table incoming_guard_names;

enum { INCOMING_REASON_MIN = 5 }; /* characters */

struct incoming_facts {
	enum incoming_state state;
	enum secrecy secrecy;
	bool not_concerned; /* the answer is 不涉及 */
	/* what comes with the act, or is there already */
	bool proposal_given;
	bool words_given;
	bool reason_given;
	bool handler_known;
	bool result_given;
	bool channel_given;
	bool receipt_given;
	/* how it stands */
	bool spawned;        /* findings or notices came out of it */
	bool spawned_open;   /* and one of them is not over */
	bool answer_sealed;  /* 用印登记 of the answer */
	bool statement_kept; /* a sealed 情况说明: its seal and its scan */
	bool receipt_kept;
};

/** Returns: 0 with the new state, E_STATE, E_DENIED or E_INPUT, with diag->source = a guard's id. */
NODISCARD int incoming_step(const struct incoming_facts *facts, enum incoming_act act,
	enum role role, enum incoming_state *ret_state, struct diag *diag);

/** Bits of the acts this role could do now, were everything asked for at hand. */
uint32_t incoming_acts(enum incoming_state state, enum secrecy secrecy, enum role role);

/** Is it over? */
bool incoming_terminal(enum incoming_state state);

/* ---- what the leading group has units do */

enum task_act {
	TASK_ACT_REPORT, /* 落实情况 */
	TASK_ACT_FINISH, /* and that it is done */
	TASK_ACT_CONFIRM,
	TASK_ACT_SEND_BACK,
	TASK_ACT_CANCEL,
};

#define TASK_ACT_COUNT (TASK_ACT_CANCEL + 1)

enum task_guard { TASK_GUARD_UNIT, TASK_GUARD_TEXT, TASK_GUARD_REASON };

#define TASK_GUARD_COUNT (TASK_GUARD_REASON + 1)

extern const struct name_table task_act_names;
extern const struct name_table task_guard_names;

struct task_facts {
	enum task_state state;
	bool actor_in_unit; /* of the unit that does it */
	bool text_given;
	bool reason_given; /* of INCOMING_REASON_MIN characters */
};

/** As incoming_step. */
NODISCARD int task_step(const struct task_facts *facts, enum task_act act, enum role role,
	enum task_state *ret_state, struct diag *diag);
/** As incoming_acts. */
uint32_t task_acts(enum task_state state, enum role role);
