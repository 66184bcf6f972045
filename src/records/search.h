/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finding records by words, alike on both back ends: a table of tokens
 * written in the transaction of the record.
 *
 * Tokens: every Han character and every pair of neighbours; of every word of
 * letters and digits, in lower case, all its ends, where - . _ : @ / join
 * parts to one word (CVE-2026-1234, 10.1.2.3, a@b.cn).  So a look through the
 * tokens finds whatever a look through the text finds, and no index of it is
 * larger than a few times the text.  Full-width forms count as their
 * half-width ones.
 *
 * Layer: records.  Threading: search_put on the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

enum {
	SEARCH_TOKENS_MAX = 8192,     /* of one record; later text is not found */
	SEARCH_TOKEN_MAX_OCTETS = 64, /* longer words are cut */
	SEARCH_TERMS_MAX = 16,        /* of one query; later words are not looked for */
	SEARCH_HITS_MAX = 1000,
};

/** Make the record found by this text, and by no other.  Returns: tokens stored, or as db_step. */
NODISCARD int64_t search_put(struct txn *txn, const char *kind, int64_t id, struct slice text);

/** Returns: 0 or as db_step. */
NODISCARD int search_drop(struct txn *txn, const char *kind, int64_t id);

/** What is looked for, and where. */
struct search_want {
	const char *kind;
	struct slice query;
	/**
	 * Whose records count: "notice r WHERE r.unit_id = $3 AND …", text of the program's own;
	 * $3 is unit_id, which must stand in it.  NULL = all of the kind.
	 */
	const char *among;
	int64_t unit_id;
	size_t count_max;
};

/**
 * Records that hold every word of the query; a word of letters and digits also within a longer one.
 *
 * Shape:   newest id first, at most count_max ≤ SEARCH_HITS_MAX.
 * Returns: how many, E_INPUT when the query has no word, or as db_step.
 */
NODISCARD int search_find_among(
	struct db *db, const struct search_want *want, int64_t *ret_ids);

/** search_find_among of all of a kind. */
NODISCARD int search_find(struct db *db, const char *kind, struct slice query, int64_t *ret_ids,
	size_t count_max);

/**
 * The splitter itself: emit gets each token once per occurrence; false from it ends the split.
 * open, of a query's words: it may go on.
 */
typedef bool search_emit(void *arg, struct slice token, bool open);
void search_split(struct slice text, bool for_query, search_emit *emit, void *arg);
