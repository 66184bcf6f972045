/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the verifier remembers between the log and the rows: for each row the
 * last entry that names it, 64 octets a row; and which blobs are named.
 *
 * Layer: audit.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

enum {
	INDEX_SLOTS_MAX = 32 * 1024 * 1024, /* 3 GiB at worst; refuses beyond */
	INDEX_TABLES_MAX = 256,
	INDEX_BLOBS_MAX = 16 * 1024 * 1024,
};

struct index_slot {
	int64_t id;
	int64_t seq; /* 0 = free */
	int64_t version;
	struct digest digest;
	uint16_t table;
	bool deleted;
	bool seen;
};

struct index;

/** Owns: the result; release with index_destroy. */
struct index *index_create(void);
struct index *index_destroy(struct index *index);

/** Number of a table name, given on first sight.  Returns: >= 0, or E_LIMIT. */
NODISCARD int index_table(struct index *index, struct slice name);
/** Name of a table number. */
struct slice index_table_name(const struct index *index, uint16_t table);

/** The slot of a row or NULL. */
struct index_slot *index_find(struct index *index, uint16_t table, int64_t id);
/** Add or replace by (table, id).  Returns: 0, or E_LIMIT. */
NODISCARD int index_put(struct index *index, const struct index_slot *slot);
/** Every slot in no order; *cursor starts at 0; NULL at the end. */
struct index_slot *index_next(struct index *index, size_t *cursor);

struct index_blob {
	struct digest name;
	int64_t seq; /* the first entry naming it */
};

/** Remember a named blob.  Returns: 0, or E_LIMIT. */
NODISCARD int index_put_blob(struct index *index, const struct digest *name, int64_t seq);
/** Sort, drop repetitions and give the list, which belongs to the index. */
const struct index_blob *index_blobs(struct index *index, size_t *ret_count);
