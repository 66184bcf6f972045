/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/pcap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static struct pcap pcap;

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* An IPv4 packet of four octets to port 162, and what is around it. */
#define UDP4                                                                                   \
	"\x45\0\0\x20\0\0\0\0\x40\x11\0\0\x7f\0\0\1\x7f\0\0\2\x04\0\0\xa2\0\xc\0\0"            \
	"data"
#define UDP6                                                                                      \
	"\x60\0\0\0\0\xc\x11\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2" \
	"\x04\0\0\xa2\0\xc\0\0"                                                                   \
	"data"
#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

static void frames_come_out_of_every_kind_of_file(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct slice file;
		int64_t at_us;
	} cases[] = {
		{ "pcap, little-endian, microseconds",
			SLICE("\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0"
			      "\x10\0\0\0\x20\0\0\0\4\0\0\0\x40\0\0\0"
			      "abcd"),
			16000032 },
		{ "pcap, big-endian, nanoseconds",
			SLICE("\xa1\xb2\x3c\x4d\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1"
			      "\0\0\0\x10\0\0\x7d\0\0\0\0\4\0\0\0\x40"
			      "abcd"),
			16000032 },
		{ "pcapng, little-endian, milliseconds",
			SLICE("\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
			      "\1\0\0\0\x20\0\0\0\1\0\0\0\0\0\0\0\x9\0\1\0\3\0\0\0\0\0\0\0\x20\0\0\0"
			      "\6\0\0\0\x24\0\0\0\0\0\0\0\0\0\0\0\x80\x3e\0\0\4\0\0\0\x40\0\0\0"
			      "abcd"
			      "\x24\0\0\0"),
			16000000 },
		{ "pcapng, big-endian, with a block of no packet in between",
			SLICE("\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\x1c"
			      "\0\0\0\1\0\0\0\x14\0\1\0\0\0\0\0\0\0\0\0\x14"
			      "\0\0\0\4\0\0\0\xc\0\0\0\xc"
			      "\0\0\0\6\0\0\0\x24\0\0\0\0\0\0\0\0\0\xf4\x24\0\0\0\0\4\0\0\0\x40"
			      "abcd"
			      "\0\0\0\x24"),
			16000000 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pcap_frame frame;
		if (pcap_open(cases[i].file, &pcap) != 0 || pcap_next(&pcap, &frame) != 1) {
			fail_msg("%s", cases[i].name);
		}
		assert_true(slice_is(frame.octets, "abcd"));
		assert_int_equal(frame.link, PCAP_LINK_ETHERNET);
		assert_int_equal(frame.whole_octets, 64);
		if (frame.at_unix_us != cases[i].at_us) {
			fail_msg("%s: %lld", cases[i].name, (long long)frame.at_unix_us);
		}
		assert_int_equal(pcap_next(&pcap, &frame), 0);
		/* Cut anywhere it is never whole, and never read past. */
		for (size_t n = 0; n < cases[i].file.n; n++) {
			int rc = pcap_open(slice_head(cases[i].file, n), &pcap);
			rc = rc < 0 ? rc : pcap_next(&pcap, &frame);
			assert_true(rc == E_SHORT || rc == 0);
		}
	}
}

static void what_is_no_capture_is_refused(void **state)
{
	(void)state;
	struct pcap_frame frame;
	assert_int_equal(pcap_open(SLICE("not a capture, whatever it is"), &pcap), E_FORMAT);
	assert_int_equal(
		pcap_open(SLICE("\xd4\xc3\xb2\xa1\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0"),
			&pcap),
		E_VERSION);
	assert_int_equal(pcap_open(SLICE("\n\r\r\n\x1c\0\0\0 what?"), &pcap), 0);
	assert_int_equal(pcap_next(&pcap, &frame), E_FORMAT);
	assert_int_equal(pcap_next(&pcap, &frame), 0);
}

static void udp_is_found_through_what_is_around_it(void **state)
{
	(void)state;
	const struct {
		const char *name;
		uint16_t link;
		struct slice octets;
		int rc;
	} cases[] = {
		{ "Ethernet and IPv4", PCAP_LINK_ETHERNET, SLICE(MACS "\x08\0" UDP4 "padding"),
			1 },
		{ "without a length of UDP's own, as offloading leaves it", PCAP_LINK_RAW,
			SLICE("\x45\0\0\x20\0\0\0\0\x40\x11\0\0\x7f\0\0\1\x7f\0\0\2\x04\0\0\xa2\0\0\0\0"
			      "datapadding"),
			1 },
		{ "Ethernet and IPv6", PCAP_LINK_ETHERNET, SLICE(MACS "\x86\xdd" UDP6), 1 },
		{ "two VLAN tags", PCAP_LINK_ETHERNET,
			SLICE(MACS "\x88\xa8\0\1\x81\0\0\2\x08\0" UDP4), 1 },
		{ "no link layer", PCAP_LINK_RAW, SLICE(UDP4), 1 },
		{ "loopback of BSD", PCAP_LINK_NULL, SLICE("\2\0\0\0" UDP4), 1 },
		{ "Linux, any interface", PCAP_LINK_LINUX_SLL,
			SLICE("\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0" UDP4), 1 },
		{ "Linux, any interface, new", PCAP_LINK_LINUX_SLL2,
			SLICE("\x08\0\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0" UDP4), 1 },
		{ "IPv6 with options in front", PCAP_LINK_RAW,
			SLICE("\x60\0\0\0\0\x14\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
			      "\x11\0\0\0\0\0\0\0\x04\0\0\xa2\0\xc\0\0"
			      "data"),
			1 },
		{ "another protocol", PCAP_LINK_RAW,
			SLICE("\x45\0\0\x20\0\0\0\0\x40\6\0\0\x7f\0\0\1\x7f\0\0\2xxxx"), 0 },
		{ "a later fragment", PCAP_LINK_RAW,
			SLICE("\x45\0\0\x20\0\0\0\1\x40\x11\0\0\x7f\0\0\1\x7f\0\0\2xxxx"), 0 },
		{ "a link layer not known", 9999, SLICE(UDP4), 0 },
		{ "ARP", PCAP_LINK_ETHERNET, SLICE(MACS "\x08\6 who has"), 0 },
		{ "cut off in the header", PCAP_LINK_RAW,
			SLICE("\x45\0\0\x20\0\0\0\0\x40\x11\0\0\x7f\0\0"), E_SHORT },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pcap_frame frame = { .link = cases[i].link, .octets = cases[i].octets };
		struct pcap_udp udp = { 0 };
		int rc = pcap_udp(&frame, &udp);
		if (rc != cases[i].rc ||
			(rc == 1 && (!slice_is(udp.payload, "data") || udp.dst_port != 162 ||
					    udp.src.n != (udp.family == 4 ? 4u : 16u)))) {
			fail_msg("%s: %d", cases[i].name, rc);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_out_of_every_kind_of_file),
		cmocka_unit_test(what_is_no_capture_is_refused),
		cmocka_unit_test(udp_is_found_through_what_is_around_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
