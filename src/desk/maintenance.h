/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Maintenance windows: made, changed and ended by people, opened and closed by
 * the clock.  While one is open the checks it covers, and those that are
 * reached only through such, show as under maintenance and wake nobody; when
 * it closes what still fails is told.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct desk;
struct desk_env;
struct timer;
struct txn;

enum {
	MAINTENANCE_REASON_MAX = 200,
	MAINTENANCE_SCOPE_MAX = 200, /* checks, assets or units of one window */
	MAINTENANCE_MAX = 500,       /* standing at once */
};

/** Acts: POST /maintenance, PATCH /maintenance/{id}, POST /maintenance/{id}/end. */
NODISCARD int desk_maintenance_create(struct desk *desk);
NODISCARD int desk_maintenance_update(struct desk *desk);
NODISCARD int desk_maintenance_end(struct desk *desk);

/** A window over one asset from now until to_ms, of another act; its id.  0 or as db_step. */
NODISCARD int maintenance_quiet(struct desk *desk, struct slice reason, int64_t asset_id,
	int64_t to_ms, int64_t *ret_id);
/** It ends now; does nothing when it has ended.  0 or as db_step. */
NODISCARD int maintenance_quiet_end(struct desk *desk, int64_t id);

/**
 * Look anew at who is covered: windows open and close, checks change their
 * parents and assets their units.  Does nothing where no window is open and
 * nobody is covered.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int maintenance_refresh(struct txn *txn, const struct desk_env *env);

/** Timer "maintenance.edge": one opens or closes.  0 or as db_step. */
NODISCARD int maintenance_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);

/** The school's days have changed: when does every window open and close?  0 or as db_step. */
NODISCARD int maintenance_days(struct txn *txn, const struct desk_env *env);

/**
 * At the start the school's terms may be other ones: when do the windows that go
 * by them open and close?  A command's run; env is a struct desk_env.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int maintenance_terms(struct txn *txn, void *env);
/** Returns: 1 when there are such windows, 0, or as db_step. */
NODISCARD int maintenance_is_seasonal(struct db *db);
