/* SPDX-License-Identifier: Apache-2.0 */
/** What the files behind desk/matter.h share; seen by this folder only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/finding.h"
#include "workflow/finding.h"
#include "workflow/notice.h"
#include "workflow/rectification.h"

struct desk;
struct matter;
struct txn;

/* matter_clock.c: row.due…, step and sign deadlines, timers. */
NODISCARD int matter_clocks(struct matter *m);
/* The timer of the next rung above row.overdue_level. */
NODISCARD int matter_ladder_next(struct matter *m);
/* The due instant was moved by something else than an act: keep it, and watch it. */
NODISCARD int matter_due_moved(struct matter *m);

/* matter.c: what a verification that passes some of its findings looks at; passed is set. */
NODISCARD int matter_parts(struct matter *m);
/* matter.c: is anybody of a unit filed and reachable? */
NODISCARD int matter_reachable(struct matter *m, int64_t unit_id, bool *ret_known);

/* matter_recipients.c: to whom it goes, as the unit's people are filed now. */
NODISCARD int matter_recipients(struct matter *m);

/* matter_ladder.c: tell the rungs up to level to who stands there; from is the one told before. */
NODISCARD int matter_rungs(struct matter *m, int64_t from, int64_t level, int64_t seq);
/* matter_ladder.c: rounds that failed raise the level, or make it a matter of accountability. */
NODISCARD int matter_failed(struct matter *m);
NODISCARD int matter_accountable(struct matter *m, struct slice why);
/* A line in its timeline by the machine. */
NODISCARD int matter_say(struct matter *m, const char *code, struct slice args);

/* matter_lapse.c: what was asked for and has become pointless. */
NODISCARD int matter_lapse(struct matter *m);
/* matter_lapse.c: a notice whose findings were all accepted is withdrawn, as who approved it says. */
NODISCARD int matter_emptied(struct desk *desk, int64_t notice_id);

/* matter_clock.c: this deadline by the days as they are now; its timers with it. */
NODISCARD int matter_recount(struct matter *m);

/* matter_remind.c: the timer of the next reminder before the deadline, or none; cancel it; tell. */
NODISCARD int matter_remind_next(struct matter *m);
NODISCARD int matter_remind_end(struct matter *m);
NODISCARD int matter_remind(struct matter *m, int64_t seq);

/* notice_places.c: what a template has left open until it is issued: number and deadline */
void matter_places_fill(struct matter *m);

/* matter_clock.c: the rules it goes on by */
NODISCARD int matter_timing(struct matter *m);

/* matter_round.c */
NODISCARD int matter_round_begin(struct matter *m);
/* Through the machine's steps to the act's state; items are in the body already. */
NODISCARD int matter_round_step(struct matter *m, enum rectification_act act);
NODISCARD int matter_round_save(struct matter *m);
NODISCARD int matter_check_begin(struct matter *m);
NODISCARD int matter_check_save(struct matter *m);
NODISCARD int matter_findings_move(struct matter *m, enum finding_act act);

/* matter_number.c: row.number, the next of this year. */
NODISCARD int matter_number(struct matter *m);

/* matter_paper.c */
NODISCARD int matter_papers(struct matter *m);
/* One more than the outcome names. */
NODISCARD int matter_paper(struct matter *m, enum notice_document kind);

/* matter_mail.c */
NODISCARD int matter_tell(struct matter *m);
/* To the recipients of the notice; event names the message. */
NODISCARD int matter_tell_unit(
	struct matter *m, const char *event, struct slice subject, struct slice text);
/* To who answers for it, and who stands in for him: nobody who only gets a copy. */
NODISCARD int matter_tell_officers(
	struct matter *m, const char *event, struct slice subject, struct slice text);
/* To everybody who holds a role; unit_id 0 = of any unit. */
NODISCARD int matter_tell_role(struct matter *m, enum role role, int64_t unit_id,
	const char *event, struct slice subject, struct slice text);
NODISCARD int matter_tell_person(struct matter *m, int64_t person_id, const char *event,
	struct slice subject, struct slice text);
/* "2026-03-10 17:30" */
struct slice matter_time(const struct matter *m, int64_t at_ms);
