/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A finding left as it is for a time 暂缓整改: the head of the unit asks, with
 * what guards it meanwhile and until when.  The director approves; from grade
 * high on the leading group does.  When the time is over the finding is
 * confirmed again, with a new clock.
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

enum acceptance_state {
	ACCEPTANCE_NONE, /* not asked yet */
	ACCEPTANCE_ASKED,
	ACCEPTANCE_APPROVED,
	ACCEPTANCE_REFUSED,
	ACCEPTANCE_EXPIRED,
	ACCEPTANCE_LAPSED, /* the finding went on without it */
};

#define ACCEPTANCE_COUNT (ACCEPTANCE_LAPSED + 1)

enum acceptance_act {
	ACCEPTANCE_ACT_ASK,
	ACCEPTANCE_ACT_APPROVE,
	ACCEPTANCE_ACT_REFUSE,
	ACCEPTANCE_ACT_EXPIRE,
	ACCEPTANCE_ACT_LAPSE,
};

#define ACCEPTANCE_ACT_COUNT (ACCEPTANCE_ACT_LAPSE + 1)

enum acceptance_guard {
	ACCEPTANCE_GUARD_UNIT,
	ACCEPTANCE_GUARD_FINDING,
	ACCEPTANCE_GUARD_REASON,
	ACCEPTANCE_GUARD_CONTROL,
	ACCEPTANCE_GUARD_EXPIRY,
	ACCEPTANCE_GUARD_ALONE,
	ACCEPTANCE_GUARD_APPROVER,
	ACCEPTANCE_GUARD_OTHER,
};

#define ACCEPTANCE_GUARD_COUNT (ACCEPTANCE_GUARD_OTHER + 1)

extern const struct name_table acceptance_state_names;
extern const struct name_table acceptance_act_names;
/** Id = the code of a refusal. */
extern const struct name_table acceptance_guard_names;

struct acceptance_facts {
	enum acceptance_state state;
	enum grade grade; /* of the finding */
	bool actor_in_unit;
	bool actor_is_asker;
	bool finding_fits; /* confirmed, or noticed and with the unit */
	bool reason_given;
	bool control_given;
	bool expiry_fits;
	bool another_open;
};

/**
 * What an act by a role leads to.
 *
 * Returns: 0 with the new state; E_STATE, E_DENIED or E_INPUT, with
 *          diag->source = "no_such_step", "role" or a guard's id.
 */
NODISCARD int acceptance_step(const struct acceptance_facts *facts, enum acceptance_act act,
	enum role role, enum acceptance_state *ret_state, struct diag *diag);
