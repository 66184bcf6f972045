/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Deadlines that survive a restart.  A timer's effect and the mark that it
 * has fired are one commit, so it takes effect exactly once; how late it was
 * is kept with it.
 *
 * Layer: records.  Threading: the writer's thread, except timer_next.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

enum {
	TIMER_RETRY_FIRST_MS = 5000, /* doubled with every failed attempt */
	TIMER_RETRY_MAX_MS = 3600000,
};

struct timer {
	int64_t id; /* allotted by timer_set */
	struct slice kind;
	struct slice record_kind;
	int64_t record_id;
	int64_t seq; /* one record may have several of a kind */
	int64_t fire_at_ms;
	struct slice trace;
	int64_t late_by_ms; /* when fired */
	int64_t attempts;   /* that failed before this one */
};

/**
 * Set a timer, or set it anew while it has not fired.
 *
 * Returns: 0; E_STATE when it has fired already; or as db_step.
 */
NODISCARD int timer_set(struct txn *txn, const struct timer *timer);

/** Cancel what has not fired; kind NULL = every kind.  Returns: how many, or as db_step. */
NODISCARD int64_t timer_cancel(
	struct txn *txn, const char *record_kind, int64_t record_id, const char *kind);

/** Which effect: runs inside the transaction that marks the timer fired. */
struct timer_handler {
	int (*fire)(struct txn *txn, const struct timer *timer, void *arg);
	void *arg;
};

/**
 * A command's run: fire the one timer due longest.  arg is a struct
 * timer_handler.  When fire fails its part is undone, and the timer is tried
 * again later; the command succeeds all the same.
 *
 * Returns: 1 one was due (ask again at once), 0 none is, or as db_step.
 */
NODISCARD int timer_fire(struct txn *txn, void *arg);

/** When the next is due.  Returns: 1, 0 (none is set) or as db_step. */
NODISCARD int timer_next(struct db *db, int64_t *ret_due_at_ms);
