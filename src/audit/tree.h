/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Merkle tree of the audit log: the shape of RFC 6962, hashed with SM3
 * (our log) or SHA-256 (the published vectors).  Grows leaf by leaf from an
 * edge of at most 64 digests; proofs are cut from an array of leaf digests
 * and checked by anybody who holds a signed head.
 *
 * Layer: audit.  Threading: reentrant; a tree has one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

/** One more than the deepest tree of 2^63 leaves needs. */
enum { AUDIT_PROOF_MAX = 65 };

/** Plain data: copy it to try a future, store it to go on later. */
struct audit_tree {
	enum digest_kind kind;
	uint64_t size; /* leaves */
	/* edge[k] is the root of a full subtree of 2^k leaves where bit k of size is set. */
	struct digest edge[64];
};

struct audit_proof {
	size_t count;
	struct digest node[AUDIT_PROOF_MAX]; /* nearest the leaves first */
};

/** Digest of a leaf.  Source: RFC 6962 section 2.1, H(0x00 || octets). */
struct digest audit_leaf(enum digest_kind kind, struct slice octets);

/** Start without leaves. */
void audit_tree_init(struct audit_tree *tree, enum digest_kind kind);

/** Add the next leaf by its digest; at most 2^63 leaves. */
void audit_tree_append(struct audit_tree *tree, const struct digest *leaf);

/** Root over all leaves so far; of no leaves the digest of nothing. */
struct digest audit_tree_root(const struct audit_tree *tree);

/** Root over an array of leaf digests. */
struct digest audit_range_root(
	enum digest_kind kind, const struct digest *leaves, size_t count);

/**
 * Proof that leaf `index` stands in the tree over `count` leaves.
 *
 * Source:  RFC 6962 section 2.1.1, PATH(index, D[count]).
 * Returns: 0, or E_RANGE unless index < count.
 */
NODISCARD int audit_prove_leaf(enum digest_kind kind, const struct digest *leaves, size_t count,
	size_t index, struct audit_proof *ret_proof);

/**
 * Proof that the tree over the first `older` leaves is the beginning of the
 * tree over `count`.
 *
 * Source:  RFC 6962 section 2.1.2, PROOF(older, D[count]).
 * Returns: 0, or E_RANGE unless 0 < older <= count.
 */
NODISCARD int audit_prove_growth(enum digest_kind kind, const struct digest *leaves,
	size_t count, size_t older, struct audit_proof *ret_proof);

/** What an inclusion proof is checked against. */
struct audit_place {
	uint64_t index;
	uint64_t size; /* leaves under the root */
	struct digest leaf;
	struct digest root;
};

/** Source: RFC 9162 section 2.1.3.2.  Returns: true when the proof holds. */
bool audit_check_leaf(enum digest_kind kind, const struct audit_place *place,
	const struct audit_proof *proof);

/** What a consistency proof is checked against. */
struct audit_growth {
	uint64_t old_size;
	uint64_t new_size;
	struct digest old_root;
	struct digest new_root;
};

/** Source: RFC 9162 section 2.1.4.2.  Returns: true when the proof holds. */
bool audit_check_growth(enum digest_kind kind, const struct audit_growth *growth,
	const struct audit_proof *proof);
