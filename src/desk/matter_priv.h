/* SPDX-License-Identifier: Apache-2.0 */
/** What the files behind desk/matter.h share; seen by this folder only. */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/finding.h"
#include "workflow/finding.h"
#include "workflow/rectification.h"

struct matter;
struct txn;

/* matter_clock.c: row.due…, step and sign deadlines, timers. */
NODISCARD int matter_clocks(struct matter *m);
/* The timer of the next rung above row.overdue_level. */
NODISCARD int matter_ladder_next(struct matter *m);

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
/* 催办单: of an act that is no step of the machine. */
NODISCARD int matter_reminder(struct matter *m);

/* matter_mail.c */
NODISCARD int matter_tell(struct matter *m);
/* To the recipients of the notice; event names the message. */
NODISCARD int matter_tell_unit(
	struct matter *m, const char *event, struct slice subject, struct slice text);
/* To everybody who holds a role; unit_id 0 = of any unit. */
NODISCARD int matter_tell_role(struct matter *m, enum role role, int64_t unit_id,
	const char *event, struct slice subject, struct slice text);
NODISCARD int matter_tell_person(struct matter *m, int64_t person_id, const char *event,
	struct slice subject, struct slice text);
/* "2026-03-10 17:30" */
struct slice matter_time(const struct matter *m, int64_t at_ms);
