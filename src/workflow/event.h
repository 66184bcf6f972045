/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The life of an event 事件: reported, graded by a person, handled until it is
 * contained and over, reported to the end, reviewed, closed; or found to be
 * none, and a finding.  A graver grade holds at once, at any time before it is
 * closed; a milder one is asked for by one person and allowed by another.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/event.h"
#include "model/role.h"

struct diag;

enum event_act {
	EVENT_ACT_GRADE,
	EVENT_ACT_RAISE, /* to a graver grade */
	EVENT_ACT_LOWER, /* a milder one is asked for */
	EVENT_ACT_ALLOW, /* and allowed */
	EVENT_ACT_REFUSE,
	EVENT_ACT_RESPOND,
	EVENT_ACT_CONTAIN,
	EVENT_ACT_RESOLVE,
	EVENT_ACT_RELAPSE, /* it broke out again */
	EVENT_ACT_FINAL,   /* its final report is accepted */
	EVENT_ACT_REVIEW,
	EVENT_ACT_CLOSE,
	EVENT_ACT_NOT_EVENT,
};

#define EVENT_ACT_COUNT (EVENT_ACT_NOT_EVENT + 1)

enum event_guard {
	EVENT_GUARD_REASON,
	EVENT_GUARD_GRADE,
	EVENT_GUARD_GRAVER,
	EVENT_GUARD_MILDER,
	EVENT_GUARD_NONE_ASKED,
	EVENT_GUARD_ASKED,
	EVENT_GUARD_OTHER_ASKED,
	EVENT_GUARD_OTHER_GRADED,
	EVENT_GUARD_RECORD,
	EVENT_GUARD_FINAL,
	EVENT_GUARD_UP_SETTLED,
	EVENT_GUARD_NONE_SENT,
	EVENT_GUARD_ROOTS,
};

#define EVENT_GUARD_COUNT (EVENT_GUARD_ROOTS + 1)

extern const struct name_table event_act_names;
/** Id = the code of a refusal. */
extern const struct name_table event_guard_names;

enum { EVENT_REASON_MIN = 5 }; /* characters */

struct event_facts {
	enum event_state state;
	/* what comes with the act */
	bool reason_given; /* at least EVENT_REASON_MIN characters */
	bool grade_given;
	bool graver; /* than the grade in force */
	bool milder;
	bool record_given; /* what was done, seen or learnt */
	/* how it stands */
	bool lowering_asked; /* and not decided yet */
	bool actor_asked;    /* the caller asked for it */
	bool actor_graded;   /* the caller set the grade in force */
	bool final_accepted;
	bool up_open;       /* a report upward is neither receipted nor waived */
	bool up_sent;       /* one has gone out */
	bool roots_settled; /* findings of its root causes, or why there are none */
};

/** Returns: 0 with the new state, E_STATE, E_DENIED or E_INPUT, with diag->source = a guard's id. */
NODISCARD int event_step(const struct event_facts *facts, enum event_act act, enum role role,
	enum event_state *ret_state, struct diag *diag);

/** Bits of the acts this role could do now, were everything asked for at hand. */
uint32_t event_acts(enum event_state state, enum role role);

/** Is it over? */
bool event_terminal(enum event_state state);
/** Must follow-up reports come in? */
bool event_uncontained(enum event_state state);
