/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/icmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static const struct icmp_echo sample = { .id = 0x1234,
	.seq = 7,
	.slot = 70007,
	.generation = 9,
	.cookie = UINT64_C(0x0102030405060708) };

/* An IPv4 header with options in front of a message. */
static size_t wrap4(uint8_t *packet, const uint8_t *message, size_t n, unsigned words)
{
	memset(packet, 0, (size_t)words * 4);
	packet[0] = (uint8_t)(0x40 | words);
	packet[9] = 1;
	memcpy(packet + 12, (uint8_t[]) { 192, 0, 2, 1, 192, 0, 2, 9 }, 8);
	memcpy(packet + words * 4, message, n);
	return words * 4 + n;
}

static void seal(uint8_t *message, size_t n)
{
	message[2] = 0;
	message[3] = 0;
	uint16_t sum = icmp_checksum(slice_of(message, n));
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

static void assert_sample(const struct icmp_seen *seen)
{
	assert_true(seen->has_payload);
	assert_int_equal(seen->echo.id, sample.id);
	assert_int_equal(seen->echo.seq, sample.seq);
	assert_int_equal(seen->echo.slot, sample.slot);
	assert_int_equal(seen->echo.generation, sample.generation);
	assert_true(seen->echo.cookie == sample.cookie);
}

static void a_reply_gives_back_what_was_sent(void **state)
{
	(void)state;
	uint8_t message[ECHO_OCTETS];
	uint8_t packet[128];
	struct icmp_seen seen;
	for (unsigned words = 5; words <= 15; words++) {
		icmp_put_echo(&sample, 4, message);
		assert_int_equal(icmp_checksum(slice_of(message, sizeof(message))), 0);
		message[0] = 0;
		seal(message, sizeof(message));
		size_t n = wrap4(packet, message, sizeof(message), words);
		assert_int_equal(icmp_parse4(slice_of(packet, n), &seen), 0);
		assert_int_equal(seen.kind, ICMP_SEEN_REPLY);
		assert_sample(&seen);
	}
	icmp_put_echo(&sample, 6, message);
	message[0] = 129;
	assert_int_equal(icmp_parse6(slice_of(message, sizeof(message)), &seen), 0);
	assert_int_equal(seen.kind, ICMP_SEEN_REPLY);
	assert_sample(&seen);
}

static void an_error_that_quotes_our_own_header_is_about_our_request(void **state)
{
	(void)state;
	static const uint8_t to[4] = { 10, 98, 7, 6 };
	uint8_t message[8 + ECHO_HEAD4_OCTETS + ECHO_OCTETS] = { 3, 1 };
	uint8_t *head = message + 8;
	uint8_t packet[160];
	struct icmp_seen seen;
	icmp_put_head4(to, head);
	assert_true((head[4] | head[5]) != 0);
	assert_int_equal(head[6], 0x40);
	assert_true(head[8] >= 64);
	icmp_put_echo(&sample, 4, head + ECHO_HEAD4_OCTETS);
	/* As the kernel sends it. */
	head[3] = ECHO_HEAD4_OCTETS + ECHO_OCTETS;
	seal(message, sizeof(message));
	size_t n = wrap4(packet, message, sizeof(message), 5);
	assert_int_equal(icmp_parse4(slice_of(packet, n), &seen), 0);
	assert_int_equal(seen.kind, ICMP_SEEN_ERROR);
	assert_memory_equal(seen.quoted_to, to, 4);
	assert_sample(&seen);
}

static void a_flipped_bit_is_noticed(void **state)
{
	(void)state;
	uint8_t message[ECHO_OCTETS];
	uint8_t packet[128];
	struct icmp_seen seen;
	icmp_put_echo(&sample, 4, message);
	message[0] = 0;
	seal(message, sizeof(message));
	message[20] ^= 4;
	size_t n = wrap4(packet, message, sizeof(message), 5);
	assert_int_equal(icmp_parse4(slice_of(packet, n), &seen), E_FORMAT);
}

static void an_error_tells_which_request_it_is_about(void **state)
{
	(void)state;
	/* What routers quote: the header and 8 octets (RFC 792), or all of it (RFC 1812). */
	static const size_t quotes[] = { 20 + 8, 20 + ECHO_OCTETS };
	for (size_t i = 0; i < 2; i++) {
		uint8_t request[ECHO_OCTETS];
		uint8_t quoted[128];
		uint8_t message[128] = { 3, 1 };
		uint8_t packet[256];
		struct icmp_seen seen;
		icmp_put_echo(&sample, 4, request);
		(void)wrap4(quoted, request, sizeof(request), 5);
		memcpy(message + 8, quoted, quotes[i]);
		seal(message, 8 + quotes[i]);
		size_t n = wrap4(packet, message, 8 + quotes[i], 5);
		assert_int_equal(icmp_parse4(slice_of(packet, n), &seen), 0);
		assert_int_equal(seen.kind, ICMP_SEEN_ERROR);
		assert_int_equal(seen.type, 3);
		assert_int_equal(seen.code, 1);
		assert_int_equal(seen.echo.id, sample.id);
		assert_int_equal(seen.echo.seq, sample.seq);
		assert_int_equal(seen.has_payload, i == 1);
		assert_memory_equal(seen.quoted_to, ((uint8_t[]) { 192, 0, 2, 9 }), 4);
	}
}

static void an_error_of_version_6_quotes_the_target(void **state)
{
	(void)state;
	uint8_t message[8 + 40 + ECHO_OCTETS] = { 1, 3 };
	struct icmp_seen seen;
	message[8] = 0x60;
	message[8 + 6] = 58;
	message[8 + 24 + 15] = 0x77;
	icmp_put_echo(&sample, 6, message + 48);
	assert_int_equal(icmp_parse6(slice_of(message, sizeof(message)), &seen), 0);
	assert_int_equal(seen.kind, ICMP_SEEN_ERROR);
	assert_int_equal(seen.quoted_to[15], 0x77);
	assert_sample(&seen);
	message[8] = 0x40;
	assert_int_equal(icmp_parse6(slice_of(message, sizeof(message)), &seen), E_FORMAT);
}

static void every_shorter_packet_is_refused(void **state)
{
	(void)state;
	uint8_t message[ECHO_OCTETS];
	uint8_t packet[128];
	icmp_put_echo(&sample, 4, message);
	message[0] = 0;
	seal(message, sizeof(message));
	(void)wrap4(packet, message, sizeof(message), 5);
	for (size_t n = 0; n < 28; n++) {
		struct icmp_seen seen;
		assert_int_equal(icmp_parse4(slice_of(packet, n), &seen), E_SHORT);
		if (n < 8) {
			assert_int_equal(icmp_parse6(slice_of(message, n), &seen), E_SHORT);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_gives_back_what_was_sent),
		cmocka_unit_test(an_error_that_quotes_our_own_header_is_about_our_request),
		cmocka_unit_test(a_flipped_bit_is_noticed),
		cmocka_unit_test(an_error_tells_which_request_it_is_about),
		cmocka_unit_test(an_error_of_version_6_quotes_the_target),
		cmocka_unit_test(every_shorter_packet_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
