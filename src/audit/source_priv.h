/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where the verifier reads: a store behind three cursors (entries, personal
 * values, heads) merged into the order of an export, its audited rows and its
 * blobs; or an export file, which has the log only.
 *
 * A store that breaks off in the middle gives one AUDIT_ITEM_DAMAGE for that
 * cursor and goes on with the others.
 *
 * Layer: audit.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit/export.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/diag.h"

enum source_stream { SOURCE_ENTRIES, SOURCE_PERSONAL, SOURCE_HEADS, SOURCE_STREAMS };

struct source_row {
	struct slice table;
	int64_t id;
	int64_t version;
	bool odd; /* id or version is no integer, or the row is too large */
	struct digest digest;
};

/** A row of table blob. */
struct source_blob {
	bool odd;
	struct digest sm3;
	struct digest sha256;
	int64_t octets;
};

struct source;

/** All give 1 for an item, 0 at the end, < 0 with source->diag when it breaks. */
struct source_ops {
	int (*fetch)(
		struct source *source, enum source_stream stream, struct audit_item *ret_item);
	/* The following are NULL for an export. */
	int (*row)(struct source *source, struct source_row *ret_row);
	int (*blob)(struct source *source, struct source_blob *ret_blob);
	/* Piece n (from 0) of a blob's contents kept in the store. */
	int (*piece)(struct source *source, const struct digest *sm3, int64_t n,
		struct slice *ret_piece);
	/* The last number given to an entry, or 0 when the store does not keep it. */
	int (*last)(struct source *source, int64_t *ret_seq);
	void (*close)(struct source *source);
};

struct source {
	const struct source_ops *ops;
	struct diag diag;
	struct audit_item held[SOURCE_STREAMS];
	bool has[SOURCE_STREAMS];
	bool done[SOURCE_STREAMS];
	bool in_order; /* stream 0 already gives the order of an export */
	int64_t at;    /* number of the last entry given */
};

/** store is "sqlite:PATH" or a "postgresql://" URI.  Owns: *ret_source; source_close. */
NODISCARD int source_open(const char *store, struct source **ret_source, struct diag *diag);
NODISCARD int source_open_sqlite(
	const char *path, struct source **ret_source, struct diag *diag);
NODISCARD int source_open_postgres(
	const char *uri, struct source **ret_source, struct diag *diag);
NODISCARD int source_open_export(
	const char *path, struct source **ret_source, struct diag *diag);
struct source *source_close(struct source *source);

/** The next item of the log; its slices hold until the call after. */
int source_next(struct source *source, struct audit_item *ret_item);

/** Columns of audited tables, as both stores need them. */
enum { SOURCE_TABLES_MAX = 256, SOURCE_COLUMNS_MAX = 200, SOURCE_SQL_MAX = 64 * 1024 };

/** Append "name", with quotes doubled. */
void source_put_name(struct buf *sql, struct slice name);

static inline void source_cleanup(struct source **source)
{
	*source = source_close(*source);
}
