/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One audit entry as canonical JSON: who did what to which record in which
 * role and why, the digests of the rows and blobs it left behind, and
 * commitments to personal values kept apart so that they can be erased.
 *
 *   {"seq":n,"at":unix ms,"asked":unix ms,"trace":"hex"|null,"actor":id|null,"role":text|null,
 *    "act":"notice.issue","kind":"notice"|null,"id":n|null,"version":n|null,
 *    "reason":text|null,
 *    "rows":[{"t":table,"id":n,"v":version,"d":SM3|null}],
 *    "personal":[SM3],"blobs":[SM3],"erases":[[seq,n]]}
 *
 * No spaces, members in this order; the four lists are always there, except
 * that "erases" is written only when it is not empty, and "asked" when the act
 * was a request: when it reached web, which is before "at", when it was done.  A row with "d":null
 * was deleted.  Zero stands for null in the numbers, empty for null in texts.
 *
 * Layer: audit.  Threading: reentrant.  Fuzz target: fuzz/audit_entry.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

struct arena;
struct buf;
struct diag;

enum {
	AUDIT_ENTRY_MAX_OCTETS = 2 * 1024 * 1024,
	AUDIT_ENTRY_ROWS_MAX = 10000, /* an import larger than this is several commands */
	AUDIT_ENTRY_PERSONAL_MAX = 256,
	AUDIT_ENTRY_BLOBS_MAX = 256,
	AUDIT_ENTRY_ERASES_MAX = 10000,
	AUDIT_SALT_OCTETS = 16,
};

/** The only act that may erase personal values. */
#define AUDIT_ACT_ERASE "personal.erase"

struct audit_row {
	struct slice table;
	int64_t id;
	int64_t version;
	struct digest digest; /* of audit_row_digest; nothing when deleted */
	bool deleted;
};

/** Which personal value: item n (from 0) of "personal" in entry seq. */
struct audit_erase {
	int64_t seq;
	int64_t n;
};

struct audit_entry {
	int64_t seq; /* from 1, without gap */
	int64_t at_unix_ms;
	int64_t asked_unix_ms;
	struct slice trace;
	int64_t actor_id;
	struct slice role;
	struct slice act;
	struct slice kind;
	int64_t id;
	int64_t version;
	struct slice reason;
	const struct audit_row *rows;
	size_t row_count;
	const struct digest *personal;
	size_t personal_count;
	const struct digest *blobs;
	size_t blob_count;
	const struct audit_erase *erases;
	size_t erase_count;
};

/** Append the canonical text; what does not fit fails the buf. */
void audit_entry_put(struct buf *buf, const struct audit_entry *entry);

/**
 * Read an entry.  Unknown members are allowed and ignored: a later version
 * may say more, and the leaf covers the text as it stands.
 *
 * Owns:    lists and slices belong to the arena or borrow from text.
 * Returns: 0; E_FORMAT, E_LIMIT (a list longer than its maximum) or the
 *          errors of json_parse, with a sentence.
 */
NODISCARD int audit_entry_parse(struct arena *arena, struct slice text,
	struct audit_entry *ret_entry, struct diag *diag);

/** The leaf of the tree for an entry's text: SM3(0x00 || text). */
struct digest audit_entry_leaf(struct slice text);

/** What an entry holds of a personal value: SM3(salt || value), the salt of AUDIT_SALT_OCTETS. */
struct digest audit_personal_commit(struct slice salt, struct slice value);
