/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a timer that has come due does, by its kind.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk_env;
struct timer;
struct txn;

/** Returns: 0, also for a kind nobody knows, or as db_step. */
NODISCARD int desk_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
