/* SPDX-License-Identifier: Apache-2.0 */
/**
 * More time for a notice 延期: asked for by the unit before the notice is due,
 * with a reason, what holds meanwhile and a new date.  The director grants the
 * first, the vice president any further one.
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

enum extension_state {
	EXTENSION_NONE, /* not asked yet */
	EXTENSION_ASKED,
	EXTENSION_APPROVED,
	EXTENSION_REFUSED,
	EXTENSION_LAPSED, /* the notice went on without it */
};

#define EXTENSION_COUNT (EXTENSION_LAPSED + 1)

enum extension_act {
	EXTENSION_ACT_ASK,
	EXTENSION_ACT_APPROVE,
	EXTENSION_ACT_REFUSE,
	EXTENSION_ACT_LAPSE,
};

#define EXTENSION_ACT_COUNT (EXTENSION_ACT_LAPSE + 1)

enum extension_guard {
	EXTENSION_GUARD_UNIT,
	EXTENSION_GUARD_WITH_UNIT,
	EXTENSION_GUARD_BEFORE_DUE,
	EXTENSION_GUARD_REASON,
	EXTENSION_GUARD_CONTROL,
	EXTENSION_GUARD_OFTEN,
	EXTENSION_GUARD_LENGTH,
	EXTENSION_GUARD_ALONE,
	EXTENSION_GUARD_APPROVER,
	EXTENSION_GUARD_OTHER,
};

#define EXTENSION_GUARD_COUNT (EXTENSION_GUARD_OTHER + 1)

extern const struct name_table extension_state_names;
extern const struct name_table extension_act_names;
/** Id = the code of a refusal. */
extern const struct name_table extension_guard_names;

struct extension_facts {
	enum extension_state state;
	int32_t nth; /* 1 = the first of this notice */
	int32_t count_max;
	bool actor_in_unit;
	bool actor_is_asker;
	bool with_unit; /* received, being put right, returned or failed */
	bool before_due;
	bool reason_given;
	bool control_given;
	bool length_fits;
	bool another_open;
};

/**
 * What an act by a role leads to.
 *
 * Returns: 0 with the new state; E_STATE, E_DENIED or E_INPUT, with
 *          diag->source = "no_such_step", "role" or a guard's id.
 */
NODISCARD int extension_step(const struct extension_facts *facts, enum extension_act act,
	enum role role, enum extension_state *ret_state, struct diag *diag);
