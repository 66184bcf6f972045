/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Contents kept by their digest: scans, documents, evidence.  First the
 * content is staged and made durable, then a command names it; so every name
 * on disk has its content, and a content without a name is swept later.
 *
 * Embedded store: files DATA/blobs/ab/cdef… (SM3 in hex) of mode 0600.
 * PostgreSQL: rows of at most BLOB_CHUNK_OCTETS in the same transaction as
 * the name; only the stage is a file.
 *
 * Layer: records.  Threading: a stage has one owner on any thread; blob_name
 * runs on the writer's; the rest on any one thread with a connection of its own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"
#include "records/db.h"

struct blob_stage;
struct blob_store;
struct fs;
struct txn;

enum {
	BLOB_CHUNK_OCTETS = 256 * 1024,
	BLOB_ORPHAN_AGE_MS = 3600 * 1000, /* a name may still be on its way to a younger one */
};
#define BLOB_OCTETS_MAX (INT64_C(64) * 1024 * 1024)

/** What all blobs of a kind may take together.  A kind that is not listed is refused. */
struct blob_quota {
	const char *kind;
	int64_t octets_max;
};

struct blob_ref {
	struct digest sm3;
	struct digest sha256;
	int64_t octets;
};

/**
 * Make the folders, and clear away stages of a run before.
 *
 * Shape:   where says which of the two forms; quotas are borrowed for the store's life.
 * Owns:    *ret_store, release with blob_store_close.
 * Returns: 0 or -errno.
 */
NODISCARD int blob_store_open(const struct fs *fs, const char *folder, enum db_kind where,
	const struct blob_quota *quotas, size_t quota_count, struct blob_store **ret_store);
/** NULL is fine.  Returns: NULL. */
struct blob_store *blob_store_close(struct blob_store *store);

/** Owns:    *ret_stage, release with blob_stage_drop in every case.  Returns: 0 or -errno. */
NODISCARD int blob_stage_begin(struct blob_store *store, struct blob_stage **ret_stage);
/** Returns: 0, E_LIMIT (BLOB_OCTETS_MAX) or -errno. */
NODISCARD int blob_stage_put(struct blob_stage *stage, struct slice octets);
/** Make it durable.  Returns: 0 and its digests, or -errno. */
NODISCARD int blob_stage_end(struct blob_stage *stage, struct blob_ref *ret_ref);
/** After the command was answered, or instead of it.  NULL is fine.  Returns: NULL. */
struct blob_stage *blob_stage_drop(struct blob_stage *stage);

/**
 * Name an ended stage within a command that says its act; the entry holds the
 * digest.  The same content of a kind gets the id it has.
 *
 * Returns: 1 a new id, 0 the old one; E_LIMIT (quota, counted with its kind),
 *          E_INPUT (unknown kind), -errno or as db_step.
 */
NODISCARD int blob_name(
	struct txn *txn, const char *kind, struct blob_stage *stage, int64_t *ret_id);

/**
 * A descriptor that only reads, at offset 0: the file, or a sealed memfd.
 *
 * Owns:    *ret_fd.
 * Returns: 0, E_ABSENT (no such id), E_DIGEST (length or, from PostgreSQL,
 *          digest is wrong), -errno or as db_step.
 */
NODISCARD int blob_open(struct blob_store *store, struct db *db, int64_t id, int *ret_fd,
	struct blob_ref *ret_ref);

/**
 * The same for who has no more than the folder's descriptor.
 *
 * Owns:    *ret_fd.
 * Returns: as blob_open.
 */
NODISCARD int blob_open_at(int folder_fd, struct db *db, int64_t id, int *ret_fd);

/** Remove contents older than BLOB_ORPHAN_AGE_MS that have no name.  Returns: how many, or an error. */
NODISCARD int64_t blob_sweep(struct blob_store *store, struct db *db, int64_t now_unix_ms);
