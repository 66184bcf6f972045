/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/x509sum.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static struct slice made;

/* A certificate with this common name and these alternative names (or none). */
static void make(const char *common, size_t common_n, const char *names)
{
	X509 *cert = X509_new();
	EVP_PKEY *key = EVP_EC_gen("P-256");
	uint8_t *der = NULL;
	(void)X509_set_version(cert, 2);
	(void)X509_time_adj_ex(X509_getm_notBefore(cert), 0, 0, &(time_t) { 1700000000 });
	(void)ASN1_TIME_set_string(X509_getm_notAfter(cert), "20501231235959Z");
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
		(const unsigned char *)common, (int)common_n, -1, 0);
	(void)X509_set_issuer_name(cert, X509_get_subject_name(cert));
	(void)X509_set_pubkey(cert, key);
	if (names != NULL) {
		X509_EXTENSION *extension =
			X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
		assert_int_equal(X509_add_ext(cert, extension, -1), 1);
		X509_EXTENSION_free(extension);
	}
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	OPENSSL_free((void *)(uintptr_t)made.p);
	int n = i2d_X509(cert, &der);
	assert_true(n > 0);
	made = slice_of(der, (size_t)n);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void names_and_dates_are_read(void **state)
{
	(void)state;
	struct x509sum sum;
	make("烽燧", strlen("烽燧"), "DNS:www.example.test");
	assert_int_equal(x509sum_parse(made, &sum), 0);
	assert_string_equal(sum.subject, "烽燧");
	assert_string_equal(sum.issuer, "烽燧");
	assert_true(sum.is_self_issued);
	assert_int_equal(sum.key_bits, 256);
	assert_true(sum.not_before_unix_ms == INT64_C(1700000000000));
	assert_true(sum.not_after_unix_ms == INT64_C(2556143999000));
	struct digest digest = digest_of(DIGEST_SHA256, made);
	assert_true(digest_eq(&sum.sha256, &digest));
}

static void a_nul_in_a_name_hides_nothing(void **state)
{
	(void)state;
	struct x509sum sum;
	make("good.test\0.evil.test", 20, NULL);
	assert_int_equal(x509sum_parse(made, &sum), 0);
	assert_string_equal(sum.subject, "good.test .evil.test");
	assert_false(x509sum_names(made, SLICE("good.test")));
}

static void hosts_are_matched_as_browsers_do(void **state)
{
	(void)state;
	static const struct {
		const char *common;
		const char *names;
		const char *host;
		bool matches;
	} cases[] = {
		{ "x", "DNS:www.example.test", "www.example.test", true },
		{ "x", "DNS:www.example.test", "WWW.Example.Test", true },
		{ "x", "DNS:*.example.test", "www.example.test", true },
		{ "x", "DNS:*.example.test", "example.test", false },
		{ "x", "DNS:*.example.test", "a.b.example.test", false },
		{ "x", "DNS:w*.example.test", "www.example.test", false },
		{ "www.example.test", NULL, "www.example.test", true },
		{ "www.example.test", "DNS:other.test", "www.example.test", false },
		{ "x", "IP:127.0.0.1", "127.0.0.1", true },
		{ "x", "IP:127.0.0.1", "127.0.0.2", false },
		{ "x", "IP:::1", "::1", true },
		{ "x", "DNS:www.example.test", "", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(cases[i].common, strlen(cases[i].common), cases[i].names);
		if (x509sum_names(made, slice_str(cases[i].host)) != cases[i].matches) {
			fail_msg("%s against %s", cases[i].host, cases[i].names);
		}
	}
}

static void what_is_no_certificate_is_refused(void **state)
{
	(void)state;
	struct x509sum sum;
	static uint8_t large[X509SUM_DER_MAX + 1];
	make("x", 1, NULL);
	for (size_t n = 0; n < made.n; n++) {
		assert_int_equal(x509sum_parse(slice_of(made.p, n), &sum), E_FORMAT);
	}
	memcpy(large, made.p, made.n);
	assert_int_equal(x509sum_parse(slice_of(large, made.n + 1), &sum), E_FORMAT);
	assert_int_equal(x509sum_parse(slice_of(large, sizeof(large)), &sum), E_LIMIT);
	OPENSSL_free((void *)(uintptr_t)made.p);
	made = (struct slice) { 0 };
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_dates_are_read),
		cmocka_unit_test(a_nul_in_a_name_hides_nothing),
		cmocka_unit_test(hosts_are_matched_as_browsers_do),
		cmocka_unit_test(what_is_no_certificate_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
