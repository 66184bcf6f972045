/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a unit's self-check 自查: given to the unit, handed in, perhaps
 * looked at by the centre, closed; or missed.  Whoever says that something is
 * wrong has done what he should: only a 无 can be contradicted.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/role.h"
#include "model/selfcheck.h"

struct diag;
struct policy;

enum selfcheck_act {
	SELFCHECK_ACT_ASSIGN,
	SELFCHECK_ACT_SUBMIT,
	SELFCHECK_ACT_SAMPLE,
	SELFCHECK_ACT_CONFIRM,
	SELFCHECK_ACT_CONTRADICT,
	SELFCHECK_ACT_CLOSE,
	SELFCHECK_ACT_MISS,
	SELFCHECK_ACT_VOID,
};

#define SELFCHECK_ACT_COUNT (SELFCHECK_ACT_VOID + 1)

enum selfcheck_guard {
	SELFCHECK_GUARD_STAFFED,
	SELFCHECK_GUARD_UNIT,
	SELFCHECK_GUARD_IN_TIME,
	SELFCHECK_GUARD_OVER,
	SELFCHECK_GUARD_OPENED,
	SELFCHECK_GUARD_ANSWERED,
	SELFCHECK_GUARD_TOLD,
	SELFCHECK_GUARD_VALUE,
	SELFCHECK_GUARD_OTHER,
	SELFCHECK_GUARD_SAID_NONE,
	SELFCHECK_GUARD_REASON,
};

#define SELFCHECK_GUARD_COUNT (SELFCHECK_GUARD_REASON + 1)

extern const struct name_table selfcheck_act_names;
/** Id = the code of a refusal. */
extern const struct name_table selfcheck_guard_names;

enum { SELFCHECK_REASON_MIN = 5 }; /* characters */

struct selfcheck_facts {
	enum selfcheck_state state;
	bool staffed;       /* somebody answers for the unit */
	bool actor_in_unit; /* of the unit that is asked */
	bool over;          /* its period has ended */
	bool opened;        /* every question was opened */
	bool answered;      /* … and answered */
	bool told;          /* what is wrong, and why something does not apply, is said */
	bool value_given;   /* the one value that is asked for */
	bool said_none;     /* some question was answered 无 */
	bool reason_given;  /* of SELFCHECK_REASON_MIN characters */
};

/** Returns: 0 with the new state, E_STATE, E_DENIED or E_INPUT, with diag->source = a guard's id. */
NODISCARD int selfcheck_step(const struct selfcheck_facts *facts, enum selfcheck_act act,
	enum role role, enum selfcheck_state *ret_state, struct diag *diag);

/** Bits of the acts this role could do now, were everything asked for at hand. */
uint32_t selfcheck_acts(enum selfcheck_state state, enum role role);

/** Is it over? */
bool selfcheck_terminal(enum selfcheck_state state);

/** Whoever hears of a check that was missed; each hears what those below hear. */
enum selfcheck_rung {
	SELFCHECK_RUNG_OFFICER = 1,
	SELFCHECK_RUNG_HEAD,
	SELFCHECK_RUNG_DIRECTOR
};

/** in_row: missed one after another, this one counted; in_month: in this month. */
enum selfcheck_rung selfcheck_rung(
	const struct policy *policy, int64_t in_row, int64_t in_month);
