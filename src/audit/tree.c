/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/tree.h"

#include <assert.h>

#include "base/err.h"

static struct digest node_of(
	enum digest_kind kind, const struct digest *left, const struct digest *right)
{
	static const uint8_t mark = 0x01;
	const struct slice parts[] = { slice_of(&mark, 1), slice_of(left->octet, DIGEST_OCTETS),
		slice_of(right->octet, DIGEST_OCTETS) };
	return digest_of_parts(kind, parts, 3);
}

struct digest audit_leaf(enum digest_kind kind, struct slice octets)
{
	static const uint8_t mark = 0x00;
	const struct slice parts[] = { slice_of(&mark, 1), octets };
	return digest_of_parts(kind, parts, 2);
}

void audit_tree_init(struct audit_tree *tree, enum digest_kind kind)
{
	*tree = (struct audit_tree) { .kind = kind };
}

void audit_tree_append(struct audit_tree *tree, const struct digest *leaf)
{
	assert(tree->size < UINT64_C(1) << 63);
	struct digest up = *leaf;
	unsigned level = 0;
	/* Adding one carries through the full subtrees as through binary ones. */
	for (; (tree->size >> level & 1) != 0; level++) {
		up = node_of(tree->kind, &tree->edge[level], &up);
	}
	tree->edge[level] = up;
	tree->size++;
}

struct digest audit_tree_root(const struct audit_tree *tree)
{
	if (tree->size == 0) {
		return digest_of(tree->kind, (struct slice) { 0 });
	}
	unsigned level = (unsigned)__builtin_ctzll(tree->size);
	struct digest root = tree->edge[level];
	for (level++; level < 64; level++) {
		if ((tree->size >> level & 1) != 0) {
			root = node_of(tree->kind, &tree->edge[level], &root);
		}
	}
	return root;
}

struct digest audit_range_root(enum digest_kind kind, const struct digest *leaves, size_t count)
{
	struct audit_tree tree;
	audit_tree_init(&tree, kind);
	for (size_t i = 0; i < count; i++) {
		audit_tree_append(&tree, &leaves[i]);
	}
	return audit_tree_root(&tree);
}

/* The largest power of two below n, for n > 1: where RFC 6962 splits. */
static size_t split_of(size_t n)
{
	return (size_t)1 << (63 - __builtin_clzll((unsigned long long)n - 1));
}

static void reverse(struct audit_proof *proof)
{
	for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
		j--;
		struct digest swap = proof->node[i];
		proof->node[i] = proof->node[j];
		proof->node[j] = swap;
	}
}

int audit_prove_leaf(enum digest_kind kind, const struct digest *leaves, size_t count,
	size_t index, struct audit_proof *ret_proof)
{
	if (index >= count) {
		return E_RANGE;
	}
	struct audit_proof proof = { 0 };
	while (count > 1) {
		size_t left = split_of(count);
		if (index < left) {
			proof.node[proof.count++] =
				audit_range_root(kind, leaves + left, count - left);
			count = left;
		} else {
			proof.node[proof.count++] = audit_range_root(kind, leaves, left);
			leaves += left;
			index -= left;
			count -= left;
		}
	}
	/* Walked from the root down; the proof is read from the leaf up. */
	reverse(&proof);
	*ret_proof = proof;
	return 0;
}

int audit_prove_growth(enum digest_kind kind, const struct digest *leaves, size_t count,
	size_t older, struct audit_proof *ret_proof)
{
	if (older == 0 || older > count) {
		return E_RANGE;
	}
	struct audit_proof proof = { 0 };
	bool whole = true; /* is the old tree still the whole of what is left of it? */
	while (older < count) {
		size_t left = split_of(count);
		if (older <= left) {
			proof.node[proof.count++] =
				audit_range_root(kind, leaves + left, count - left);
			count = left;
		} else {
			proof.node[proof.count++] = audit_range_root(kind, leaves, left);
			leaves += left;
			older -= left;
			count -= left;
			whole = false;
		}
	}
	if (!whole) {
		proof.node[proof.count++] = audit_range_root(kind, leaves, count);
	}
	reverse(&proof);
	*ret_proof = proof;
	return 0;
}

bool audit_check_leaf(
	enum digest_kind kind, const struct audit_place *place, const struct audit_proof *proof)
{
	if (place->index >= place->size || proof->count > AUDIT_PROOF_MAX) {
		return false;
	}
	uint64_t at = place->index;
	uint64_t last = place->size - 1;
	struct digest up = place->leaf;
	for (size_t i = 0; i < proof->count; i++) {
		if (last == 0) {
			return false;
		}
		if ((at & 1) != 0 || at == last) {
			up = node_of(kind, &proof->node[i], &up);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			up = node_of(kind, &up, &proof->node[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_eq(&up, &place->root);
}

static bool check_steps(enum digest_kind kind, const struct audit_growth *growth,
	const struct audit_proof *proof)
{
	uint64_t at = growth->old_size - 1;
	uint64_t last = growth->new_size - 1;
	while ((at & 1) != 0) {
		at >>= 1;
		last >>= 1;
	}
	/* When the old tree is a full subtree its root starts the walk unwritten. */
	bool full = (growth->old_size & (growth->old_size - 1)) == 0;
	struct digest old_up = full ? growth->old_root : proof->node[0];
	struct digest new_up = old_up;
	for (size_t i = full ? 0 : 1; i < proof->count; i++) {
		if (last == 0) {
			return false;
		}
		if ((at & 1) != 0 || at == last) {
			old_up = node_of(kind, &proof->node[i], &old_up);
			new_up = node_of(kind, &proof->node[i], &new_up);
			while ((at & 1) == 0 && at != 0) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			new_up = node_of(kind, &new_up, &proof->node[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_eq(&old_up, &growth->old_root) &&
	       digest_eq(&new_up, &growth->new_root);
}

bool audit_check_growth(enum digest_kind kind, const struct audit_growth *growth,
	const struct audit_proof *proof)
{
	if (growth->old_size == 0 || growth->old_size > growth->new_size ||
		proof->count > AUDIT_PROOF_MAX) {
		return false;
	}
	if (growth->old_size == growth->new_size) {
		return proof->count == 0 && digest_eq(&growth->old_root, &growth->new_root);
	}
	return proof->count > 0 && check_steps(kind, growth, proof);
}
