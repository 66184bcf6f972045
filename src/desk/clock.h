/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The time this store has seen, and an administrator's word that the
 * machine's clock is right after all.
 *
 * Layer: desk.  Threading: the writer's thread, except clock_seen and clock_watch.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct desk;
struct txn;

/* A wall clock that moves this far from the monotonic one is not believed. */
#define CLOCK_JUMP_MS (INT64_C(10) * 60 * 1000)

/** The wall clock as it is believed to go: so far ahead of the monotonic one. */
struct clock_watch {
	int64_t base_ms;
	int64_t mono_ms; /* when it was looked at last */
};

/** Believe the clock as it stands. */
void clock_watch_begin(struct clock_watch *watch, int64_t wall_ms, int64_t mono_ms);

/**
 * How far the wall clock stands from where it should, 0 while that is less
 * than CLOCK_JUMP_MS.  What a time service slews, a thousandth of the time
 * gone by, is believed as it comes; steps add up.
 */
int64_t clock_watch_jump(struct clock_watch *watch, int64_t wall_ms, int64_t mono_ms);

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
