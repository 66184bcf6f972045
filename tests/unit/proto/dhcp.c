/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dhcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

enum { FIXED = 240, SNAME = 44, FILE_NAME = 108 };

/* A reply whose options are given. */
static size_t make(uint8_t *message, const char *options, size_t n)
{
	static const uint8_t head[] = { 2, 1, 6, 0, 1, 2, 3, 4 };
	static const uint8_t cookie[] = { 99, 130, 83, 99 };
	memset(message, 0, FIXED);
	memcpy(message, head, sizeof(head));
	memcpy(message + 16, "\x0a\x01\x00\x09", 4);
	memcpy(message + 20, "\x0a\x01\x00\x63", 4);
	memcpy(message + 28, "\x02\x00\x00\x00\x00\x07", 6);
	memcpy(message + 236, cookie, 4);
	memcpy(message + FIXED, options, n);
	return FIXED + n;
}

#define OPTIONS(text) text, sizeof(text) - 1

static void replies_are_read_or_refused(void **state)
{
	static const struct {
		const char *name;
		const char *options;
		size_t n;
		int error;
		uint8_t type;
		uint32_t server;
		uint32_t lease_s;
	} cases[] = {
		{ "an offer with its server",
			OPTIONS("\x35\x01\x02\x36\x04\x0a\x01\x00\x02\x33\x04\x00\x00\x0e\x10\xff"),
			0, 2, 0x0a010002, 3600 },
		{ "without a server identifier the next server counts",
			OPTIONS("\x35\x01\x02\xff"), 0, 2, 0x0a010063, 0 },
		{ "padding is passed over", OPTIONS("\x00\x00\x35\x01\x05"), 0, 5, 0x0a010063,
			0 },
		{ "nothing behind the end counts", OPTIONS("\x35\x01\x02\xff\x35\x01\x06"), 0,
			2, 0x0a010063, 0 },
		{ "an option that says more than there is", OPTIONS("\x35\x01\x02\x36\x04\x0a"),
			E_SHORT, 0, 0, 0 },
		{ "a code without a length", OPTIONS("\x35\x01\x02\x36"), E_SHORT, 0, 0, 0 },
		{ "no message type is no DHCP", OPTIONS("\x36\x04\x0a\x01\x00\x02\xff"),
			E_FORMAT, 0, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t message[512];
		struct dhcp_reply reply = { 0 };
		size_t n = make(message, cases[i].options, cases[i].n);
		int error = dhcp_parse_reply(slice_of(message, n), &reply);
		if (error != cases[i].error) {
			fail_msg("%s: %d", cases[i].name, error);
		}
		if (error == 0) {
			assert_int_equal(reply.xid, 0x01020304);
			assert_int_equal(reply.address, 0x0a010009);
			assert_int_equal(reply.type, cases[i].type);
			assert_int_equal(reply.server, cases[i].server);
			assert_int_equal(reply.lease_s, cases[i].lease_s);
		}
	}
}

static void options_may_lie_in_the_old_fields(void **state)
{
	uint8_t message[512];
	struct dhcp_reply reply = { 0 };
	size_t n = make(message, OPTIONS("\x34\x01\x03\xff"));
	(void)state;
	assert_int_equal(dhcp_parse_reply(slice_of(message, n), &reply), E_FORMAT);
	memcpy(message + FILE_NAME, "\x35\x01\x02\xff", 4);
	memcpy(message + SNAME, "\x03\x04\x0a\x01\x00\x01\xff", 7);
	assert_int_equal(dhcp_parse_reply(slice_of(message, n), &reply), 0);
	assert_int_equal(reply.type, DHCP_OFFER);
	assert_int_equal(reply.router, 0x0a010001);
	message[0] = 1;
	assert_int_equal(dhcp_parse_reply(slice_of(message, n), &reply), E_FORMAT);
	message[0] = 2;
	message[236] = 0;
	assert_int_equal(dhcp_parse_reply(slice_of(message, n), &reply), E_FORMAT);
	assert_int_equal(dhcp_parse_reply(slice_of(message, FIXED - 1), &reply), E_SHORT);
}

static void only_a_servers_packet_is_cut(void **state)
{
	uint8_t packet[40] = { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 0, 2, 10, 1, 0,
		9, 0, 67, 0, 68, 0, 20, 0, 0, 'h', 'e', 'l', 'l', 'o' };
	struct slice message = { 0 };
	uint32_t source = 0;
	(void)state;
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), 0);
	assert_int_equal(source, 0x0a010002);
	assert_int_equal(message.n, 12);
	assert_int_equal(message.p[0], 'h');
	packet[23] = 69;
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), E_FORMAT);
	packet[23] = 67;
	packet[21] = 66;
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), E_FORMAT);
	packet[21] = 67;
	packet[25] = 7; /* shorter than its own head */
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), E_FORMAT);
	packet[25] = 20;
	packet[0] = 0x44;
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), E_FORMAT);
	packet[0] = 0x4f; /* options to beyond the end */
	assert_int_equal(dhcp_cut_packet(slice_of(packet, 40), &source, &message), E_FORMAT);
}

static void a_discover_has_the_form_of_its_way(void **state)
{
	AUTO_BUF struct buf wire;
	struct dhcp_discover discover = { .xid = 7, .hardware = { 2, 0, 0, 0, 0, 9 } };
	(void)state;
	buf_init(&wire, DHCP_MESSAGE_MAX);
	dhcp_put_discover(&wire, &discover);
	assert_int_equal(wire.n, DHCP_UDP_HEAD + DHCP_MESSAGE_MIN);
	assert_int_equal(wire.p[1], DHCP_PORT_CLIENT);
	assert_int_equal(wire.p[8 + 10], 0x80); /* answered by broadcast */
	discover.relay = 0x0a4d0001;
	buf_clear(&wire);
	dhcp_put_discover(&wire, &discover);
	assert_int_equal(wire.p[1], DHCP_PORT_SERVER);
	assert_int_equal(wire.p[8 + 10], 0);
	assert_memory_equal(wire.p + 8 + 24, "\x0a\x4d\x00\x01", 4);
	assert_memory_equal(wire.p + 8 + 28, discover.hardware, 6);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_read_or_refused),
		cmocka_unit_test(options_may_lie_in_the_old_fields),
		cmocka_unit_test(only_a_servers_packet_is_cut),
		cmocka_unit_test(a_discover_has_the_form_of_its_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
