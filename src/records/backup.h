/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Online backup of records and blobs, reopened and verified, and the way
 * back.  One form whatever the back end, so a backup made on PostgreSQL can be
 * restored on the embedded store and the other way round:
 *
 *   FOLDER/records.db   every table as one SQLite file, without secrets
 *   FOLDER/blobs/ab/…   contents kept as files (of PostgreSQL: rows above)
 *   FOLDER/audit.pub    the public half of the key that signed the log
 *   FOLDER/backup.json  what is in it (records/manifest.h); written last
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
	int64_t made_at_ms;
};

struct backup_source {
	struct db *db;           /* read-only and without transaction */
	const char *blob_folder; /* the store's; NULL where blobs are rows */
	const char *public_key;  /* audit.pub; NULL or absent = none */
};

/**
 * Make one.
 *
 * Shape:   folder must not exist, or be empty.
 * Returns: 0, E_EXISTS, E_DIGEST (a blob or the copy is not what it should
 *          be), E_STORE or -errno; nothing but FOLDER.part is left behind.
 */
NODISCARD int backup_make(const struct backup_source *source, const char *folder,
	struct backup_report *ret_report, struct diag *diag);

/**
 * Read one again: its list, file, audit log, every audited row and blob.
 *
 * Returns: 0, E_DIGEST or E_STORE with what is wrong, or as manifest_check.
 */
NODISCARD int backup_check(
	const char *folder, struct backup_report *ret_report, struct diag *diag);

/**
 * Replace a store's records by a backup's, bring them to this program's
 * schema, and put the blobs where they belong.  No old message is sent again:
 * mails that waited become "restored", and what a timer of before would have
 * mailed is kept back too (meta restored_at_ms).  Sessions end.
 *
 * Shape:   db is a writer on which no batch stands; blob_folder as in
 *          backup_make, of a blob store that was opened once.
 * Returns: 0, as backup_check, E_VERSION (the store's schema is newer),
 *          E_STORE or -errno.
 */
NODISCARD int backup_restore(struct db *db, const char *blob_folder, const char *folder,
	struct backup_report *ret_report, struct diag *diag);

/** Put a backup's audit.pub into a data folder, where it has one.  Returns: 0 or -errno. */
NODISCARD int backup_key_copy(const char *folder, const char *to_folder, struct diag *diag);
