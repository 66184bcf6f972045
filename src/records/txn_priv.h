/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of a command under way: what batch, txn, trail and timer share.
 *
 * Layer: records, seen by this folder only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/tree.h"
#include "base/attr.h"
#include "base/digest.h"
#include "records/batch.h"
#include "records/trail.h"
#include "records/txn.h"

struct arena;
struct map;

/* Counters that go up within a batch and are stored once before its commit. */
struct counters {
	int64_t commit_seq;
	int64_t id;
	struct audit_tree tree; /* its size is the audit log's */
	bool erased;            /* personal values went by order in this batch */
};

struct row_mark {
	const char *table;
	int64_t id;
	struct row_mark *next;
};

struct personal {
	int64_t person_id;
	struct slice value;
	struct personal *next;
};

struct erasure {
	int64_t seq;
	int64_t n;
	struct erasure *next;
};

struct blob_mark {
	struct digest sm3;
	struct blob_mark *next;
};

/* What the entry will say; lists in reverse order, all in the arena. */
struct trail {
	struct trail_act act;
	bool acted;
	bool keep_refusal;
	struct row_mark *rows;
	struct personal *personal;
	struct erasure *erasures;
	struct blob_mark *blobs;
	size_t row_count;
	size_t personal_count;
	size_t erasure_count;
	size_t blob_count;
};

struct txn {
	struct db *db;
	struct command *command;
	struct arena *arena;
	int64_t now_ms;
	struct counters *counters;
	int64_t changes;
	struct trail trail;
};

/* Write the entry of a command that succeeded, if it acted. */
NODISCARD int trail_write(struct txn *txn);
/* Write the entry of one that failed and asked for it; rows are forgotten. */
NODISCARD int trail_write_refusal(struct txn *txn);
