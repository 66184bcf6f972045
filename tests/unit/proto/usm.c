/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/usm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#define ENGINE "\0\0\0\0\0\0\0\0\0\0\0\2"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void keys_are_those_of_the_standard(void **state)
{
	(void)state;
	/* RFC 3414 appendix A.3: password maplesyrup. */
	const struct {
		enum usm_auth auth;
		struct slice key;
		struct slice localized;
	} cases[] = {
		{ USM_MD5,
			SLICE("\x9f\xaf\x32\x83\x88\x4e\x92\x83\x4e\xbc\x98\x47\xd8\xed\xd9\x63"),
			SLICE("\x52\x6f\x5e\xed\x9f\xcc\xe2\x6f\x89\x64\xc2\x93\x07\x87\xd8\x2b") },
		{ USM_SHA1,
			SLICE("\x9f\xb5\xcc\x03\x81\x49\x7b\x37\x93\x52\x89\x39\xff\x78\x8d\x5d\x79\x14\x52\x11"),
			SLICE("\x66\x95\xfe\xbc\x92\x88\xe3\x62\x82\x23\x5f\xc7\x15\x1f\x12\x84\x97\xb3\x8f\x3f") },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct usm_user user = { .auth = cases[i].auth };
		struct usm_engine engine = { 0 };
		assert_int_equal(usm_user_set(&user, SLICE("u"), SLICE("maplesyrup"),
					 (struct slice) { 0 }),
			0);
		assert_true(slice_eq(
			slice_of(user.auth_key.octets, user.auth_key.n), cases[i].key));
		assert_int_equal(usm_engine_set(&engine, &user, SLICE(ENGINE)), 0);
		assert_true(slice_eq(slice_of(engine.auth_key.octets, engine.auth_key.n),
			cases[i].localized));
	}
}

