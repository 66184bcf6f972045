/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What becomes of a finding after it was settled: looked at again some days
 * later, opened again when it is seen, taken up when the time it was accepted
 * for is over, and when its check no longer sees it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "desk/finding_row.h"

struct desk;
struct desk_env;
struct line_probe;
struct timer;
struct txn;

/** It has come back: reopened, counted, its later looks off.  Saves the row.  0 or as db_step. */
NODISCARD int finding_reopen(struct txn *txn, struct finding_row *row);

/** Looks after days of the policy; offline: one, after those of what is out of service. */
NODISCARD int finding_rechecks_set(
	struct txn *txn, const struct desk_env *env, int64_t finding_id, bool offline);

/** A false positive is to be looked at again; sets row->review_at_ms, and saves nothing. */
NODISCARD int finding_review_set(
	struct txn *txn, const struct desk_env *env, struct finding_row *row);

/** A timer "finding.…" has come due.  0 or as db_step. */
NODISCARD int finding_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);

/** The answer to a look.  1, 0 (it asked nothing) or as db_step. */
NODISCARD int finding_recheck_result(
	struct txn *txn, const struct desk_env *env, const struct line_probe *result);

/** Its check answers well (gone), or does not: what is open is proposed as gone, or no more. */
NODISCARD int finding_watched(struct txn *txn, int64_t watch_id, bool gone, int64_t at_ms);
