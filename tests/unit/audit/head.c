/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

/* RFC 8032 section 7.1, test 1: its secret key in the PKCS #8 wrapping of RFC 8410. */
static const char rfc_private[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
	"-----END PRIVATE KEY-----\n";
static const char rfc_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
	"-----END PUBLIC KEY-----\n";

static struct audit_head sample(void)
{
	return (struct audit_head) { .size = 48210,
		.root = digest_of(DIGEST_SM3, SLICE("abc")),
		.at_unix_ms = 1763796246123 };
}

static void the_pair_of_rfc_8032_belongs_together(void **state)
{
	(void)state;
	AUTO_AUDIT_KEY struct audit_key *private_key = NULL;
	assert_int_equal(audit_key_parse(slice_str(rfc_private), &private_key), 0);
	AUTO_BUF struct buf pem;
	buf_init(&pem, 4096);
	audit_key_put_public(private_key, &pem);
	assert_true(slice_is(buf_slice(&pem), rfc_public));
	buf_clear(&pem);
	assert_int_equal(audit_key_put_private(private_key, &pem), 0);
	assert_true(slice_is(buf_slice(&pem), rfc_private));
}

static void a_signed_head_holds_until_a_bit_changes(void **state)
{
	(void)state;
	AUTO_AUDIT_KEY struct audit_key *key = audit_key_create();
	AUTO_AUDIT_KEY struct audit_key *other = audit_key_create();
	struct audit_head head = sample();
	assert_int_equal(audit_head_sign(key, &head), 0);
	assert_int_equal(audit_head_check(key, &head), 0);
	assert_int_equal(audit_head_check(other, &head), E_DIGEST);
	struct audit_head bent = head;
	bent.size++;
	assert_int_equal(audit_head_check(key, &bent), E_DIGEST);
	bent = head;
	bent.at_unix_ms++;
	assert_int_equal(audit_head_check(key, &bent), E_DIGEST);
	for (size_t bit = 0; bit < 8 * DIGEST_OCTETS; bit++) {
		bent = head;
		bent.root.octet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(audit_head_check(key, &bent), E_DIGEST);
	}
	for (size_t bit = 0; bit < 8 * AUDIT_SIGNATURE_OCTETS; bit++) {
		bent = head;
		bent.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(audit_head_check(key, &bent), E_DIGEST);
	}
}

static void a_list_of_public_keys_knows_heads_of_each(void **state)
{
	(void)state;
	AUTO_AUDIT_KEY struct audit_key *old = audit_key_create();
	AUTO_AUDIT_KEY struct audit_key *now = audit_key_create();
	AUTO_AUDIT_KEY struct audit_key *other = audit_key_create();
	AUTO_AUDIT_KEY struct audit_key *list = NULL;
	AUTO_BUF struct buf pem;
	buf_init(&pem, 4096);
	audit_key_put_public(now, &pem);
	audit_key_put_public(old, &pem);
	assert_int_equal(audit_key_parse(buf_slice(&pem), &list), 0);
	struct audit_key *keys[] = { now, old, other };
	for (size_t i = 0; i < 3; i++) {
		struct audit_head head = sample();
		assert_int_equal(audit_head_sign(keys[i], &head), 0);
		assert_int_equal(audit_head_check(list, &head), i < 2 ? 0 : E_DIGEST);
	}
	/* Half a key behind a whole one is a damaged list, not a shorter one. */
	pem.n -= 40;
	AUTO_AUDIT_KEY struct audit_key *damaged = NULL;
	assert_int_equal(audit_key_parse(buf_slice(&pem), &damaged), E_FORMAT);
}

static void a_public_key_checks_and_cannot_sign(void **state)
{
	(void)state;
	AUTO_AUDIT_KEY struct audit_key *private_key = NULL;
	AUTO_AUDIT_KEY struct audit_key *public_key = NULL;
	assert_int_equal(audit_key_parse(slice_str(rfc_private), &private_key), 0);
	assert_int_equal(audit_key_parse(slice_str(rfc_public), &public_key), 0);
	struct audit_head head = sample();
	assert_int_equal(audit_head_sign(public_key, &head), E_STATE);
	assert_int_equal(audit_head_sign(private_key, &head), 0);
	assert_int_equal(audit_head_check(public_key, &head), 0);
	AUTO_BUF struct buf pem;
	buf_init(&pem, 4096);
	assert_int_equal(audit_key_put_private(public_key, &pem), E_STATE);
}

static void written_heads_read_back_and_bad_ones_say_why(void **state)
{
	(void)state;
	AUTO_AUDIT_KEY struct audit_key *key = audit_key_create();
	struct audit_head head = sample();
	assert_int_equal(audit_head_sign(key, &head), 0);
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	audit_head_put(&text, &head);
	struct audit_head back = { 0 };
	struct diag diag = { 0 };
	assert_int_equal(audit_head_parse(buf_slice(&text), &back, &diag), 0);
	assert_int_equal(audit_head_check(key, &back), 0);
	static const struct {
		const char *name;
		const char *text;
	} bad[] = {
		{ "nothing", "" },
		{ "another kind of text", "fengsui audit head v2\n1\n2\n3\n4\n" },
		{ "a size of zero", "fengsui audit head v1\n0\n2\n3\n4\n" },
		{ "a root that is no digest", "fengsui audit head v1\n1\n2\n3\n4\n" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		diag.text[0] = '\0';
		assert_int_equal(
			audit_head_parse(slice_str(bad[i].text), &back, &diag), E_FORMAT);
		assert_true(diag.text[0] != '\0');
	}
}

static void what_is_no_ed25519_key_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "-----BEGIN PUBLIC KEY-----\nAAAA\n",
		"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE "
		"KEY-----\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct audit_key *key = NULL;
		assert_int_equal(audit_key_parse(slice_str(bad[i]), &key), E_FORMAT);
		assert_null(key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pair_of_rfc_8032_belongs_together),
		cmocka_unit_test(a_signed_head_holds_until_a_bit_changes),
		cmocka_unit_test(a_list_of_public_keys_knows_heads_of_each),
		cmocka_unit_test(a_public_key_checks_and_cannot_sign),
		cmocka_unit_test(written_heads_read_back_and_bad_ones_say_why),
		cmocka_unit_test(what_is_no_ed25519_key_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
