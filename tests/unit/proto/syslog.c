/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/syslog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/utf8.h"
#include "proto/syslog_json.h"

/* 2026-03-01T00:00:00Z */
static const struct syslog_context context = { INT64_C(1772323200000), 480 };

static const struct {
	const char *name;
	const char *line;
	int result;
	const char *json;
} cases[] = {
	{ "RFC 5424 with structured data, a list and escapes",
		"<165>1 2003-10-11T22:14:15.003Z h.example.com app 77 ID47 [e@1 ip=\"1\" "
		"ip=\"2\" q=\"a\\\"\\]\\\\\\n\"][o] hi",
		0,
		"{\"ts\":\"2003-10-11T22:14:15.003Z\",\"host\":\"h.example.com\",\"app\":"
		"\"app\",\"pid\":\"77\","
		"\"msgid\":\"ID47\",\"facility\":20,\"severity\":5,\"msg\":\"hi\",\"sd\":{\"e@"
		"1\":{\"ip\":[\"1\",\"2\"],"
		"\"q\":\"a\\\"]\\\\\\\\n\"},\"o\":{}},\"format\":\"rfc5424\"}" },
	{ "RFC 5424 of nothing but nils", "<0>1 - - - - - -", 0,
		"{\"facility\":0,\"severity\":0,\"msg\":\"\",\"format\":\"rfc5424\"}" },
	{ "the byte order mark goes", "<14>1 - - - - - - \xef\xbb\xbf中文", 0,
		"{\"facility\":1,\"severity\":6,\"msg\":\"中文\",\"format\":\"rfc5424\"}" },
	{ "a zone counts", "<14>1 2026-01-01T08:00:00+08:00 - - - - - x", 0,
		"{\"ts\":\"2026-01-01T00:00:00.000Z\",\"facility\":1,\"severity\":6,\"msg\":"
		"\"x\","
		"\"format\":\"rfc5424\"}" },
	{ "29 February of a common year is refused",
		"<101>12 2018-02-29T22:14:16+01:00 - - - - - x", E_FORMAT,
		"{\"facility\":12,\"severity\":5,\"msg\":\"2018-02-29T22:14:16+01:00 - - - - -"
		" x\",\"format\":\"rfc5424\"}" },
	{ "an app name of 49 octets is refused",
		"<1>1 - h aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa - - - m", E_FORMAT,
		NULL },
	{ "structured data not ended is refused", "<1>1 - - - - - [a b=\"c", E_FORMAT, NULL },
	{ "a priority over 191 is refused", "<192>x", E_FORMAT,
		"{\"msg\":\"<192>x\",\"format\":\"raw\"}" },
	{ "an empty message is refused", "\r\n", E_FORMAT, NULL },
	{ "RFC 3164 takes the year from our clock, and last year's December",
		"<34>Dec 31 23:59:59 gw su[12]: 'su root' failed", 0,
		"{\"ts\":\"2025-12-31T15:59:59.000Z\",\"host\":\"gw\",\"app\":\"su\",\"pid\":"
		"\"12\",\"facility\":4,"
		"\"severity\":2,\"msg\":\"'su root' failed\",\"format\":\"rfc3164\"}" },
	{ "a clock some hours ahead stays in this year", "<34>Mar  1 18:00:00 gw x: y", 0,
		"{\"ts\":\"2026-03-01T10:00:00.000Z\",\"host\":\"gw\",\"app\":\"x\","
		"\"facility\":4,\"severity\":2,"
		"\"msg\":\"y\",\"format\":\"rfc3164\"}" },
	{ "29 February finds a leap year", "<34>Feb 29 08:00:00 gw x: y", 0,
		"{\"ts\":\"2024-02-29T00:00:00.000Z\",\"host\":\"gw\",\"app\":\"x\","
		"\"facility\":4,\"severity\":2,"
		"\"msg\":\"y\",\"format\":\"rfc3164\"}" },
	{ "no host before the tag", "<13>Jan  2 03:04:05 cron[9]: run", 0,
		"{\"ts\":\"2026-01-01T19:04:05.000Z\",\"app\":\"cron\",\"pid\":\"9\","
		"\"facility\":1,\"severity\":5,"
		"\"msg\":\"run\",\"format\":\"rfc3164\"}" },
	{ "no priority, as in a file", "Jan  2 03:04:05 h sshd(pam_unix)[9]: x", 0,
		"{\"ts\":\"2026-01-01T19:04:05.000Z\",\"host\":\"h\",\"app\":\"sshd(pam_unix)"
		"\",\"pid\":\"9\","
		"\"msg\":\"x\",\"format\":\"rfc3164\"}" },
	{ "ISO time without version", "<13>2026-01-02T03:04:05.5+08:00 h a: b", 0,
		"{\"ts\":\"2026-01-01T19:04:05.500Z\",\"host\":\"h\",\"app\":\"a\","
		"\"facility\":1,\"severity\":5,"
		"\"msg\":\"b\",\"format\":\"rfc3164\"}" },
	{ "Cisco with sequence and a clock never set",
		"<189>45: core1: *Mar  1 2026 08:00:00.123 UTC: %SYS-5-CONFIG_I: Configured", 0,
		"{\"ts\":\"2026-03-01T08:00:00.123Z\",\"host\":\"core1\",\"app\":\"SYS\","
		"\"msgid\":\"CONFIG_I\","
		"\"facility\":23,\"severity\":5,\"msg\":\"Configured\",\"format\":\"rfc3164\","
		"\"vendor\":\"cisco\"}" },
	{ "Cisco ASA without a time", "<166>%ASA-6-302013: Built", 0,
		"{\"app\":\"ASA\",\"msgid\":\"302013\",\"facility\":20,\"severity\":6,\"msg\":"
		"\"Built\","
		"\"format\":\"rfc3164\",\"vendor\":\"cisco\"}" },
	{ "Ruijie puts the host behind the time",
		"<189>Mar  1 2026 08:00:00: RSR20 %LINK-3-UPDOWN: down", 0,
		"{\"ts\":\"2026-03-01T00:00:00.000Z\",\"host\":\"RSR20\",\"app\":\"LINK\","
		"\"msgid\":\"UPDOWN\","
		"\"facility\":23,\"severity\":5,\"msg\":\"down\",\"format\":\"rfc3164\","
		"\"vendor\":\"ruijie\"}" },
	{ "Huawei has the year inside",
		"<189>Apr 19 2019 13:57:13 SW %%01SHELL/5/CMDRECORD(s)[10]:Recorded", 0,
		"{\"ts\":\"2019-04-19T05:57:13.000Z\",\"host\":\"SW\",\"app\":\"SHELL\","
		"\"msgid\":\"CMDRECORD\","
		"\"facility\":23,\"severity\":5,\"msg\":\"Recorded\",\"format\":\"rfc3164\","
		"\"vendor\":\"huawei\"}" },
	{ "H3C has the year behind",
		"<189>Dec  4 17:42:33 2019 H3C %%10SHELL/5/SHELL_LOGOUT: x logged out", 0,
		"{\"ts\":\"2019-12-04T09:42:33.000Z\",\"host\":\"H3C\",\"app\":\"SHELL\","
		"\"msgid\":\"SHELL_LOGOUT\","
		"\"facility\":23,\"severity\":5,\"msg\":\"x logged "
		"out\",\"format\":\"rfc3164\",\"vendor\":\"h3c\"}" },
	{ "GB18030 becomes UTF-8", "<13>\xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc", 0,
		"{\"facility\":1,\"severity\":5,\"msg\":\"登录失败\",\"format\":\"rfc3164\"}" },
	{ "octets of no charset are replaced", "<13>a\xff", 0,
		"{\"facility\":1,\"severity\":5,\"msg\":\"a\xef\xbf\xbd\",\"format\":"
		"\"rfc3164\"}" },
	{ "a line of no form is kept raw", "hello: world", 0,
		"{\"msg\":\"hello: world\",\"format\":\"raw\"}" },
};

