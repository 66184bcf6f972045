/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "audit/hash_priv.h"
#include "audit/tree.h"

struct hash {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

struct hash *hash_create(void)
{
	struct hash *hash = calloc(1, sizeof(*hash));
	if (hash == NULL) {
		abort();
	}
	hash->md = EVP_MD_fetch(NULL, "SM3", NULL);
	hash->ctx = EVP_MD_CTX_new();
	if (hash->md == NULL || hash->ctx == NULL ||
		EVP_DigestInit_ex(hash->ctx, hash->md, NULL) != 1) {
		abort();
	}
	return hash;
}

struct hash *hash_destroy(struct hash *hash)
{
	if (hash != NULL) {
		EVP_MD_CTX_free(hash->ctx);
		EVP_MD_free(hash->md);
		free(hash);
	}
	return NULL;
}

struct digest hash_parts(struct hash *hash, const struct slice *parts, size_t count)
{
	struct digest digest = { 0 };
	/* No algorithm named: begin again with the one at hand. */
	bool good = EVP_DigestInit_ex(hash->ctx, NULL, NULL) == 1;
	for (size_t i = 0; i < count; i++) {
		good = good && (parts[i].n == 0 || EVP_DigestUpdate(hash->ctx, parts[i].p,
							   parts[i].n) == 1);
	}
	if (!good || EVP_DigestFinal_ex(hash->ctx, digest.octet, NULL) != 1) {
		abort();
	}
	return digest;
}

void hash_append(struct hash *hash, struct audit_tree *tree, const struct digest *leaf)
{
	static const uint8_t mark = 0x01;
	assert(tree->size < UINT64_C(1) << 63 && tree->kind == DIGEST_SM3);
	struct digest up = *leaf;
	unsigned level = 0;
	for (; (tree->size >> level & 1) != 0; level++) {
		const struct slice parts[] = { slice_of(&mark, 1),
			slice_of(tree->edge[level].octet, DIGEST_OCTETS),
			slice_of(up.octet, DIGEST_OCTETS) };
		up = hash_parts(hash, parts, 3);
	}
	tree->edge[level] = up;
	tree->size++;
}

struct digest hash_leaf(struct hash *hash, struct slice octets)
{
	static const uint8_t mark = 0x00;
	const struct slice parts[] = { slice_of(&mark, 1), octets };
	return hash_parts(hash, parts, 2);
}