static void a_user_who_cannot_be_is_refused(void **state)
{
	(void)state;
	const struct {
		const char *name;
		enum usm_auth auth;
		enum usm_priv priv;
		struct slice user;
		struct slice password;
		int rc;
	} cases[] = {
		{ "no name", USM_SHA1, USM_NO_PRIV, { NULL, 0 }, SLICE("longenough"), E_RANGE },
		{ "a name of 33 octets", USM_SHA1, USM_NO_PRIV,
			SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), SLICE("longenough"),
			E_RANGE },
		{ "a password of seven octets", USM_SHA1, USM_NO_PRIV, SLICE("u"),
			SLICE("1234567"), E_RANGE },
		{ "encryption without a digest", USM_NO_AUTH, USM_AES128, SLICE("u"),
			SLICE("longenough"), E_UNSUPPORTED },
		{ "a cipher longer than the digest", USM_SHA1, USM_AES256, SLICE("u"),
			SLICE("longenough"), E_UNSUPPORTED },
		{ "a cipher as long as the digest", USM_SHA256, USM_AES256, SLICE("u"),
			SLICE("longenough"), 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct usm_user user = { .auth = cases[i].auth, .priv = cases[i].priv };
		if (usm_user_set(&user, cases[i].user, cases[i].password, cases[i].password) !=
			cases[i].rc) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void make(struct usm_user *user, struct usm_engine *engine, struct buf *wire)
{
	struct snmp_msg head = { .kind = SNMP_RESPONSE, .request_id = 77 };
	AUTO_BUF struct buf pdu;
	buf_init(&pdu, 256);
	struct snmp_writer writer = snmp_begin_pdu(&pdu, &head);
	snmp_put(&writer, SLICE("\x2b\6\1\2\1\1\5\0"), 4, SLICE("core-001"));
	assert_int_equal(snmp_end(&writer), 0);
	assert_int_equal(usm_user_set(user, SLICE("watcher"), SLICE("auth password"),
				 SLICE("priv password")),
		0);
	assert_int_equal(usm_engine_set(engine, user, SLICE(ENGINE)), 0);
	head.v3 = (struct snmp_v3) {
		.msg_id = 77, .boots = 3, .time_s = 99, .priv = SLICE("saltsalt")
	};
	assert_int_equal(usm_put(wire, user, engine, &head, buf_slice(&pdu)), 0);
}

static void a_message_comes_back_and_not_if_a_bit_is_changed(void **state)
{
	(void)state;
	for (unsigned auth = USM_MD5; auth <= USM_SHA512; auth++) {
		struct usm_user user = { .auth = (enum usm_auth)auth, .priv = USM_AES128 };
		struct usm_engine engine = { 0 };
		struct snmp_msg msg;
		AUTO_BUF struct buf wire;
		AUTO_BUF struct buf plain;
		buf_init(&wire, 1024);
		buf_init(&plain, 1024);
		make(&user, &engine, &wire);
		assert_int_equal(slice_find(buf_slice(&wire), SLICE("core-001")), SIZE_MAX);
		assert_int_equal(snmp_parse(buf_slice(&wire), &msg), 0);
		assert_int_equal(msg.kind, SNMP_SEALED);
		assert_int_equal(usm_open(&user, &engine, buf_slice(&wire), &msg, &plain), 0);
		assert_int_equal(msg.kind, SNMP_RESPONSE);
		assert_int_equal(msg.request_id, 77);
		struct snmp_varbind one;
		struct rd rd = rd_of(msg.varbinds);
		assert_int_equal(snmp_next(&rd, &one), 1);
		assert_true(slice_is(one.octets, "core-001"));
		for (size_t i = 0; i < wire.n; i++) {
			wire.p[i] ^= 1;
			buf_clear(&plain);
			bool opened =
				snmp_parse(buf_slice(&wire), &msg) == 0 &&
				msg.version == SNMP_V3 && msg.v3.model == 3 &&
				usm_open(&user, &engine, buf_slice(&wire), &msg, &plain) == 0;
			assert_false(opened);
			wire.p[i] ^= 1;
		}
	}
}

static void less_protection_than_asked_is_refused(void **state)
{
	(void)state;
	struct usm_user plain_user = { .auth = USM_SHA256 };
	struct usm_user user = { .auth = USM_SHA256, .priv = USM_AES128 };
	struct usm_engine engine = { 0 };
	struct usm_engine other = { 0 };
	struct snmp_msg msg;
	AUTO_BUF struct buf wire;
	AUTO_BUF struct buf sealed;
	AUTO_BUF struct buf plain;
	buf_init(&wire, 1024);
	buf_init(&sealed, 1024);
	buf_init(&plain, 1024);
	make(&user, &engine, &sealed);
	make(&plain_user, &other, &wire);
	assert_int_equal(snmp_parse(buf_slice(&wire), &msg), 0);
	assert_int_equal(usm_open(&plain_user, &other, buf_slice(&wire), &msg, &plain), 0);
	assert_int_equal(usm_open(&user, &engine, buf_slice(&wire), &msg, &plain), E_DENIED);
	buf_clear(&wire);
	struct usm_user nobody = { .auth = USM_NO_AUTH };
	make(&nobody, &other, &wire);
	assert_int_equal(snmp_parse(buf_slice(&wire), &msg), 0);
	assert_int_equal(usm_open(&user, &engine, buf_slice(&wire), &msg, &plain), E_DENIED);
	assert_int_equal(
		usm_open(&plain_user, &engine, buf_slice(&wire), &msg, &plain), E_DENIED);
	assert_int_equal(usm_open(&nobody, &engine, buf_slice(&wire), &msg, &plain), 0);
}

static void discovery_asks_without_a_name(void **state)
{
	(void)state;
	struct snmp_msg msg;
	AUTO_BUF struct buf wire;
	buf_init(&wire, 256);
	assert_int_equal(usm_put_discovery(&wire, 1234), 0);
	assert_int_equal(snmp_parse(buf_slice(&wire), &msg), 0);
	assert_int_equal(msg.v3.msg_id, 1234);
	assert_int_equal(msg.v3.flags, 4);
	assert_int_equal(msg.v3.engine_id.n, 0);
	assert_int_equal(msg.v3.user.n, 0);
	assert_int_equal(msg.kind, SNMP_GET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_those_of_the_standard),
		cmocka_unit_test(a_user_who_cannot_be_is_refused),
		cmocka_unit_test(a_message_comes_back_and_not_if_a_bit_is_changed),
		cmocka_unit_test(less_protection_than_asked_is_refused),
		cmocka_unit_test(discovery_asks_without_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
