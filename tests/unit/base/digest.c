/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

static void published_vectors(void **state)
{
	(void)state;
	char hex[2 * DIGEST_OCTETS + 1];
	/* GB/T 32905-2016 annex A.1. */
	struct digest sm3 = digest_of(DIGEST_SM3, SLICE("abc"));
	digest_hex(&sm3, hex);
	assert_string_equal(
		hex, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
	struct digest sha = digest_of(DIGEST_SHA256, SLICE(""));
	digest_hex(&sha, hex);
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* RFC 4231 test case 2. */
	struct digest mac =
		digest_hmac_sha256(SLICE("Jefe"), SLICE("what do ya want for nothing?"));
	digest_hex(&mac, hex);
	assert_string_equal(
		hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	/* SipHash paper, appendix A. */
	uint8_t key[16];
	uint8_t in[15];
	for (uint8_t i = 0; i < 16; i++) {
		key[i] = i;
	}
	for (uint8_t i = 0; i < 15; i++) {
		in[i] = i;
	}
	assert_true(digest_siphash(key, slice_of(in, 15)) == UINT64_C(0xa129ca6149be45e5));
}

static void parts_equal_the_whole(void **state)
{
	(void)state;
	const struct slice parts[] = { SLICE("ab"), SLICE(""), SLICE("c") };
	struct digest a = digest_of_parts(DIGEST_SM3, parts, 3);
	struct digest b = digest_of(DIGEST_SM3, SLICE("abc"));
	assert_true(digest_eq(&a, &b));
	b.octet[31] ^= 1;
	assert_false(digest_eq(&a, &b));
}

static void hex_comes_back(void **state)
{
	(void)state;
	struct digest a = digest_of(DIGEST_SM3, SLICE("x"));
	struct digest b = { 0 };
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&a, hex);
	assert_int_equal(digest_parse(slice_str(hex), &b), 0);
	assert_true(digest_eq(&a, &b));
	hex[3] = 'g';
	assert_int_equal(digest_parse(slice_str(hex), &b), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors),
		cmocka_unit_test(parts_equal_the_whole),
		cmocka_unit_test(hex_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
