/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/ber.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define UPTIME "\x2b\6\1\2\1\1\3\0"

static void numbers_go_out_in_the_shortest_form_and_come_back(void **state)
{
	(void)state;
	const struct {
		const char *name;
		int64_t value;
		struct slice wire;
	} cases[] = {
		{ "zero", 0, SLICE("\2\1\0") },
		{ "the largest of one octet", 127, SLICE("\2\1\x7f") },
		{ "one whose first bit would be a sign", 128, SLICE("\2\2\0\x80") },
		{ "minus one", -1, SLICE("\2\1\xff") },
		{ "the smallest of one octet", -128, SLICE("\2\1\x80") },
		{ "below it", -129, SLICE("\2\2\xff\x7f") },
		{ "the smallest of all", INT64_MIN, SLICE("\2\x8\x80\0\0\0\0\0\0\0") },
		{ "the largest of all", INT64_MAX,
			SLICE("\2\x8\x7f\xff\xff\xff\xff\xff\xff\xff") },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, 64);
		ber_put_int(&buf, BER_INTEGER, cases[i].value);
		int64_t value = 0;
		struct slice content;
		struct rd rd = rd_of(buf_slice(&buf));
		if (!slice_eq(buf_slice(&buf), cases[i].wire) ||
			ber_expect(&rd, BER_INTEGER, &content) < 0 ||
			ber_int(content, &value) < 0 || value != cases[i].value) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void a_counter_is_read_without_a_sign(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct slice content;
		int rc;
		uint64_t value;
	} cases[] = {
		{ "with its leading zero", SLICE("\0\xff\xff\xff\xff"), 0, UINT32_MAX },
		{ "of an agent that forgot the zero", SLICE("\xff\xff\xff\xff"), 0,
			UINT32_MAX },
		{ "of 64 bits", SLICE("\0\xff\xff\xff\xff\xff\xff\xff\xff"), 0, UINT64_MAX },
		{ "of more than 64 bits", SLICE("\1\xff\xff\xff\xff\xff\xff\xff\xff"), E_FORMAT,
			0 },
		{ "of nothing", { NULL, 0 }, E_FORMAT, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t value = 0;
		if (ber_uint(cases[i].content, &value) != cases[i].rc ||
			value != cases[i].value) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void identifiers_are_ordered_by_their_numbers(void **state)
{
	(void)state;
	static const char *const ordered[] = { "1.3", "1.3.6", "1.3.6.0", "1.3.6.127",
		"1.3.6.128", "1.3.6.128.1", "1.3.6.16383", "1.3.6.16384", "1.3.6.4294967295",
		"1.3.7", "2.999" };
	for (size_t i = 0; i < COUNT(ordered); i++) {
		for (size_t k = 0; k < COUNT(ordered); k++) {
			AUTO_BUF struct buf a;
			AUTO_BUF struct buf b;
			AUTO_BUF struct buf text;
			buf_init(&a, 64);
			buf_init(&b, 64);
			buf_init(&text, 64);
			assert_int_equal(beroid_put_parsed(&a, slice_str(ordered[i])), 0);
			assert_int_equal(beroid_put_parsed(&b, slice_str(ordered[k])), 0);
			int order = beroid_cmp(buf_slice(&a), buf_slice(&b));
			if ((order > 0) != (i > k) || (order < 0) != (i < k)) {
				fail_msg("%s and %s", ordered[i], ordered[k]);
			}
			beroid_put_text(&text, buf_slice(&a));
			assert_true(slice_is(buf_slice(&text), ordered[i]));
		}
	}
}

static void an_identifier_that_is_none_is_refused(void **state)
{
	(void)state;
	static uint8_t long_one[200];
	memset(long_one, 1, sizeof(long_one));
	const struct {
		const char *name;
		struct slice oid;
		int rc;
	} cases[] = {
		{ "of nothing", { NULL, 0 }, E_FORMAT },
		{ "whose last part goes on", SLICE("\x2b\x86"), E_SHORT },
		{ "with a padded part", SLICE("\x2b\x80\x01"), E_FORMAT },
		{ "with a part past 32 bits", SLICE("\x2b\x90\x80\x80\x80\0"), E_RANGE },
		{ "of 128 parts", slice_of(long_one, 127), 0 },
		{ "of 129 parts", slice_of(long_one, 128), E_LIMIT },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (beroid_check(cases[i].oid) != cases[i].rc) {
			fail_msg("%s", cases[i].name);
		}
	}
}

/* RFC 1157 as anybody's agent sends it: GET sysUpTime.0, community public. */
#define GET_UPTIME                                                                             \
	SLICE("\x30\x26\2\1\1\4\6public\xa0\x19\2\1\x2a\2\1\0\2\1\0\x30\xe\x30\xc\6\x8" UPTIME \
	      "\5\0")

static void a_request_is_read_field_by_field(void **state)
{
	(void)state;
	struct snmp_msg msg;
	struct snmp_varbind one;
	struct slice get_uptime = GET_UPTIME;
	assert_int_equal(snmp_parse(get_uptime, &msg), 0);
	assert_int_equal(msg.version, SNMP_V2C);
	assert_int_equal(msg.kind, SNMP_GET);
	assert_true(slice_is(msg.community, "public"));
	assert_int_equal(msg.request_id, 42);
	struct rd rd = rd_of(msg.varbinds);
	assert_int_equal(snmp_next(&rd, &one), 1);
	assert_true(slice_eq(one.name, SLICE(UPTIME)));
	assert_int_equal(one.tag, BER_NULL);
	assert_int_equal(snmp_next(&rd, &one), 0);
	/* No prefix of it is taken for the whole, and what is behind it does not matter. */
	for (size_t n = 0; n < get_uptime.n; n++) {
		assert_int_equal(snmp_parse(slice_head(get_uptime, n), &msg), E_SHORT);
	}
}

static void hostile_messages_are_refused(void **state)
{
	(void)state;
	const struct {
		const char *name;
		struct slice wire;
		int rc;
	} cases[] = {
		{ "an indefinite length", SLICE("\x30\x80\2\1\1\0\0"), E_FORMAT },
		{ "a length of five octets", SLICE("\x30\x85\0\0\0\0\1\0"), E_FORMAT },
		{ "a long tag", SLICE("\x3f\1\1"), E_FORMAT },
		{ "version 2 that never was", SLICE("\x30\5\2\1\2\4\0"), E_VERSION },
		{ "an inner length past the end", SLICE("\x30\5\2\1\1\4\x7f"), E_SHORT },
		{ "no PDU known", SLICE("\x30\x9\2\1\1\4\0\xa9\2\5\0"), E_FORMAT },
		{ "a request id past 32 bits", SLICE("\x30\xe\2\1\1\4\0\xa0\7\2\5\x7f\0\0\0\0"),
			E_FORMAT },
	};
	struct snmp_msg msg;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (snmp_parse(cases[i].wire, &msg) != cases[i].rc) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void values_are_read_by_their_type(void **state)
{
	(void)state;
	const struct {
		const char *name;
		uint8_t tag;
		struct slice octets;
		int rc;
		int64_t integer;
		uint64_t count;
	} cases[] = {
		{ "an integer", MIB_INTEGER, SLICE("\xff"), 1, -1, 0 },
		{ "a counter", MIB_COUNTER32, SLICE("\0\x80\0\0\0"), 1, 0, 0x80000000u },
		{ "a counter past its 32 bits", MIB_COUNTER32, SLICE("\1\0\0\0\0"), E_FORMAT, 0,
			0 },
		{ "a counter of 64 bits", MIB_COUNTER64, SLICE("\1\0\0\0\0"), 1, 0,
			0x100000000u },
		{ "an address", MIB_IP_ADDRESS, SLICE("\x7f\0\0\1"), 1, 0, 0 },
		{ "an address of three octets", MIB_IP_ADDRESS, SLICE("\x7f\0\0"), E_FORMAT, 0,
			0 },
		{ "an identifier cut off", MIB_OID, SLICE("\x2b\x86"), E_FORMAT, 0, 0 },
		{ "the end", SNMP_END_OF_MIB_VIEW, SLICE(""), 1, 0, 0 },
		{ "a type that is none", 0x99, SLICE("\1"), E_FORMAT, 0, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_BUF struct buf buf;
		buf_init(&buf, 256);
		struct snmp_msg msg = {
			.version = SNMP_V2C, .kind = SNMP_RESPONSE, .community = SLICE("c")
		};
		struct snmp_writer writer = snmp_begin(&buf, &msg);
		snmp_put(&writer, SLICE(UPTIME), cases[i].tag, cases[i].octets);
		assert_int_equal(snmp_end(&writer), 0);
		assert_int_equal(snmp_parse(buf_slice(&buf), &msg), 0);
		struct rd rd = rd_of(msg.varbinds);
		struct snmp_varbind one = { 0 };
		if (snmp_next(&rd, &one) != cases[i].rc || one.integer != cases[i].integer ||
			one.count != cases[i].count) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void a_trap_of_version_1_comes_back(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 256);
	struct snmp_msg msg = {
		.version = SNMP_V1, .kind = SNMP_TRAP_V1, .community = SLICE("public")
	};
	msg.trap1 = (struct snmp_trap1) { .enterprise = SLICE("\x2b\6\1\4\1\x82\x37"),
		.agent = SLICE("\x7f\1\2\3"),
		.generic = 2,
		.uptime_ticks = 4000000000u };
	struct snmp_writer writer = snmp_begin(&buf, &msg);
	assert_int_equal(snmp_end(&writer), 0);
	struct snmp_msg again;
	assert_int_equal(snmp_parse(buf_slice(&buf), &again), 0);
	assert_int_equal(again.kind, SNMP_TRAP_V1);
	assert_true(slice_eq(again.trap1.enterprise, msg.trap1.enterprise));
	assert_true(slice_eq(again.trap1.agent, msg.trap1.agent));
	assert_int_equal(again.trap1.generic, 2);
	assert_true(again.trap1.uptime_ticks == 4000000000u);
}

/* A discovery's answer, RFC 3414 section 4: engine, boots and time in clear. */
static void the_header_of_version_3_is_read(void **state)
{
	(void)state;
	struct slice report = SLICE(
		"\x30\x5b\2\1\3\x30\xe\2\1\7\2\3\0\xff\xe3\4\1\0\2\1\3"
		"\4\x1a\x30\x18\4\x9\x80\0\x1f\x88\x04"
		"abcd\2\1\5\2\2\1\x2c\4\0\4\0\4\0"
		"\x30\x2a\4\x9\x80\0\x1f\x88\x04"
		"abcd\4\0\xa8\x1b\2\1\7\2\1\0\2\1\0\x30\x10\x30\xe\6\x9\x2b\6\1\6\3\xf\1\1\4\x41\1\1");
	struct snmp_msg msg;
	assert_int_equal(snmp_parse(report, &msg), 0);
	assert_int_equal(msg.version, SNMP_V3);
	assert_int_equal(msg.kind, SNMP_REPORT);
	assert_true(slice_eq(msg.v3.engine_id, SLICE("\x80\0\x1f\x88\x04"
						     "abcd")));
	assert_int_equal(msg.v3.boots, 5);
	assert_int_equal(msg.v3.time_s, 300);
	assert_int_equal(msg.v3.msg_id, 7);
	for (size_t n = 0; n < report.n; n++) {
		assert_true(snmp_parse(slice_head(report, n), &msg) < 0);
	}
}

static void only_values_get_into_a_table(void **state)
{
	(void)state;
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct snmp_varbind one = { .name = SLICE(UPTIME), .tag = SNMP_NO_SUCH_INSTANCE };
	assert_int_equal(snmp_to_table(&one, table), 0);
	one.tag = MIB_TIME_TICKS;
	one.count = 77;
	assert_int_equal(snmp_to_table(&one, table), 1);
	(void)mib_table_seal(table);
	struct oid_room name;
	assert_int_equal(oid_parse(SLICE("1.3.6.1.2.1.1.3.0"), &name), 0);
	const struct mib_value *value = mib_table_get(table, oid_of(&name));
	assert_non_null(value);
	assert_int_equal(value->type, MIB_TIME_TICKS);
	assert_int_equal(value->count, 77);
}

static void a_message_too_long_for_its_buffer_is_not_sent_in_part(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 40);
	struct snmp_msg msg = {
		.version = SNMP_V2C, .kind = SNMP_GET, .community = SLICE("public")
	};
	struct snmp_writer writer = snmp_begin(&buf, &msg);
	snmp_put_name(&writer, SLICE(UPTIME));
	assert_int_equal(snmp_end(&writer), E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_out_in_the_shortest_form_and_come_back),
		cmocka_unit_test(a_counter_is_read_without_a_sign),
		cmocka_unit_test(identifiers_are_ordered_by_their_numbers),
		cmocka_unit_test(an_identifier_that_is_none_is_refused),
		cmocka_unit_test(a_request_is_read_field_by_field),
		cmocka_unit_test(hostile_messages_are_refused),
		cmocka_unit_test(values_are_read_by_their_type),
		cmocka_unit_test(a_trap_of_version_1_comes_back),
		cmocka_unit_test(the_header_of_version_3_is_read),
		cmocka_unit_test(only_values_get_into_a_table),
		cmocka_unit_test(a_message_too_long_for_its_buffer_is_not_sent_in_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
