/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a finding 隐患.  From noticed on it follows its notice: those
 * steps are the system's, made in the transaction that moves the notice.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "model/finding.h"
#include "model/role.h"
#include "model/scale.h"
#include "workflow/staffing.h"

struct diag;

enum finding_act {
	FINDING_ACT_CONFIRM,
	FINDING_ACT_FALSE_POSITIVE,
	FINDING_ACT_DUPLICATE,
	FINDING_ACT_NOTICE,    /* its notice was issued */
	FINDING_ACT_REMEDIATE, /* its notice was submitted */
	FINDING_ACT_SEND_BACK, /* its notice was returned or failed */
	FINDING_ACT_RELEASE,   /* its notice was withdrawn */
	FINDING_ACT_CLOSE,     /* its notice passed */
	FINDING_ACT_DROP,      /* its notice was withdrawn: there was nothing */
	FINDING_ACT_MERGE,     /* into another that goes on */
	FINDING_ACT_TRANSFER,  /* it has become an event */
	FINDING_ACT_ACCEPT,    /* 暂缓整改 was approved */
	FINDING_ACT_EXPIRE,    /* that time is over */
	FINDING_ACT_REOPEN,    /* it was seen again */
	FINDING_ACT_KEEP,      /* looked at again: still a false positive */
	FINDING_ACT_REVIVE,    /* looked at again: it is none */
};

#define FINDING_ACT_COUNT (FINDING_ACT_REVIVE + 1)

enum finding_guard {
	FINDING_GUARD_GRADE,
	FINDING_GUARD_UNIT,
	FINDING_GUARD_EVIDENCE,
	FINDING_GUARD_REASON,
	FINDING_GUARD_SECOND_OPERATOR,
	FINDING_GUARD_TARGET,
};

#define FINDING_GUARD_COUNT (FINDING_GUARD_TARGET + 1)

extern const struct name_table finding_act_names;
extern const struct name_table finding_guard_names;

enum { FINDING_REASON_MIN = 10 }; /* characters a false positive is explained in */

struct finding_facts {
	enum finding_state state;
	enum grade grade;
	struct staffing staffing;
	bool is_vulnerability;
	bool unit_known; /* owner unit found or chosen */
	bool has_evidence;
	bool reason_given;    /* at least FINDING_REASON_MIN characters */
	bool second_operator; /* another operator agreed */
	bool target_open;     /* the finding it repeats is open and no duplicate itself */
};

struct finding_outcome {
	enum finding_state to;
	bool suppress_key; /* the same key raises nothing until reviewed */
	bool stops_triage; /* it has been judged */
};

/**
 * What an act by a role leads to.
 *
 * Returns: 0, E_STATE, E_DENIED or E_INPUT, with diag->source = a guard's id.
 */
NODISCARD int finding_step(const struct finding_facts *facts, enum finding_act act,
	enum role role, struct finding_outcome *ret_outcome, struct diag *diag);

/** Does somebody still have to do something about it? */
bool finding_open(enum finding_state state);
