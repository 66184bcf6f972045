/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Events 事件: what people do to them.  A unit files one with three answers
 * and has its number at once; the centre grades it, handles it, tells who must
 * be told, and ends it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/event_row.h"

struct desk;

/** What somebody says has happened; empty and 0 stand for 待查. */
struct event_filing {
	int64_t unit_id;    /* whose */
	struct slice title; /* what: needed */
	int64_t asset_id;   /* where: one of these two is needed */
	struct slice place;
	int64_t known_at_ms; /* since when it is known: needed, not after now */
	int64_t occurred_at_ms;
	struct slice course; /* in more words */
	struct slice
		source; /* "unit", "phone", "monitor", "superior", "finding", "self_check" */
	bool written;   /* by the unit itself: its first report is handed in with it */
	bool drill;
	bool crime;
	int64_t finding_id;
	int64_t incident_id;
};

/**
 * File an event: its number, first report, clocks, and who is told.  Whoever
 * calls is its author; the act answers with it.
 *
 * Shape:   text members may be longer than a body's; they are what the caller read.
 * Returns: 0 with the row; E_INPUT refused with "event.times", "event.where" or "input.required"; or as db_step.
 */
NODISCARD int event_file(
	struct desk *desk, const struct event_filing *filing, struct event_row *ret_row);

/** POST /events/report: by a unit, of its own. */
NODISCARD int desk_event_report(struct desk *desk);
/** POST /events: by the desk, told by telephone, seen by itself, or from an incident. */
NODISCARD int desk_event_create(struct desk *desk);
/** PATCH /events/{id}: class, cause, asset …; never when it was known of. */
NODISCARD int desk_event_update(struct desk *desk);
/** POST /events/{id}/remarks. */
NODISCARD int desk_event_remark(struct desk *desk);
/** POST /events/{id}/ticks: a line of its checklist. */
NODISCARD int desk_event_tick(struct desk *desk);

/** POST /events/{id}/grade: graded, raised, or asked to be lowered. */
NODISCARD int desk_event_grade(struct desk *desk);
/** POST /events/{id}/grade/decide. */
NODISCARD int desk_event_decide_grade(struct desk *desk);

/** POST /events/{id}/moves: responding, contained, resolved, relapsed, reviewed, closed. */
NODISCARD int desk_event_move(struct desk *desk);
/** POST /events/{id}/not-event: it becomes a finding. */
NODISCARD int desk_event_not_event(struct desk *desk);
