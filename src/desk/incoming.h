/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Papers from superiors 收文: what people do to them.  密级 comes first: of a
 * state secret nothing but its number and place is taken, by any act, ever.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct desk;
struct desk_env;
struct timer;
struct txn;

/** POST /superiors, PATCH /superiors/{id}. */
NODISCARD int desk_superior_create(struct desk *desk);
NODISCARD int desk_superior_update(struct desk *desk);

/** POST /incoming, PATCH /incoming/{id}, and the acts under it. */
NODISCARD int desk_incoming_create(struct desk *desk);
NODISCARD int desk_incoming_update(struct desk *desk);
NODISCARD int desk_incoming_propose(struct desk *desk);
NODISCARD int desk_incoming_instruct(struct desk *desk);
NODISCARD int desk_incoming_assign(struct desk *desk);
NODISCARD int desk_incoming_end(struct desk *desk);

/** Timers "incoming.remind", "incoming.inner", "incoming.due".  0 or as db_step. */
NODISCARD int incoming_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
