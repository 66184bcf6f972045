/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/timers.h"

#include <stddef.h>

#include "desk/affected.h"
#include "desk/delegations.h"
#include "desk/doubts.h"
#include "desk/event_clocks.h"
#include "desk/expiry.h"
#include "desk/filings.h"
#include "desk/finding_recur.h"
#include "desk/incoming.h"
#include "desk/line.h"
#include "desk/maintenance.h"
#include "desk/regulations.h"
#include "desk/reviews.h"
#include "desk/selfchecks.h"
#include "desk/tasks.h"
#include "records/timer.h"

/* By how its kind begins. */
static const struct {
	const char *begins;
	int (*fire)(struct txn *txn, const struct desk_env *env, const struct timer *timer);
} kinds[] = {
	{ "maintenance.edge", maintenance_timer },
	{ "expiry.", expiry_timer },
	{ "event.", event_timer },
	{ "finding.", finding_timer },
	{ "filing.effective", filing_timer },
	{ "doubt.due", doubt_timer },
	{ "review.due", review_timer },
	{ "delegation.edge", delegation_timer },
	{ "incoming.", incoming_timer },
	{ "selfcheck.", selfcheck_timer },
	{ "task.", task_timer },
};

int desk_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	if (slice_is(timer->kind, "affected.list")) {
		return affected_timer(txn, timer);
	}
	if (slice_is(timer->kind, "regulation.enter")) {
		return regulation_timer(txn, timer);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_starts(timer->kind, slice_str(kinds[i].begins))) {
			return kinds[i].fire(txn, env, timer);
		}
	}
	return line_timer(txn, env, timer);
}
