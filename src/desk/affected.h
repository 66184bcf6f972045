/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a failure hides behind it: checks that are unreachable through
 * another's fault.  They wake nobody and open no incident; they are rows of
 * the incident of their cause, and are written into its timeline and into the
 * log many at a time.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct db;
struct timer;
struct txn;

enum {
	AFFECTED_GATHER_MS = 10 * 1000, /* from the first to the entry that names them all */
	AFFECTED_NAMED_MAX = 200,       /* by name in a timeline; the log has every id */
	AFFECTED_EXPECTED_MAX = 20000,  /* looked at below one root */
	AFFECTED_MAIL_NAMES = 8,
};

/** The check is unreachable, and that one is the cause.  Returns: 0 or as db_step. */
NODISCARD int affected_begin(
	struct txn *txn, int64_t watch_id, int64_t cause_id, int64_t at_ms);

/**
 * Its cause is back and it still fails: it has time until then, and is not told of before.
 * Written down as what is unreachable is.  Returns: 0 or as db_step.
 */
NODISCARD int affected_settle(struct txn *txn, int64_t watch_id, int64_t until_ms);

/** It is reached again, or its failure is its own.  Returns: 0 or as db_step. */
NODISCARD int affected_end(struct txn *txn, int64_t watch_id, int64_t at_ms);

/** The cause has an incident now: what it has hidden before is that incident's.  0 or as db_step. */
NODISCARD int affected_join(struct txn *txn, int64_t cause_id, int64_t incident_id);

/** Timer "affected.list" of an incident: one entry for all since the last.  0 or as db_step. */
NODISCARD int affected_timer(struct txn *txn, const struct timer *timer);

/**
 * Who cannot be reached without the failed checks of an incident, by the
 * parents people have set: said in the first mail, before anybody has looked.
 *
 * Shape:   "影响：500 项：甲、乙…等；单位：丙、丁\n", or nothing.
 * Returns: how many checks, or as db_step.
 */
NODISCARD int affected_expect(struct txn *txn, int64_t incident_id, struct buf *out);
