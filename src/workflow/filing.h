/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The way of a filing 备案 (article 13): asked for by the unit, answered for
 * by its head alone or by a sealed form, its contacts tested, filed by the
 * centre with a number, and in effect on its day.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/filing.h"
#include "model/role.h"
#include "workflow/staffing.h"

struct diag;

enum filing_act {
	FILING_ACT_SUBMIT,
	FILING_ACT_SIGN,        /* the unit's head answers for it */
	FILING_ACT_ACCEPT_FORM, /* the centre has the sealed form in hand */
	FILING_ACT_RETURN,
	FILING_ACT_WITHDRAW,
	FILING_ACT_APPROVE,
	FILING_ACT_TAKE_EFFECT, /* its day has come */
	FILING_ACT_SUPERSEDE,   /* another one has taken the post */
};

#define FILING_ACT_COUNT (FILING_ACT_SUPERSEDE + 1)

enum filing_guard {
	FILING_GUARD_PHONES,
	FILING_GUARD_REACHABLE,
	FILING_GUARD_NOT_SAME,
	FILING_GUARD_FORM,
	FILING_GUARD_REASON,
	FILING_GUARD_TESTED,
	FILING_GUARD_WARNED,
	FILING_GUARD_OTHER,
};

#define FILING_GUARD_COUNT (FILING_GUARD_OTHER + 1)

extern const struct name_table filing_act_names;
extern const struct name_table filing_guard_names;

struct filing_facts {
	enum filing_state state;
	struct staffing staffing;
	bool phones_distinct; /* two, and not the same */
	bool mail_known;
	bool person_changes; /* who comes is not who goes */
	bool has_form;       /* a sealed form was uploaded */
	bool reason_given;
	bool tested;         /* every channel there is was confirmed */
	bool warnings;       /* answers for many units, or is no staff in post */
	bool warnings_taken; /* and the approver has said why that may be */
	bool actor_involved; /* the actor asked for it, comes or goes */
};

enum { FILING_EFFECT_TEST = 1, FILING_EFFECT_NUMBER = 2, FILING_EFFECT_HAND_OVER = 4 };

struct filing_outcome {
	enum filing_state to;
	uint32_t effects;
};

/** What an act leads to.  Returns: as machine_step. */
NODISCARD int filing_step(const struct filing_facts *facts, enum filing_act act, enum role role,
	struct filing_outcome *ret_outcome, struct diag *diag);

/** Acts a role may try in a state, bits by enum filing_act. */
uint32_t filing_acts(enum filing_state state, enum role role);

/** Does it still wait for somebody? */
bool filing_waits(enum filing_state state);
