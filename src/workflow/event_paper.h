/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is written of an event: the unit's reports 初报, 续报, 终报, and what
 * goes up to an authority 上报.  Nothing that was handed in is written over:
 * who has to correct himself writes another report that names the first.
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

/* ---- reports of the unit */

enum event_report_act {
	EVENT_REPORT_ACT_EDIT,
	EVENT_REPORT_ACT_SUBMIT,
	EVENT_REPORT_ACT_ACCEPT,
	EVENT_REPORT_ACT_RETURN,
};

#define EVENT_REPORT_ACT_COUNT (EVENT_REPORT_ACT_RETURN + 1)

enum event_report_guard {
	EVENT_REPORT_GUARD_WRITER,
	EVENT_REPORT_GUARD_EVENT_OPEN,
	EVENT_REPORT_GUARD_RESOLVED,
	EVENT_REPORT_GUARD_NEWS,
	EVENT_REPORT_GUARD_COMPLETE,
	EVENT_REPORT_GUARD_SEALED,
	EVENT_REPORT_GUARD_REASON,
};

#define EVENT_REPORT_GUARD_COUNT (EVENT_REPORT_GUARD_REASON + 1)

extern const struct name_table event_report_act_names;
extern const struct name_table event_report_guard_names;

struct event_report_facts {
	enum event_report_kind kind;
	enum event_report_state state;
	bool actor_may_write; /* of the unit, or the desk for it */
	bool event_open;      /* not closed, not found to be none */
	bool resolved;        /* a final report is of what is over */
	bool correction;      /* of another that stays as it is */
	bool news;            /* it says something the report before did not */
	bool complete;        /* a final one says all it must */
	bool sealed;          /* its scan under seal is there */
	bool reason_given;    /* of EVENT_REASON_MIN characters */
};

/** As event_step. */
NODISCARD int event_report_step(const struct event_report_facts *facts,
	enum event_report_act act, enum role role, enum event_report_state *ret_state,
	struct diag *diag);

/* ---- to an authority */

enum event_up_act {
	EVENT_UP_ACT_DRAFT,
	EVENT_UP_ACT_APPROVE,
	EVENT_UP_ACT_REJECT, /* back to who drafts */
	EVENT_UP_ACT_SEND,
	EVENT_UP_ACT_RECEIPT,
	EVENT_UP_ACT_WAIVE,
};

#define EVENT_UP_ACT_COUNT (EVENT_UP_ACT_WAIVE + 1)

enum event_up_guard {
	EVENT_UP_GUARD_TEXT,
	EVENT_UP_GUARD_OTHER,
	EVENT_UP_GUARD_LEADER,
	EVENT_UP_GUARD_CHANNEL,
	EVENT_UP_GUARD_CALLED,
	EVENT_UP_GUARD_RECEIPT,
	EVENT_UP_GUARD_REASON,
	EVENT_UP_GUARD_NOT_ASKED,
};

#define EVENT_UP_GUARD_COUNT (EVENT_UP_GUARD_NOT_ASKED + 1)

extern const struct name_table event_up_act_names;
extern const struct name_table event_up_guard_names;

struct event_up_facts {
	enum event_up_state state;
	bool text_given;
	bool approver_drafted; /* who approves, or is said to have, wrote it */
	bool leader_approves;  /* who approves, or is said to have, is a leader */
	bool channel_given;
	bool called_given; /* who took it at the other end */
	bool receipt_given;
	bool reason_given;
	bool asked; /* the grade, or a crime, still asks for it */
};

/** As event_step. */
NODISCARD int event_up_step(const struct event_up_facts *facts, enum event_up_act act,
	enum role role, enum event_up_state *ret_state, struct diag *diag);
/** As event_acts. */
uint32_t event_up_acts(enum event_up_state state, enum role role);
/** Is nothing of it left to do? */
bool event_up_settled(enum event_up_state state);
