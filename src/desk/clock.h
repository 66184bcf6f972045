/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The time this store has seen, and an administrator's word that the
 * machine's clock is right after all.
 *
 * Layer: desk.  Threading: the writer's thread, except clock_seen.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct desk;
struct txn;

/** POST /clock/confirm: the act itself; core then lets timers go on. */
NODISCARD int desk_clock_confirm(struct desk *desk);

/** The clock is not believed: kept, so that a restart does not forget it.  Returns: 0 or as db_step. */
NODISCARD int clock_hold(struct txn *txn);
/** Returns: 1 it is held since a run before, 0, or as db_step. */
NODISCARD int clock_is_held(struct db *db);

/** Keep the present moment as seen.  Returns: 0 or as db_step. */
NODISCARD int clock_see(struct txn *txn);

/** The latest moment kept, or that of the log's last entry.  Returns: 1, 0 (an empty store) or as db_step. */
NODISCARD int clock_seen(struct db *db, int64_t *ret_at_ms);
