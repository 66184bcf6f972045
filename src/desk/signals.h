/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From signals to alerts and incidents, and the mail that says so.
 *
 * A repeat of an open alert only counts (no audit entry); state changes are
 * audited.  New alerts of a source in a minute have a cap; above it one alert
 * stands for the rest and says how many.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "model/signal.h"

struct desk_env;
struct txn;

/** Take one signal.  Returns: 0 or as db_step. */
NODISCARD int signal_take(
	struct txn *txn, const struct desk_env *env, const struct signal *signal);

/**
 * The asset an address, host name or check id belongs to: a check's own, else
 * the longest registered network, else the longest domain suffix.
 *
 * Returns: 0 with *ret_asset_id 0 when none does, or as db_step.
 */
NODISCARD int signal_asset(
	struct txn *txn, struct slice key, int64_t *ret_asset_id, int64_t *ret_unit_id);
