/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The record store of a platform that stands still, opened to write.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

struct batch;
struct db;
struct diag;
struct txn;

struct admin_store {
	struct db *db;
	struct batch *batch;
	int lock; /* of the data folder, -1 = none */
};

/**
 * Open it as the user who owns the data folder.
 *
 * Shape:   db NULL = DATA/records.db; create makes folder and tables when
 *          they are absent.
 * Owns:    release with admin_store_close.
 * Returns: 0; E_BUSY (the platform runs, or another of these); E_ABSENT (no store here); E_VERSION
 *          (of another edition); -errno; or as db_open.
 */
NODISCARD int admin_store_open(const char *data, const char *db, int create,
	struct admin_store *ret_store, struct diag *diag);
void admin_store_close(struct admin_store *store);

/** One command; its status.  What a person must read is in diag. */
NODISCARD int admin_store_run(struct admin_store *store, int (*run)(struct txn *txn, void *arg),
	void *arg, struct diag *diag);
