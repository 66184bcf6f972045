/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The schema's version: numbered migrations, each applied in one transaction,
 * the version kept in table meta.
 *
 * Dialect words of the .sql files: {INT} {TEXT} {BLOB} for column types,
 * {STRICT} behind a table, {KEYED} behind a table stored by its primary key.
 *
 * Layer: records.  Threading: as its connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct diag;

/** As backup_path: a verified copy was made by other means, as in a restore. */
#define MIGRATE_COPY_EXISTS ""

/** The version this program knows. */
unsigned migrate_latest(void);

/**
 * The version the store has.
 *
 * Returns: it, 0 for an empty store, or E_STORE.
 */
NODISCARD int migrate_version(struct db *db);

/**
 * Bring the store to `version`, step by step.
 *
 * Shape:   backup_path names a file that does not exist yet; where the store
 *          already holds data and a step is needed, a verified copy goes there
 *          first.  NULL only for a store known to be empty.
 *          Statements already prepared may be stale: open anew after a step.
 * Returns: steps taken, E_VERSION (the store is newer than version or than
 *          this program), E_STATE (data, and no backup_path), E_STORE, or as
 *          db_copy.
 */
NODISCARD int migrate_to(
	struct db *db, unsigned version, const char *backup_path, struct diag *diag);
