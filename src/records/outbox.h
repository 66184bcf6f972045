/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What must happen outside after a commit: deliveries and jobs.  Put in the
 * transaction that causes it, leased to whoever does it, ended when done; a
 * lease that runs out is given again, so the doing is at least once and the
 * row, by its effect key, exactly one.
 *
 * Layer: records.  Threading: the writer's thread, except outbox_next.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

enum {
	OUTBOX_LEASE_MAX = 64,
	OUTBOX_PAYLOAD_MAX_OCTETS = 65536,
};

struct outbox_item {
	int64_t id;          /* of the record it carries; 0 = outbox_put allots one */
	struct slice kind;   /* "mail", "render" … */
	struct slice effect; /* names the effect; a second row of the same is not made */
	struct slice record_kind;
	int64_t record_id;
	struct slice payload; /* JSON */
	struct slice trace;
	int64_t due_at_ms; /* 0 = now */
	int64_t attempts;  /* leases given before */
};

/** Returns: 1 put, 0 the effect is there already, E_LIMIT (payload) or as db_step. */
NODISCARD int outbox_put(struct txn *txn, const struct outbox_item *item);

/**
 * Take what is due of a kind, oldest first, for lease_ms.
 *
 * Shape:   items holds count_max ≤ OUTBOX_LEASE_MAX; slices last while the command runs.
 * Returns: how many, or as db_step.
 */
NODISCARD int outbox_lease(struct txn *txn, const char *kind, int64_t lease_ms,
	struct outbox_item *items, size_t count_max);

enum outbox_end { OUTBOX_DONE, OUTBOX_FAILED, OUTBOX_CANCELLED };

/** End a row for good.  Returns: 0, E_STATE (ended before) or as db_step. */
NODISCARD int outbox_end(struct txn *txn, int64_t id, enum outbox_end how, struct slice why);

/** Give a lease back, to be tried again from due_at_ms.  Returns: as outbox_end. */
NODISCARD int outbox_retry(struct txn *txn, int64_t id, int64_t due_at_ms, struct slice why);

/** Who is gone: the worker that held the leases, or we that gave them. */
enum outbox_gone { OUTBOX_WORKER_GONE, OUTBOX_GIVER_GONE };

/**
 * Give every lease of a kind back.  A worker takes its rows in the order they
 * were leased: the first of those it left is what it was at, and alone keeps
 * the attempt.  A lease that only its giver lost is nobody's attempt.
 *
 * Returns: how many, or as db_step.
 */
NODISCARD int64_t outbox_release(struct txn *txn, const char *kind, enum outbox_gone gone);

/** Leases of a kind that still run, counted up to max.  Returns: as db_step, in *ret_count. */
NODISCARD int outbox_held(
	struct db *db, const char *kind, int64_t now_ms, int64_t max, int64_t *ret_count);

/** Cancel what waits for a record.  Returns: how many, or as db_step. */
NODISCARD int64_t outbox_cancel(struct txn *txn, const char *record_kind, int64_t record_id);

/**
 * Waiting mails with an id above after_id become "restored": the machine before has sent them.
 *
 * Returns: how many, or as db_step.
 */
NODISCARD int64_t outbox_withhold(struct txn *txn, int64_t after_id);

/** When the next of a kind is due.  Returns: 1, 0 (none waits) or as db_step. */
NODISCARD int outbox_next(struct db *db, const char *kind, int64_t *ret_due_at_ms);
