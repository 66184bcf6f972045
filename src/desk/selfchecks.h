/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Self-checks of the units 自查 (article 10): once a week by the school's
 * questions, every day where a system is a key one or an important period 重保
 * asks for it.  What a unit says is wrong is reported by the same act.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct desk;
struct desk_env;
struct timer;
struct txn;

/**
 * POST /selfchecks: ask now for this week's check, where there is none yet: of
 * one unit, or of all by timers of their own.
 */
NODISCARD int desk_selfcheck_ask(struct desk *desk);
/** POST /selfchecks/{id}/submit */
NODISCARD int desk_selfcheck_submit(struct desk *desk);
/** POST /selfchecks/{id}/sample: by hand, with a reason. */
NODISCARD int desk_selfcheck_sample(struct desk *desk);
/** POST /selfchecks/{id}/decide: found true, or contradicted. */
NODISCARD int desk_selfcheck_decide(struct desk *desk);

/** POST /important-periods */
NODISCARD int desk_important_create(struct desk *desk);
/** POST /important-periods/{id}/end */
NODISCARD int desk_important_end(struct desk *desk);

/** At the start of the platform: see to it that units are asked.  arg: struct desk_env.  0 or as db_step. */
NODISCARD int selfcheck_begin(struct txn *txn, void *arg);

/** A timer "selfcheck.…".  0 or as db_step. */
NODISCARD int selfcheck_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);

/** A unit is no more: what it was still to do is void.  0 or as db_step. */
NODISCARD int selfcheck_unit_end(struct desk *desk, int64_t unit_id);
