/* SPDX-License-Identifier: Apache-2.0 */
#include "model/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/asset_key.h"
#include "model/asset_sheet.h"

static const struct {
	const char *text;
	enum check_kind kind;
	int error;
	const char *host;
	uint16_t port;
} cases[] = {
	{ "10.1.2.3", CHECK_ICMP, 0, "10.1.2.3", 0 },
	{ "2001:db8::1", CHECK_ICMP, 0, "2001:db8::1", 0 },
	{ "www.example.edu.cn", CHECK_ICMP, 0, "www.example.edu.cn", 0 },
	{ "教务.cn", CHECK_ICMP, 0, "教务.cn", 0 },
	{ "10.1.2.0/24", CHECK_ICMP, E_FORMAT, NULL, 0 },
	{ "10.1.2.300", CHECK_ICMP, E_FORMAT, NULL, 0 },
	{ "", CHECK_ICMP, E_FORMAT, NULL, 0 },
	{ "a b", CHECK_ICMP, E_FORMAT, NULL, 0 },
	{ "10.1.2.3:22", CHECK_TCP, 0, "10.1.2.3", 22 },
	{ "[2001:db8::1]:22", CHECK_TCP, 0, "2001:db8::1", 22 },
	{ "2001:db8::1", CHECK_TCP, E_FORMAT, NULL, 0 },
	{ "10.1.2.3", CHECK_TCP, E_FORMAT, NULL, 0 },
	{ "10.1.2.3:0", CHECK_TCP, E_RANGE, NULL, 0 },
	{ "10.1.2.3:65536", CHECK_TCP, E_RANGE, NULL, 0 },
	{ "10.1.2.3:", CHECK_TCP, E_FORMAT, NULL, 0 },
	{ "[::1]22", CHECK_TCP, E_FORMAT, NULL, 0 },
	{ "jw.example.edu.cn:443", CHECK_TLS, 0, "jw.example.edu.cn", 443 },
	{ "http://jw.example.edu.cn/a?b#c", CHECK_HTTP, 0, "jw.example.edu.cn", 0 },
	{ "https://[::1]:8443", CHECK_HTTP, 0, "::1", 8443 },
	{ "https://::1/", CHECK_HTTP, E_FORMAT, NULL, 0 },
	{ "https://a:b@jw.example.edu.cn/", CHECK_HTTP, E_FORMAT, NULL, 0 },
	{ "http://jw.example.edu.cn/a b", CHECK_HTTP, E_FORMAT, NULL, 0 },
	{ "http://jw.example.edu.cn/a\r\nHost: x", CHECK_HTTP, E_FORMAT, NULL, 0 },
	{ "ftp://jw.example.edu.cn/", CHECK_HTTP, E_FORMAT, NULL, 0 },
	{ "10.1.0.53", CHECK_DNS, 0, "10.1.0.53", 0 },
	{ "dns.example.edu.cn", CHECK_DNS, E_FORMAT, NULL, 0 },
	{ "10.1.0.53:5353", CHECK_DNS, 0, "10.1.0.53", 5353 },
	{ "load", CHECK_HOST, 0, "load", 0 },
	{ "interface:enp0s31f6", CHECK_HOST, 0, "interface:enp0s31f6", 0 },
	{ "interface:../../etc", CHECK_HOST, E_FORMAT, NULL, 0 },
	{ "interface:", CHECK_HOST, E_FORMAT, NULL, 0 },
	{ "cpu", CHECK_HOST, E_FORMAT, NULL, 0 },
};

static void a_target_has_the_form_of_its_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target target = { 0 };
		int error = target_parse(cases[i].kind, slice_str(cases[i].text), &target);
		if (error != cases[i].error || !slice_is(target.host, cases[i].host) ||
			target.port != cases[i].port) {
			fail_msg("%s: %d, host %.*s, port %u", cases[i].text, error,
				SLICE_FMT(target.host), target.port);
		}
	}
}

static void levels_are_read_as_written(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int level;
	} levels[] = { { "二级", 2 }, { "第三级", 3 }, { "2", 2 }, { "2级", 2 }, { "三", 3 },
		{ "S2A3", 3 }, { "s3a1", 3 }, { "未定级", 0 }, { "", 0 }, { "-", 0 },
		{ "六级", E_FORMAT }, { "6", E_FORMAT }, { "二级以上", E_FORMAT },
		{ "S6A3", E_FORMAT } };
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (mlps_level_parse(slice_str(levels[i].text)) != levels[i].level) {
			fail_msg("%s", levels[i].text);
		}
	}
	for (int level = 0; level <= 5; level++) {
		assert_int_equal(mlps_level_parse(slice_str(mlps_level_text(level))), level);
	}
}

static void days_are_read_as_written(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t day_ms; /* or an error */
	} days[] = { { "", 0 }, { "无", 0 }, { "-", 0 }, { "2027-06-30", 1814347800000 },
		{ "2027-6-30", 1814347800000 }, { "2027/6/30", 1814347800000 },
		{ "2027.6.30", 1814347800000 }, { "20270630", 1814347800000 },
		{ "2027年6月30日", 1814347800000 }, { "2027年6月30", 1814347800000 },
		{ "2027-6-31", E_RANGE }, { "2027-13-1", E_RANGE }, { "20271301", E_RANGE },
		{ "2027-6", E_FORMAT }, { "2027-6-30 0:00", E_FORMAT }, { "六月", E_FORMAT },
		{ "27-6-30", E_RANGE }, { "2027-260-1", E_RANGE }, { "2027063O", E_FORMAT } };
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		int64_t day_ms = -1;
		int error = sheet_day_parse(slice_str(days[i].text), &day_ms);
		bool same = days[i].day_ms < 0 ? error == days[i].day_ms
					       : error == 0 && day_ms == days[i].day_ms;
		if (!same) {
			fail_msg("%s: %d %lld", days[i].text, error, (long long)day_ms);
		}
	}
}

static void keys_have_a_limit(void **state)
{
	(void)state;
	static struct asset_keys keys;
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	struct slice bad = { 0 };
	for (int i = 0; i < ASSET_KEYS_MAX; i++) {
		buf_printf(&text, "10.0.0.%d ", i);
	}
	assert_int_equal(asset_keys_addresses(&keys, buf_slice(&text), &bad), 0);
	assert_int_equal(keys.count, ASSET_KEYS_MAX);
	assert_int_equal(asset_keys_domains(&keys, SLICE("one.more.cn"), &bad), E_LIMIT);
	assert_true(slice_is(bad, "one.more.cn"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_has_the_form_of_its_kind),
		cmocka_unit_test(levels_are_read_as_written),
		cmocka_unit_test(days_are_read_as_written),
		cmocka_unit_test(keys_have_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
