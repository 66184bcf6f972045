/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

enum { LEAVES = 300 };

/* The eight inputs of the published RFC 6962 reference tests, and their roots. */
static const struct slice input[] = {
	{ (const uint8_t *)"", 0 },
	{ (const uint8_t *)"\x00", 1 },
	{ (const uint8_t *)"\x10", 1 },
	{ (const uint8_t *)"\x20\x21", 2 },
	{ (const uint8_t *)"\x30\x31", 2 },
	{ (const uint8_t *)"\x40\x41\x42\x43", 4 },
	{ (const uint8_t *)"\x50\x51\x52\x53\x54\x55\x56\x57", 8 },
	{ (const uint8_t *)"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
		16 },
};

static void published_roots(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t leaves;
		const char *root;
	} cases[] = {
		{ "no leaf", 0,
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "one empty leaf", 1,
			"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
		{ "eight leaves", 8,
			"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct audit_tree tree;
		audit_tree_init(&tree, DIGEST_SHA256);
		for (size_t k = 0; k < cases[i].leaves; k++) {
			struct digest leaf = audit_leaf(DIGEST_SHA256, input[k]);
			audit_tree_append(&tree, &leaf);
		}
		char hex[2 * DIGEST_OCTETS + 1];
		struct digest root = audit_tree_root(&tree);
		digest_hex(&root, hex);
		assert_string_equal(hex, cases[i].root);
	}
}

static void fill(enum digest_kind kind, struct digest leaf[LEAVES])
{
	for (uint16_t i = 0; i < LEAVES; i++) {
		leaf[i] = audit_leaf(kind, slice_of(&i, sizeof(i)));
	}
}

/* The definition of RFC 6962 section 2.1 word for word, slow and obvious. */
static struct digest root_by_definition(
	enum digest_kind kind, const struct digest *leaf, size_t n)
{
	if (n == 1) {
		return leaf[0];
	}
	size_t k = 1;
	while (k * 2 < n) {
		k *= 2;
	}
	struct digest side[2] = { root_by_definition(kind, leaf, k),
		root_by_definition(kind, leaf + k, n - k) };
	uint8_t mark = 1;
	const struct slice parts[] = { slice_of(&mark, 1), slice_of(side, sizeof(side)) };
	return digest_of_parts(kind, parts, 2);
}

static void roots_follow_the_definition(void **state)
{
	(void)state;
	static const enum digest_kind kinds[] = { DIGEST_SM3, DIGEST_SHA256 };
	for (size_t k = 0; k < 2; k++) {
		struct digest leaf[LEAVES];
		fill(kinds[k], leaf);
		for (size_t n = 1; n <= LEAVES; n++) {
			struct digest want = root_by_definition(kinds[k], leaf, n);
			struct digest have = audit_range_root(kinds[k], leaf, n);
			assert_true(digest_eq(&want, &have));
		}
	}
}

/* A proof must hold, and must stop holding when any part of it is touched. */
static void one_inclusion(enum digest_kind kind, const struct digest *leaf, size_t n, size_t at)
{
	struct audit_proof proof;
	struct audit_place place = { .index = at, .size = n, .leaf = leaf[at] };
	place.root = audit_range_root(kind, leaf, n);
	assert_int_equal(audit_prove_leaf(kind, leaf, n, at, &proof), 0);
	assert_true(audit_check_leaf(kind, &place, &proof));
	place.leaf.octet[at % 32] ^= 1;
	assert_false(audit_check_leaf(kind, &place, &proof));
	place.leaf.octet[at % 32] ^= 1;
	if (proof.count > 0) {
		proof.node[at % proof.count].octet[n % 32] ^= 0x80;
		assert_false(audit_check_leaf(kind, &place, &proof));
		proof.node[at % proof.count].octet[n % 32] ^= 0x80;
		proof.count--;
		assert_false(audit_check_leaf(kind, &place, &proof));
		proof.count++;
	}
	place.index = (at + 1) % n;
	assert_true(n == 1 || !audit_check_leaf(kind, &place, &proof));
}

static void every_leaf_is_proved_up_to_300(void **state)
{
	(void)state;
	static const enum digest_kind kinds[] = { DIGEST_SM3, DIGEST_SHA256 };
	for (size_t k = 0; k < 2; k++) {
		struct digest leaf[LEAVES];
		fill(kinds[k], leaf);
		for (size_t n = 1; n <= LEAVES; n++) {
			/* All places of small trees; of larger ones both ends and near the middle. */
			size_t stride = n <= 24 ? 1 : n / 2 - 1;
			for (size_t at = 0; at < n; at += stride) {
				one_inclusion(kinds[k], leaf, n, at);
			}
			one_inclusion(kinds[k], leaf, n, n - 1);
		}
	}
	struct digest leaf[LEAVES];
	fill(DIGEST_SM3, leaf);
	struct audit_proof proof;
	assert_int_equal(audit_prove_leaf(DIGEST_SM3, leaf, 3, 3, &proof), E_RANGE);
}

static void one_growth(enum digest_kind kind, const struct digest *leaf, size_t older, size_t n)
{
	struct audit_proof proof;
	struct audit_growth growth = { .old_size = older, .new_size = n };
	growth.old_root = audit_range_root(kind, leaf, older);
	growth.new_root = audit_range_root(kind, leaf, n);
	assert_int_equal(audit_prove_growth(kind, leaf, n, older, &proof), 0);
	assert_true(audit_check_growth(kind, &growth, &proof));
	growth.old_root.octet[n % 32] ^= 1;
	assert_false(audit_check_growth(kind, &growth, &proof));
	growth.old_root.octet[n % 32] ^= 1;
	growth.new_root.octet[older % 32] ^= 1;
	assert_false(audit_check_growth(kind, &growth, &proof));
	growth.new_root.octet[older % 32] ^= 1;
	if (proof.count > 0) {
		proof.node[older % proof.count].octet[n % 32] ^= 0x40;
		assert_false(audit_check_growth(kind, &growth, &proof));
	}
}

static void every_growth_is_proved_up_to_300(void **state)
{
	(void)state;
	static const enum digest_kind kinds[] = { DIGEST_SM3, DIGEST_SHA256 };
	for (size_t k = 0; k < 2; k++) {
		struct digest leaf[LEAVES];
		fill(kinds[k], leaf);
		for (size_t n = 1; n <= LEAVES; n++) {
			size_t stride = n <= 24 ? 1 : n / 2 - 1;
			for (size_t older = 1; older < n; older += stride) {
				one_growth(kinds[k], leaf, older, n);
			}
			one_growth(kinds[k], leaf, n, n);
		}
	}
	struct digest leaf[LEAVES];
	fill(DIGEST_SM3, leaf);
	struct audit_proof proof;
	assert_int_equal(audit_prove_growth(DIGEST_SM3, leaf, 3, 0, &proof), E_RANGE);
	assert_int_equal(audit_prove_growth(DIGEST_SM3, leaf, 3, 4, &proof), E_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_roots),
		cmocka_unit_test(roots_follow_the_definition),
		cmocka_unit_test(every_leaf_is_proved_up_to_300),
		cmocka_unit_test(every_growth_is_proved_up_to_300),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
