/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finding records by words, alike on both back ends: a table of tokens
 * written in the transaction of the record.
 *
 * Tokens: every Han character and every pair of neighbours; every word of
 * letters and digits in lower case, and besides its parts the whole where
 * - . _ : @ / join them (CVE-2026-1234, 10.1.2.3, a@b.cn).  Full-width forms
 * count as their half-width ones.
 *
 * Layer: records.  Threading: search_put on the writer's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct txn;

enum {
	SEARCH_TOKENS_MAX = 4096,     /* of one record; later text is not found */
	SEARCH_TOKEN_MAX_OCTETS = 64, /* longer words are cut */
	SEARCH_TERMS_MAX = 16,        /* of one query; later words are not looked for */
	SEARCH_HITS_MAX = 1000,
};

/** Make the record found by this text, and by no other.  Returns: tokens stored, or as db_step. */
NODISCARD int64_t search_put(struct txn *txn, const char *kind, int64_t id, struct slice text);

/** Returns: 0 or as db_step. */
NODISCARD int search_drop(struct txn *txn, const char *kind, int64_t id);

/**
 * Records of a kind that hold every word of the query; the last word, when it
 * is ASCII, also as the beginning of one.
 *
 * Shape:   newest id first, at most count_max ≤ SEARCH_HITS_MAX.
 * Returns: how many, E_INPUT when the query has no word, or as db_step.
 */
NODISCARD int search_find(struct db *db, const char *kind, struct slice query, int64_t *ret_ids,
	size_t count_max);

/** The splitter itself: emit gets each token once per occurrence; false from it ends the split. */
typedef bool search_emit(void *arg, struct slice token);
void search_split(struct slice text, bool for_query, search_emit *emit, void *arg);
