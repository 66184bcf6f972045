/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A temporary control 临时管控 on what is not put right in time: proposed by the
 * machine or the desk, approved by the director, applied by a named person and
 * lifted after the verification.  Nothing is ever cut by the machine.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/name.h"
#include "model/role.h"
#include "model/scale.h"

struct diag;

enum control_state {
	CONTROL_NONE, /* not proposed yet */
	CONTROL_PROPOSED,
	CONTROL_APPROVED,
	CONTROL_REFUSED,
	CONTROL_APPLIED,
	CONTROL_LIFTED,
	CONTROL_LAPSED, /* the notice ended before it was applied */
};

#define CONTROL_COUNT (CONTROL_LAPSED + 1)

enum control_act {
	CONTROL_ACT_PROPOSE,
	CONTROL_ACT_APPROVE,
	CONTROL_ACT_REFUSE,
	CONTROL_ACT_APPLY,
	CONTROL_ACT_LIFT,
	CONTROL_ACT_LAPSE,
};

#define CONTROL_ACT_COUNT (CONTROL_ACT_LAPSE + 1)

enum control_guard {
	CONTROL_GUARD_NOTICE,
	CONTROL_GUARD_MEASURE,
	CONTROL_GUARD_REASON,
	CONTROL_GUARD_ALONE,
	CONTROL_GUARD_OTHER,
	CONTROL_GUARD_PERSON,
	CONTROL_GUARD_VERIFIED,
};

#define CONTROL_GUARD_COUNT (CONTROL_GUARD_VERIFIED + 1)

extern const struct name_table control_state_names;
extern const struct name_table control_act_names;
/** Id = the code of a refusal. */
extern const struct name_table control_guard_names;

struct control_facts {
	enum control_state state;
	bool notice_open; /* issued, and not handed in, passed or ended */
	bool measure_given;
	bool reason_given;
	bool another_open;
	bool actor_is_proposer;
	bool person_named;
	bool verified; /* the notice has passed, or was withdrawn */
};

/**
 * What an act by a role leads to.
 *
 * Returns: 0 with the new state; E_STATE, E_DENIED or E_INPUT, with
 *          diag->source = "no_such_step", "role" or a guard's id.
 */
NODISCARD int control_step(const struct control_facts *facts, enum control_act act,
	enum role role, enum control_state *ret_state, struct diag *diag);
