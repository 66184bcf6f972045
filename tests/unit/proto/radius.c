/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/radius.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/md5.h"

/* The examples of RFC 2865 section 7. */
static const uint8_t authenticator[] = { 0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57, 0xbd,
	0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a };
static const uint8_t hidden[] = { 0x02, 0x12, 0x0d, 0xbe, 0x70, 0x8d, 0x93, 0xd4, 0x13, 0xce,
	0x31, 0x96, 0xe4, 0x3f, 0x78, 0x2a, 0x0a, 0xee };
static const uint8_t accepted[] = { 0x02, 0x00, 0x00, 0x26, 0x86, 0xfe, 0x22, 0x0e, 0x76, 0x24,
	0xba, 0x2a, 0x10, 0x05, 0xf6, 0xbf, 0x9b, 0x55, 0xe0, 0xb2, 0x06, 0x06, 0x00, 0x00,
	0x00, 0x01, 0x0f, 0x06, 0x00, 0x00, 0x00, 0x00, 0x0e, 0x06, 0xc0, 0xa8, 0x01, 0x03 };
static const uint8_t chap_authenticator[] = { 0x2a, 0xee, 0x86, 0xf0, 0x8d, 0x0d, 0x55, 0x96,
	0x9c, 0xa5, 0x97, 0x8e, 0x0d, 0x33, 0x67, 0xa2 };
static const uint8_t chap[] = { 0x03, 0x13, 0x16, 0xe9, 0x75, 0x57, 0xc3, 0x16, 0x18, 0x58,
	0x95, 0xf2, 0x93, 0xff, 0x63, 0x44, 0x07, 0x72, 0x75 };

static struct radius_request nemo(void)
{
	struct radius_request request = { .secret = SLICE("xyzzy5461"),
		.user = SLICE("nemo"),
		.password = SLICE("arctangent"),
		.nas = SLICE("fengsui") };
	memcpy(request.authenticator, authenticator, sizeof(authenticator));
	return request;
}

static void requests_are_made_as_the_standard_shows(void **state)
{
	AUTO_BUF struct buf wire;
	struct radius_request request = nemo();
	(void)state;
	buf_init(&wire, RADIUS_PACKET_MAX);
	assert_int_equal(radius_put_request(&wire, &request), 0);
	assert_int_equal(wire.p[0], RADIUS_ACCESS_REQUEST);
	assert_int_equal(wire.p[2] << 8 | wire.p[3], wire.n);
	assert_true(slice_find(buf_slice(&wire), slice_of(hidden, sizeof(hidden))) != SIZE_MAX);
	request.is_chap = true;
	request.id = 0x16;
	memcpy(request.authenticator, chap_authenticator, sizeof(chap_authenticator));
	buf_clear(&wire);
	assert_int_equal(radius_put_request(&wire, &request), 0);
	assert_true(slice_find(buf_slice(&wire), slice_of(chap, sizeof(chap))) != SIZE_MAX);
	request.is_status = true;
	buf_clear(&wire);
	assert_int_equal(radius_put_request(&wire, &request), 0);
	assert_int_equal(wire.p[0], RADIUS_STATUS_SERVER);
	assert_true(slice_find(buf_slice(&wire), SLICE("nemo")) == SIZE_MAX);
	request.nas = (struct slice) { 0 };
	assert_int_equal(radius_put_request(&wire, &request), E_LIMIT);
}

/* RFC 3579 section 3.2: over the packet with zeroes in its place. */
static void every_request_proves_the_secret(void **state)
{
	AUTO_BUF struct buf wire;
	struct radius_request request = nemo();
	uint8_t want[MD5_OCTETS];
	uint8_t got[MD5_OCTETS];
	(void)state;
	buf_init(&wire, RADIUS_PACKET_MAX);
	assert_int_equal(radius_put_request(&wire, &request), 0);
	assert_int_equal(wire.p[20], 80);
	memcpy(got, wire.p + 22, MD5_OCTETS);
	memset(wire.p + 22, 0, MD5_OCTETS);
	md5_hmac(request.secret, buf_slice(&wire), want);
	assert_memory_equal(want, got, MD5_OCTETS);
}

static void an_answer_is_believed_when_it_is_proven(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t octet;
		size_t octets;
		int error;
	} cases[] = {
		{ "the example of the standard", 0, 2, 38, 0 },
		{ "another identifier", 1, 1, 38, E_FORMAT },
		{ "a request is no answer", 0, 1, 38, E_FORMAT },
		{ "an octet changed", 37, 4, 38, E_DIGEST },
		{ "an accept made of a reject", 0, 3, 38, E_DIGEST },
		{ "a length beyond the datagram", 3, 0x27, 38, E_SHORT },
		{ "a length below the head", 3, 19, 38, E_FORMAT },
		{ "three octets", 0, 2, 3, E_SHORT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t octets[sizeof(accepted)];
		struct radius_request request = nemo();
		struct radius_reply reply = { 0 };
		memcpy(octets, accepted, sizeof(octets));
		octets[cases[i].at] = cases[i].octet;
		int error =
			radius_parse_reply(slice_of(octets, cases[i].octets), &request, &reply);
		if (error != cases[i].error) {
			fail_msg("%s: %d", cases[i].name, error);
		}
	}
}

/* An answer of our own making, with a Message-Authenticator that is right or not. */
static int ask(bool spoil, const char *secret, struct radius_reply *ret_reply)
{
	uint8_t octets[46] = { RADIUS_ACCESS_REJECT, 0, 0, 46 };
	struct radius_request request = nemo();
	memcpy(octets + 4, authenticator, 16);
	octets[20] = 80;
	octets[21] = 18;
	octets[38] = 18;
	octets[39] = 8;
	memcpy(octets + 40, "sorry.", 6);
	md5_hmac(slice_str(secret), slice_of(octets, 46), octets + 22);
	octets[22] ^= spoil ? 1 : 0;
	const struct slice parts[] = { slice_of(octets, 46), slice_str(secret) };
	md5_of_parts(parts, 2, octets + 4);
	return radius_parse_reply(slice_of(octets, 46), &request, ret_reply);
}

static void a_message_authenticator_must_be_right(void **state)
{
	struct radius_reply reply = { 0 };
	(void)state;
	assert_int_equal(ask(false, "xyzzy5461", &reply), 0);
	assert_true(reply.has_message_authenticator);
	assert_true(slice_is(slice_of(reply.message, reply.message_n), "sorry."));
	assert_int_equal(ask(true, "xyzzy5461", &reply), E_DIGEST);
	assert_int_equal(ask(false, "another", &reply), E_DIGEST);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_made_as_the_standard_shows),
		cmocka_unit_test(every_request_proves_the_secret),
		cmocka_unit_test(an_answer_is_believed_when_it_is_proven),
		cmocka_unit_test(a_message_authenticator_must_be_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
