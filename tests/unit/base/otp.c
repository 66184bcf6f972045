/* SPDX-License-Identifier: Apache-2.0 */
#include "base/otp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* RFC 6238 appendix B: keys of 20, 32 and 64 octets. */
#define KEY20 "12345678901234567890"
#define KEY32 KEY20 "123456789012"
#define KEY64 KEY20 KEY20 KEY20 "1234"

static const struct {
	int64_t at_s;
	const char *code[3];
} appendix_b[] = {
	{ 59, { "94287082", "46119246", "90693936" } },
	{ 1111111109, { "07081804", "68084774", "25091201" } },
	{ 1111111111, { "14050471", "67062674", "99943326" } },
	{ 1234567890, { "89005924", "91819424", "93441116" } },
	{ 2000000000, { "69279037", "90698825", "38618901" } },
	{ 20000000000, { "65353130", "77737706", "47863826" } },
};

static struct slice key_of(enum otp_hash hash)
{
	const char *const keys[] = { KEY20, KEY32, KEY64 };
	return slice_str(keys[hash]);
}

static void test_rfc6238(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(appendix_b) / sizeof(appendix_b[0]); i++) {
		for (enum otp_hash hash = OTP_SHA1; hash <= OTP_SHA512; hash++) {
			char text[OTP_DIGITS_MAX + 1];
			otp_totp(hash, key_of(hash), appendix_b[i].at_s, 8, text);
			assert_string_equal(text, appendix_b[i].code[hash]);
		}
	}
}

/* RFC 4226 appendix D. */
static void test_rfc4226(void **state)
{
	(void)state;
	static const char *const codes[] = { "755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489" };
	for (uint64_t i = 0; i < 10; i++) {
		char text[OTP_DIGITS_MAX + 1];
		otp_hotp(OTP_SHA1, SLICE(KEY20), i, 6, text);
		assert_string_equal(text, codes[i]);
	}
}

static void test_window(void **state)
{
	(void)state;
	char text[OTP_DIGITS_MAX + 1];
	int64_t now_s = 1790000010;
	int64_t step = now_s / OTP_STEP_S;
	for (int64_t off = -3; off <= 3; off++) {
		otp_hotp(OTP_SHA1, SLICE(KEY20), (uint64_t)(step + off), 6, text);
		int64_t expected = off >= -1 && off <= 1 ? step + off : 0;
		assert_int_equal(otp_step(SLICE(KEY20), now_s, slice_str(text)), expected);
	}
	assert_int_equal(otp_step(SLICE(KEY20), now_s, SLICE("")), 0);
	assert_int_equal(otp_step(SLICE(KEY20), now_s, SLICE("12345")), 0);
	otp_hotp(OTP_SHA1, SLICE(KEY20), 0, 6, text);
	assert_int_equal(
		otp_step(SLICE(KEY20), 3, slice_str(text)), 0); /* there is no step 0 */
}

static void typed(const char *text, enum otp_typed kind, const char *kept)
{
	char got[OTP_TYPED_MAX + 1];
	assert_int_equal(otp_typed_read(slice_str(text), got), kind);
	assert_string_equal(got, kept);
}

static void test_typed(void **state)
{
	(void)state;
	typed("287082", OTP_TYPED_CODE, "287082");
	typed(" 287 082 ", OTP_TYPED_CODE, "287082");
	typed("２８７０８２", OTP_TYPED_CODE, "287082");
	typed("287　082", OTP_TYPED_CODE, "287082");
	typed("abcd-efgh-2345-67az", OTP_TYPED_RECOVERY, "ABCDEFGH234567AZ");
	typed("ABCDEFGH234567AZ", OTP_TYPED_RECOVERY, "ABCDEFGH234567AZ");
	typed("", OTP_TYPED_NOTHING, "");
	typed("28708", OTP_TYPED_NOTHING, "");
	typed("2870820", OTP_TYPED_NOTHING, "");
	typed("28708x", OTP_TYPED_NOTHING, "");
	typed("abcd-efgh-2345-6718", OTP_TYPED_NOTHING, ""); /* 1 and 8 are not of base 32 */
	typed("ABCDEFGH234567AZA", OTP_TYPED_NOTHING, "");
	typed("287082'", OTP_TYPED_NOTHING, "");
}

/* RFC 4648 section 10, the padding aside. */
static void test_base32(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" },
		{ "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
		{ "foobar", "MZXW6YTBOI" }, { KEY20, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } };
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, 64);
		otp_put_base32(&out, slice_str(pairs[i][0]));
		assert_true(slice_is(buf_slice(&out), pairs[i][1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc6238),
		cmocka_unit_test(test_rfc4226),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_base32),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
