/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All records from one store to another, table by table, whatever the two
 * back ends are: the body of backup, restore and the copy before a migration.
 * Sealed secrets stay behind.
 *
 * Layer: records.  Threading: as its connections.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct diag;

enum {
	COPY_TABLES_MAX = 256,
	COPY_NO_CONTENTS = 1, /* flag: leave the chunk rows of blobs out */
};

/**
 * Write one SQLite file holding everything `db` holds at one moment, sync it,
 * open it again and compare every row with what was read.
 *
 * Shape:   path must not exist; no transaction is open on db, which is
 *          read-only (one snapshot) unless nobody else writes.
 * Returns: rows copied, E_EXISTS, E_DIGEST (what was read back differs),
 *          E_VERSION, E_LIMIT (COPY_TABLES_MAX) or E_STORE.
 */
NODISCARD int64_t copy_to_file(
	struct db *db, const char *path, unsigned flags, struct diag *diag);

/**
 * Fill a store from such a file; what it held is replaced.  The outbox's open
 * mails become "restored", so that no old message is sent again.
 *
 * Shape:   db is a writer without open transaction; its schema is brought to
 *          the file's version.  Migrate to the latest afterwards.
 * Returns: rows copied, E_ABSENT (no such file), E_DIGEST (the file is
 *          damaged), E_VERSION (the store is newer than the file), E_STORE.
 */
NODISCARD int64_t copy_from_file(struct db *db, const char *path, struct diag *diag);
