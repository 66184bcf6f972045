/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From signals to alerts and incidents, and the mail that says so.
 *
 * A repeat of an open alert only counts (no audit entry); state changes are
 * audited, and so is one that fires for another reason, which is a fact in its
 * incident's history and no new mail unless it became graver.  New alerts of a
 * source in a minute have a cap; above it one alert stands for the rest and
 * says how many.
 *
 * A check that is unreachable through another's fault opens nothing: it is a
 * row of the other's incident (affected.h).  Under maintenance an alert is
 * kept without an incident, and nobody is told before the window ends.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/signal.h"

struct arena;
struct db;
struct desk_env;
struct json;
struct txn;

/** Take one signal.  Returns: 0 or as db_step. */
NODISCARD int signal_take(
	struct txn *txn, const struct desk_env *env, const struct signal *signal);

/**
 * A maintenance window covers this check no more: what still fires of it is
 * told now.  Returns: 0 or as db_step.
 */
NODISCARD int signal_unmute(struct txn *txn, const struct desk_env *env, int64_t watch_id);

/**
 * Alerts that fire for a rule detect has no more, each as the signal that ends it.
 *
 * Shape:   rules is a JSON list of ids; at most max are written.
 * Owns:    texts of list live in the arena.
 * Returns: how many, or as db_step.
 */
NODISCARD int signal_orphans(struct db *db, struct arena *arena, const struct json *rules,
	struct signal *list, size_t max);

/**
 * The asset an address, host name or check id belongs to: a check's own, else
 * the longest registered network, else the longest domain suffix.
 *
 * Returns: 0 with *ret_asset_id 0 when none does, or as db_step.
 */
NODISCARD int signal_asset(
	struct txn *txn, struct slice key, int64_t *ret_asset_id, int64_t *ret_unit_id);
