/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SM3 over and over: looks the algorithm up once and keeps its context, which
 * saves a third of the time of a short digest.  For the verifier's millions.
 *
 * Layer: audit.  Threading: one owner.
 */
#pragma once

#include <stddef.h>

#include "base/digest.h"
#include "base/slice.h"

struct hash;

/** Owns: the result; release with hash_destroy. */
struct hash *hash_create(void);
struct hash *hash_destroy(struct hash *hash);

/** As digest_of_parts with DIGEST_SM3. */
struct digest hash_parts(struct hash *hash, const struct slice *parts, size_t count);

struct audit_tree;
/** As audit_tree_append on a tree of DIGEST_SM3. */
void hash_append(struct hash *hash, struct audit_tree *tree, const struct digest *leaf);
/** As audit_leaf with DIGEST_SM3. */
struct digest hash_leaf(struct hash *hash, struct slice octets);
