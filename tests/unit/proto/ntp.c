/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ntp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static const uint64_t cookie = 0x0102030405060708;
static const int64_t now_us = INT64_C(1800000000000000);

static void put(uint8_t *at, uint64_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++) {
		at[i] = (uint8_t)(value >> 8 * (octets - 1 - i));
	}
}

/* Seconds since 1900, modulo 2^32, and a fraction. */
static void put_stamp(uint8_t *at, int64_t unix_us)
{
	uint64_t seconds = (uint64_t)(unix_us / 1000000 + INT64_C(2208988800));
	uint64_t fraction = ((uint64_t)(unix_us % 1000000) << 32) / 1000000;
	put(at, seconds, 4);
	put(at + 4, fraction, 4);
}

static void make(uint8_t *reply, uint8_t first, uint8_t stratum, int64_t server_us)
{
	memset(reply, 0, NTP_OCTETS);
	reply[0] = first;
	reply[1] = stratum;
	put(reply + 24, cookie, 8);
	put_stamp(reply + 32, server_us);
	put_stamp(reply + 40, server_us);
}

static void an_answer_is_taken_or_refused(void **state)
{
	static const struct {
		const char *name;
		uint8_t first;
		uint8_t stratum;
		int64_t ahead_us;
		size_t octets;
		uint64_t cookie;
		int error;
		int64_t offset_us;
		uint8_t leap;
	} cases[] = {
		{ "a server whose clock is ours", 0x24, 2, 0, 48, cookie, 0, 0, 0 },
		{ "a clock ahead", 0x24, 2, 2500000, 48, cookie, 0, 2500000, 0 },
		{ "a clock behind", 0x24, 2, -90000000, 48, cookie, 0, -90000000, 0 },
		{ "a clock in the next era", 0x24, 2, INT64_C(1000000000) * 1000000, 48, cookie,
			0, INT64_C(1000000000) * 1000000, 0 },
		{ "a clock that is not set", 0xe4, 16, 0, 48, cookie, 0, 0, 3 },
		{ "version 3 with an extension behind", 0x1c, 1, 0, 60, cookie, 0, 0, 0 },
		{ "a datagram cut short", 0x24, 2, 0, 47, cookie, E_SHORT, 0, 0 },
		{ "another's cookie", 0x24, 2, 0, 48, cookie + 1, E_FORMAT, 0, 0 },
		{ "a client's question", 0x23, 2, 0, 48, cookie, E_FORMAT, 0, 0 },
		{ "version 0", 0x04, 2, 0, 48, cookie, E_FORMAT, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t octets[60] = { 0 };
		struct ntp_reply reply = { 0 };
		make(octets, cases[i].first, cases[i].stratum, now_us + cases[i].ahead_us);
		int error = ntp_parse_reply(slice_of(octets, cases[i].octets), cases[i].cookie,
			now_us - 1000, now_us + 1000, &reply);
		if (error != cases[i].error) {
			fail_msg("%s: %d", cases[i].name, error);
		}
		if (error == 0) {
			assert_in_range(reply.offset_us - cases[i].offset_us + 2, 0, 4);
			assert_int_equal(reply.leap, cases[i].leap);
			assert_int_equal(reply.stratum, cases[i].stratum);
			assert_in_range(reply.delay_us, 1998, 2002);
		}
	}
}

static void a_kiss_is_read_and_noise_is_none(void **state)
{
	uint8_t octets[NTP_OCTETS];
	struct ntp_reply reply;
	(void)state;
	make(octets, 0xe4, 0, now_us);
	memcpy(octets + 12, "RATE", 4);
	assert_int_equal(
		ntp_parse_reply(slice_of(octets, 48), cookie, now_us, now_us, &reply), 0);
	assert_string_equal(reply.reference, "RATE");
	octets[1] = 2; /* there the field is an address */
	assert_int_equal(
		ntp_parse_reply(slice_of(octets, 48), cookie, now_us, now_us, &reply), 0);
	assert_string_equal(reply.reference, "");
}

static void a_question_tells_nothing_but_its_cookie(void **state)
{
	uint8_t octets[NTP_OCTETS];
	(void)state;
	ntp_put_query(cookie, octets);
	assert_int_equal(octets[0], 0x23);
	for (size_t i = 1; i < 40; i++) {
		assert_int_equal(octets[i], 0);
	}
	assert_int_equal(octets[40], 1);
	assert_int_equal(octets[47], 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_taken_or_refused),
		cmocka_unit_test(a_kiss_is_read_and_noise_is_none),
		cmocka_unit_test(a_question_tells_nothing_but_its_cookie),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
