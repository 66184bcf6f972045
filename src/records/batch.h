/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Group commit: several commands in one transaction, each in a part of its
 * own, one commit, then the answers.  An answer of 0 or more is on disk.
 *
 * Every command that succeeds gets a commit_seq of its own, one higher than
 * the last; those of one batch become visible together.  A command that fails
 * is rolled back alone.  When the commit fails every command of the batch is
 * answered E_STORE.  When the connection is lost before COMMIT was answered,
 * the store itself is asked what became of it, for BATCH_DOUBT_MS at most; if
 * it stays away that long the idempotency key will tell.
 *
 * Layer: records.  Threading: one thread at a time; writer.h gives it one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/slice.h"

struct batch;
struct db;
struct txn;

enum {
	BATCH_COMMANDS_MAX = 64, /* in one transaction */
	COMMAND_ANSWER_MAX_OCTETS = 65536,
	COMMAND_KEY_MAX_OCTETS = 128,
	COMMAND_TRACE_OCTETS = 32,   /* lower-case hexadecimal */
	BATCH_CHANGES_KEPT = 100000, /* commit_seqs the event stream reaches back */
	BATCH_DOUBT_MS = 20000,      /* less than a browser waits */
};

/** How long an idempotency key is remembered. */
#define BATCH_KEY_LIFE_MS (INT64_C(24) * 3600 * 1000)

struct command {
	/* asked; borrowed until answered */
	int (*run)(
		struct txn *txn, void *arg); /* >= 0, or an error: then all of it is undone */
	void *arg;
	void (*done)(struct command *command); /* called by writer_deliver only */
	char trace[COMMAND_TRACE_OCTETS + 1];
	int64_t asked_at_ms; /* when a person's request reached us; 0 = nobody asked */
	int64_t account;
	struct slice key;      /* idempotency key; empty = none */
	struct digest request; /* of the whole request; the same key with another is refused */
	bool answer_once;      /* run said so: a replay has no answer, only that it was done */

	/* answered */
	int status; /* what run returned; E_STORE; E_CONFLICT for a key used otherwise */
	int64_t commit_seq; /* 0 unless status >= 0 */
	bool replayed;      /* this is the first answer given again */
	struct buf answer;  /* what run wrote by txn_answer; empty on failure */
	struct diag diag;

	struct command *next; /* queue's */
};

/** All zero, and an empty answer. */
void command_init(struct command *command);
void command_fini(struct command *command);

/**
 * Take a migrated store; reads its counters and the audit log's leaves.
 *
 * Shape:   now_ms(clock) gives unix ms.
 * Owns:    *ret_batch, release with batch_destroy; db stays the caller's and
 *          must not be used by others meanwhile.
 * Returns: 0 or as db_step; E_DIGEST when the log has a gap.
 */
NODISCARD int batch_create(struct db *db, int64_t (*now_ms)(void *clock), void *clock,
	struct batch **ret_batch, struct diag *diag);
/** NULL is fine.  Returns: NULL. */
struct batch *batch_destroy(struct batch *batch);

/** Inside another command: would this key be answered again, or refused?  1, 0 or as db_step. */
NODISCARD int batch_known(struct txn *txn, int64_t account, struct slice key);

/** Run at most BATCH_COMMANDS_MAX commands and fill in their answers. */
void batch_run(struct batch *batch, struct command *const *commands, size_t count);
