/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a command's run function works with.  Valid only while it runs.
 *
 * Layer: records.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct buf;
struct db;
struct diag;
struct txn;

/** The connection, inside the command's part of the transaction. */
struct db *txn_db(struct txn *txn);
/** The moment this batch began, unix ms. */
int64_t txn_now_ms(const struct txn *txn);
/** What this command will be answered with if it succeeds. */
int64_t txn_commit_seq(const struct txn *txn);
struct slice txn_trace(const struct txn *txn);
int64_t txn_account(const struct txn *txn);
/** Memory that lasts while the command runs. */
struct arena *txn_arena(struct txn *txn);
/** Octets to answer with, at most COMMAND_ANSWER_MAX_OCTETS. */
struct buf *txn_answer(struct txn *txn);
/** The answer holds a secret: it is given once and kept nowhere, not even for a replay. */
void txn_answer_once(struct txn *txn);
/** For what a person must read when the command fails. */
struct diag *txn_diag(struct txn *txn);

/** A new record id, over all tables: higher than every one before; a failed command gives its ids back. */
int64_t txn_id(struct txn *txn);

/**
 * The next number of a series in a year, from 1 without gap: a number taken by
 * a command that fails is taken again by the next.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int txn_number(
	struct txn *txn, const char *series, int64_t year, int64_t *ret_number);

/** Tell the event stream that a record changed.  Returns: 0 or as db_step. */
NODISCARD int txn_change(struct txn *txn, const char *topic, int64_t id, int64_t version);
