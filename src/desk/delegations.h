/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who is away names somebody of his unit to act for him from a day to a day:
 * messages go to both, and what the deputy does says for whom.
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

/** POST /delegations */
NODISCARD int desk_delegation_create(struct desk *desk);
/** POST /delegations/{id}/end */
NODISCARD int desk_delegation_end(struct desk *desk);

/** Whoever somebody had named in a unit acts for him no more.  0 or as db_step. */
NODISCARD int delegations_end_of(struct txn *txn, int64_t person_id, int64_t unit_id);

/** Its first or last moment has come.  0 or as db_step. */
NODISCARD int delegation_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
