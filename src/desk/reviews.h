/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The review of a term 学期核对: every unit says that its list of people is
 * right, by one act.  Silence is reminded, and then a sign of its own.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;
struct desk_env;
struct timer;
struct txn;

/** POST /term-reviews */
NODISCARD int desk_review_open(struct desk *desk);
/** POST /term-reviews/{id}/confirm: of the caller's unit, once. */
NODISCARD int desk_review_confirm(struct desk *desk);
/** POST /term-reviews/{id}/close */
NODISCARD int desk_review_close(struct desk *desk);

/** Its day has come, or the days of grace are over.  0 or as db_step. */
NODISCARD int review_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
