/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What time does to self-checks, one function a timer; desk/selfcheck_end.c
 * says which.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk_env;
struct selfcheck_row;
struct timer;
struct txn;

/** The policy's hour of a day: seq is the day.  0 or as db_step. */
NODISCARD int selfcheck_tick(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
/** A unit is asked: record_id is the unit, seq the day.  0 or as db_step. */
NODISCARD int selfcheck_assign(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
/** Give one that is scheduled to the unit, if somebody is there; the row is not saved.  0 or as db_step. */
NODISCARD int selfcheck_give(
	struct txn *txn, const struct desk_env *env, struct selfcheck_row *row);
