/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Online backup of records and blobs, reopened and verified, and the way
 * back.  One form whatever the back end, so a backup made on PostgreSQL can be
 * restored on the embedded store and the other way round:
 *
 *   FOLDER/records.db   every table as one SQLite file, without secrets
 *   FOLDER/blobs/ab/…   contents kept as files (of PostgreSQL: rows above)
 *
 * The folder bears its name only when everything in it was read back; until
 * then it is called FOLDER.part.
 *
 * Layer: records.  Threading: a connection of its own, in a process or thread
 * of its own; commands go on meanwhile.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct diag;

struct backup_report {
	int64_t rows;
	int64_t blobs;
	int64_t blob_octets;
	uint64_t entries; /* of the audit log, all verified */
};

/**
 * Make one.
 *
 * Shape:   db is read-only and without transaction; blob_folder is the
 *          store's, NULL where blobs are rows; folder must not exist.
 * Returns: 0, E_EXISTS, E_DIGEST (a blob or the copy is not what it should
 *          be), E_STORE or -errno; nothing but FOLDER.part is left behind.
 */
NODISCARD int backup_make(struct db *db, const char *blob_folder, const char *folder,
	struct backup_report *ret_report, struct diag *diag);

/** Read one again: file, audit log, every audited row and blob.  Returns: 0, E_ABSENT, E_DIGEST or E_STORE. */
NODISCARD int backup_check(const char *folder, struct backup_report *ret_report, struct diag *diag);

/**
 * Replace a store's records by a backup's, bring them to this program's
 * schema, and put the blobs where they belong.  No old message is sent again:
 * open outbox rows become "restored".
 *
 * Shape:   db is a writer on which no batch stands; blob_folder as in
 *          backup_make, of a blob store that was opened once.
 * Returns: 0, E_ABSENT, E_DIGEST, E_VERSION (the store's or the backup's
 *          schema is newer), E_STORE or -errno.
 */
NODISCARD int backup_restore(struct db *db, const char *blob_folder, const char *folder,
	struct backup_report *ret_report, struct diag *diag);
