/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of a version of the regulation: written, asked about, adopted by
 * the leading group with number and day, in force from that day, superseded.
 * Coming into force is the system's step, made when the day has come.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "model/name.h"
#include "model/role.h"
#include "workflow/staffing.h"

struct diag;

enum regulation_state {
	REGULATION_DRAFT,
	REGULATION_CONSULTING,
	REGULATION_ADOPTED,
	REGULATION_IN_FORCE,
	REGULATION_SUPERSEDED,
	REGULATION_DROPPED,
};

#define REGULATION_COUNT (REGULATION_DROPPED + 1)

enum regulation_act {
	REGULATION_ACT_EDIT,
	REGULATION_ACT_CONSULT,
	REGULATION_ACT_RECALL, /* back to a draft, also when adopted and not yet in force */
	REGULATION_ACT_ADOPT,
	REGULATION_ACT_DROP,
	REGULATION_ACT_ENTER,     /* its day has come */
	REGULATION_ACT_SUPERSEDE, /* another one has come into force */
	REGULATION_ACT_CARRY,     /* what is open goes over to it */
};

#define REGULATION_ACT_COUNT (REGULATION_ACT_CARRY + 1)

enum regulation_guard {
	REGULATION_GUARD_COMPLETE,
	REGULATION_GUARD_BASE,
	REGULATION_GUARD_NUMBERED,
	REGULATION_GUARD_OTHER_PERSON,
	REGULATION_GUARD_REASON,
};

#define REGULATION_GUARD_COUNT (REGULATION_GUARD_REASON + 1)

extern const struct name_table regulation_state_names;
extern const struct name_table regulation_act_names;
extern const struct name_table regulation_guard_names;

enum { REGULATION_REASON_MIN = 10 };

struct regulation_facts {
	enum regulation_state state;
	struct staffing staffing;
	bool complete;     /* its parameters can be read */
	bool base_current; /* it was written over the text now in force */
	bool numbered;     /* 文号, 施行日期 and who decided are given */
	bool author_acts;
	bool reason_given;
};

/**
 * What an act by a role leads to.
 *
 * Returns: 0, E_STATE, E_DENIED or E_INPUT, with diag->source = a guard's id.
 */
NODISCARD int regulation_step(const struct regulation_facts *facts, enum regulation_act act,
	enum role role, enum regulation_state *ret_to, struct diag *diag);
