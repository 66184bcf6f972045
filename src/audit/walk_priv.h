/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log part of a verification: entries in order, their personal values,
 * the heads over them.  Fills the index that rows and blobs are held against.
 *
 * Layer: audit.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit/entry.h"
#include "audit/export.h"
#include "audit/hash_priv.h"
#include "audit/index_priv.h"
#include "audit/tree.h"
#include "audit/verify.h"
#include "base/attr.h"

struct walk {
	const struct audit_target *target;
	audit_found_fn *found;
	void *context;
	struct audit_report report;
	struct arena *arena; /* of the entry at hand */
	struct hash *hash;
	struct index *index;  /* rows, blobs */
	struct index *claims; /* personal values said to be erased, by entry and place */
	/*
	 * Two trees from the first entry whose text and leaf disagree: one believes
	 * the leaf, one the text.  The next head tells which was touched.
	 */
	struct audit_tree by_leaf;
	struct audit_tree by_text;
	bool forked;
	bool broken;    /* a leaf is missing: no head after it can be computed */
	bool unmatched; /* the last head did not fit; the next need not be named */
	bool broke_off; /* the entries could not be read to their end */
	bool past_end;  /* truncation was named already */
	bool kept_seen; /* the head kept elsewhere was compared */
	int64_t next;   /* number the next entry must have */
	/* Commitments of the entry at hand, and the next to be met. */
	int64_t seq;
	struct digest personal[AUDIT_ENTRY_PERSONAL_MAX];
	int64_t personal_count;
	int64_t personal_next;
};

/** Owns: arena and indexes; end with walk_fini. */
void walk_init(struct walk *walk, const struct audit_target *target, audit_found_fn *found,
	void *context);
void walk_fini(struct walk *walk);

/** Count and hand on one problem; text is cut to fit. */
void walk_say(struct walk *walk, enum audit_problem_code code, int64_t seq, int64_t other,
	struct slice what);
/** One with "table #id" as its what. */
void walk_say_row(struct walk *walk, enum audit_problem_code code, int64_t seq,
	struct slice table, int64_t id);

/** The next item of the log.  Returns: 0, or E_LIMIT. */
NODISCARD int walk_item(struct walk *walk, const struct audit_item *item);

/** After the last: what is still owed.  last_seq is what a counter says, 0 = none. */
void walk_end(struct walk *walk, int64_t last_seq);
