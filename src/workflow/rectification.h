/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One round of rectification 整改, from the plan to the sealed report and its
 * formal acceptance.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "model/rectification.h"
#include "model/role.h"

struct diag;

enum rectification_act {
	RECTIFICATION_ACT_START,
	RECTIFICATION_ACT_CONTAIN,
	RECTIFICATION_ACT_FINISH,
	RECTIFICATION_ACT_REPORT,
	RECTIFICATION_ACT_UPLOAD,
	RECTIFICATION_ACT_ACCEPT,
	RECTIFICATION_ACT_RETURN,
	RECTIFICATION_ACT_RESUME,
};

#define RECTIFICATION_ACT_COUNT (RECTIFICATION_ACT_RESUME + 1)

enum rectification_guard {
	RECTIFICATION_GUARD_UNIT,
	RECTIFICATION_GUARD_CONTROL,
	RECTIFICATION_GUARD_ITEMS,
	RECTIFICATION_GUARD_SCAN,
	RECTIFICATION_GUARD_FAULT,
};

#define RECTIFICATION_GUARD_COUNT (RECTIFICATION_GUARD_FAULT + 1)

extern const struct name_table rectification_act_names;
extern const struct name_table rectification_guard_names;

struct rectification_facts {
	enum rectification_state state;
	bool actor_in_unit;  /* of the responsible unit */
	bool control_stated; /* the temporary control is described */
	bool items_complete; /* every finding has a cause, a measure and a date */
	bool scan_stored;    /* this round's sealed scan, or the operator's scan of paper */
	bool fault_named;    /* what is formally wrong */
};

/**
 * Returns: 0 with the new state, E_STATE, E_DENIED or E_INPUT, with
 *          diag->source = a guard's id.
 */
NODISCARD int rectification_step(const struct rectification_facts *facts,
	enum rectification_act act, enum role role, enum rectification_state *ret_state,
	struct diag *diag);