static void each_form_is_read(void **state)
{
	(void)state;
	assert_int_equal(gb18030_init(), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_BUF struct buf json;
		buf_init(&json, 65536);
		struct syslog_msg msg = { 0 };
		struct diag diag = { 0 };
		int result =
			syslog_parse(arena, slice_str(cases[i].line), &context, &msg, &diag);
		if (result != cases[i].result) {
			fail_msg("%s: gave %d, %s", cases[i].name, result, diag.text);
		}
		assert_true(result == 0 || diag.text[0] != '\0');
		syslog_put_json(&json, &msg, NULL, (struct slice) { 0 });
		if (cases[i].json != NULL && !slice_is(buf_slice(&json), cases[i].json)) {
			fail_msg("%s: gave %s", cases[i].name, (const char *)json.p);
		}
	}
}

static void parameters_past_the_limit_are_counted(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf line;
	buf_init(&line, 65536);
	buf_put_str(&line, "<1>1 - - - - - [x");
	for (int i = 0; i < SYSLOG_SD_MAX + 5; i++) {
		buf_put_str(&line, " a=\"\"");
	}
	buf_put_str(&line, "] m");
	struct syslog_msg msg = { 0 };
	assert_int_equal(syslog_parse(arena, buf_slice(&line), &context, &msg, NULL), 0);
	assert_int_equal(msg.param_count, SYSLOG_SD_MAX);
	assert_int_equal(msg.params_refused, 5);
	assert_true(slice_is(msg.msg, "m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_read),
		cmocka_unit_test(parameters_past_the_limit_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
