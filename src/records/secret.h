/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Passwords and tokens for the outside, sealed with AES-256-GCM under a
 * master key that lies outside the data folder.  Written through commands,
 * opened one at a time for one job, never listed and never backed up.
 *
 * Sealed: version 1, nonce (12), ciphertext, tag (16); the name is bound in as
 * associated data, so a sealed value cannot be moved to another name.
 * Source: NIST SP 800-38D.
 *
 * Layer: records.  Threading: one owner; secret_put on the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct db;
struct secret_key;
struct txn;

enum { SECRET_KEY_OCTETS = 32, SECRET_MAX_OCTETS = 4096 };

/**
 * Read the master key: exactly 32 octets from the start of the file.
 *
 * Owns:    *ret_key, release with secret_key_destroy; fd stays the caller's.
 * Returns: 0, E_FORMAT (another length) or -errno.
 */
NODISCARD int secret_key_read(int fd, struct secret_key **ret_key);
/** Wipes it.  NULL is fine.  Returns: NULL. */
struct secret_key *secret_key_destroy(struct secret_key *key);

/** Seal and keep, in place of an older value.  Returns: 0, E_LIMIT or as db_step. */
NODISCARD int secret_put(
	struct txn *txn, const struct secret_key *key, const char *name, struct slice value);

/** Returns: 1 removed, 0 was not there, or as db_step. */
NODISCARD int secret_drop(struct txn *txn, const char *name);

/** Is there one?  Returns: 1 and when it was written, 0, or as db_step. */
NODISCARD int secret_find(struct db *db, const char *name, int64_t *ret_changed_at_ms);

/**
 * Append the value in clear; the caller wipes the buf with secret_wipe.
 *
 * Returns: 0, E_ABSENT, E_DIGEST (another key, or changed octets) or as db_step.
 */
NODISCARD int secret_open(
	struct db *db, const struct secret_key *key, const char *name, struct buf *ret_value);

/** Overwrite and free what the buf holds. */
void secret_wipe(struct buf *value);
