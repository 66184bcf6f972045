/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/timers.h"

#include "desk/affected.h"
#include "desk/delegations.h"
#include "desk/doubts.h"
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

int desk_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	if (slice_is(timer->kind, "affected.list")) {
		return affected_timer(txn, timer);
	}
	if (slice_is(timer->kind, "maintenance.edge")) {
		return maintenance_timer(txn, env, timer);
	}
	if (slice_starts(timer->kind, SLICE("expiry."))) {
		return expiry_timer(txn, env, timer);
	}
	if (slice_starts(timer->kind, SLICE("finding."))) {
		return finding_timer(txn, env, timer);
	}
	if (slice_is(timer->kind, "filing.effective")) {
		return filing_timer(txn, env, timer);
	}
	if (slice_is(timer->kind, "doubt.due")) {
		return doubt_timer(txn, env, timer);
	}
	if (slice_is(timer->kind, "review.due")) {
		return review_timer(txn, env, timer);
	}
	if (slice_is(timer->kind, "delegation.edge")) {
		return delegation_timer(txn, env, timer);
	}
	if (slice_is(timer->kind, "regulation.enter")) {
		return regulation_timer(txn, timer);
	}
	if (slice_starts(timer->kind, SLICE("incoming."))) {
		return incoming_timer(txn, env, timer);
	}
	if (slice_starts(timer->kind, SLICE("selfcheck."))) {
		return selfcheck_timer(txn, env, timer);
	}
	if (slice_starts(timer->kind, SLICE("task."))) {
		return task_timer(txn, env, timer);
	}
	return line_timer(txn, env, timer);
}
