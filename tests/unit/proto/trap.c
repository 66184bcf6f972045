/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/trap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "proto/mib_table.h"

#define UPTIME SLICE("\x2b\6\1\2\1\1\3\0")
#define TRAP_OID SLICE("\x2b\6\1\6\3\1\1\4\1\0")
#define LINK_DOWN SLICE("\x2b\6\1\6\3\1\1\5\3")
#define IF_INDEX_7 SLICE("\x2b\6\1\2\1\2\2\1\1\7")

static void put_json(struct buf *text, const struct trap *trap)
{
	struct jw jw;
	jw_init(&jw, text);
	jw_object(&jw);
	assert_int_equal(trap_put_json(&jw, trap), 0);
	jw_end(&jw);
}

static void make(struct buf *wire, enum snmp_kind kind, bool turned)
{
	struct snmp_msg msg = {
		.version = SNMP_V2C, .kind = kind, .community = SLICE("s3cret"), .request_id = 9
	};
	struct snmp_writer writer = snmp_begin(wire, &msg);
	if (!turned) {
		snmp_put(&writer, UPTIME, MIB_TIME_TICKS, SLICE("\x30\x39"));
	}
	snmp_put(&writer, TRAP_OID, MIB_OID, LINK_DOWN);
	if (turned) {
		snmp_put(&writer, UPTIME, MIB_TIME_TICKS, SLICE("\x30\x39"));
	}
	snmp_put(&writer, IF_INDEX_7, MIB_INTEGER, SLICE("\7"));
	assert_int_equal(snmp_end(&writer), 0);
}

static void a_trap_of_version_2_is_read(void **state)
{
	(void)state;
	for (int turned = 0; turned < 2; turned++) {
		struct trap trap;
		AUTO_BUF struct buf wire;
		AUTO_BUF struct buf text;
		buf_init(&wire, 512);
		buf_init(&text, 4096);
		make(&wire, SNMP_TRAP_V2, turned != 0);
		assert_int_equal(trap_parse(buf_slice(&wire), &trap), 0);
		assert_string_equal(trap_name(oid_of(&trap.oid)), "linkDown");
		assert_int_equal(trap_if_index(&trap), 7);
		assert_int_equal(trap.uptime_ticks, 12345);
		put_json(&text, &trap);
		assert_string_equal((const char *)text.p,
			"{\"version\":\"2c\",\"community\":\"***\",\"community_known\":false,\"inform\":false,"
			"\"trap\":\"1.3.6.1.6.3.1.1.5.3\",\"name\":\"linkDown\",\"uptime\":12345,\"varbinds\":["
			"{\"oid\":\"1.3.6.1.2.1.2.2.1.1.7\",\"type\":\"Integer32\",\"value\":7}]}");
	}
}

static void traps_of_version_1_get_the_names_of_version_2(void **state)
{
	(void)state;
	const struct {
		int32_t generic;
		int32_t specific;
		const char *oid;
	} cases[] = {
		{ 0, 0, "1.3.6.1.6.3.1.1.5.1" },
		{ 2, 0, "1.3.6.1.6.3.1.1.5.3" },
		{ 5, 0, "1.3.6.1.6.3.1.1.5.6" },
		{ 6, 4711, "1.3.6.1.4.1.2011.0.4711" },
		{ 99, 1, "1.3.6.1.4.1.2011.0.1" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trap trap;
		AUTO_BUF struct buf wire;
		AUTO_BUF struct buf text;
		buf_init(&wire, 512);
		buf_init(&text, 256);
		struct snmp_msg msg = {
			.version = SNMP_V1, .kind = SNMP_TRAP_V1, .community = SLICE("public")
		};
		msg.trap1 = (struct snmp_trap1) { .enterprise = SLICE("\x2b\6\1\4\1\x8f\x5b"),
			.agent = SLICE("\x7f\1\2\3"),
			.generic = cases[i].generic,
			.specific = cases[i].specific };
		struct snmp_writer writer = snmp_begin(&wire, &msg);
		assert_int_equal(snmp_end(&writer), 0);
		assert_int_equal(trap_parse(buf_slice(&wire), &trap), 0);
		oid_put(&text, oid_of(&trap.oid));
		assert_string_equal((const char *)text.p, cases[i].oid);
		buf_clear(&text);
		text.max = 4096;
		put_json(&text, &trap);
		assert_true(slice_find(buf_slice(&text), SLICE("\"agent\":\"127.1.2.3\"")) !=
			    SIZE_MAX);
		assert_true(slice_find(buf_slice(&text), SLICE("\"community_known\":true")) !=
			    SIZE_MAX);
		assert_true(slice_find(buf_slice(&text), SLICE("public")) == SIZE_MAX);
	}
}

static void an_inform_is_answered_with_what_it_said(void **state)
{
	(void)state;
	struct trap trap;
	struct snmp_msg reply;
	AUTO_BUF struct buf wire;
	AUTO_BUF struct buf answer;
	buf_init(&wire, 512);
	buf_init(&answer, 512);
	make(&wire, SNMP_INFORM, false);
	assert_int_equal(trap_parse(buf_slice(&wire), &trap), 0);
	assert_true(trap.is_inform);
	assert_int_equal(trap_put_answer(&answer, &trap), 0);
	assert_int_equal(snmp_parse(buf_slice(&answer), &reply), 0);
	assert_int_equal(reply.kind, SNMP_RESPONSE);
	assert_int_equal(reply.request_id, 9);
	assert_true(slice_eq(reply.varbinds, trap.msg.varbinds));
}

static void what_is_no_trap_is_refused(void **state)
{
	(void)state;
	struct trap trap;
	AUTO_BUF struct buf wire;
	buf_init(&wire, 512);
	struct snmp_msg msg = { .version = SNMP_V2C, .kind = SNMP_GET };
	struct snmp_writer writer = snmp_begin(&wire, &msg);
	snmp_put_name(&writer, UPTIME);
	assert_int_equal(snmp_end(&writer), 0);
	assert_int_equal(trap_parse(buf_slice(&wire), &trap), E_UNSUPPORTED);
	/* One that does not say which trap it is. */
	buf_clear(&wire);
	msg.kind = SNMP_TRAP_V2;
	writer = snmp_begin(&wire, &msg);
	snmp_put(&writer, UPTIME, MIB_TIME_TICKS, SLICE("\1"));
	assert_int_equal(snmp_end(&writer), 0);
	assert_int_equal(trap_parse(buf_slice(&wire), &trap), E_FORMAT);
	assert_int_equal(trap_parse(SLICE("\x30\3\2\1\1"), &trap), E_SHORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trap_of_version_2_is_read),
		cmocka_unit_test(traps_of_version_1_get_the_names_of_version_2),
		cmocka_unit_test(an_inform_is_answered_with_what_it_said),
		cmocka_unit_test(what_is_no_trap_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
