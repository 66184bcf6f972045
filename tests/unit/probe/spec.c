/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/spec.h"

#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"

/* The rest of a check around what a case is about. */
static int read_check(struct arena *arena, const char *middle, struct spec_item *ret_item)
{
	char text[2048];
	const struct json *root = NULL;
	struct diag diag = { 0 };
	int n = snprintf(text, sizeof(text),
		"{\"id\":7,\"name\":\"x\",\"severity\":\"major\",%s}", middle);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	assert_int_equal(
		json_parse(arena, arena_dup(arena, slice_of(text, (size_t)n)), 0, &root, NULL),
		0);
	int error = spec_read(arena, root, ret_item, &diag);
	assert_true(error == 0 || (error == E_INPUT && diag.text[0] != '\0'));
	return error;
}

static void targets_of_every_kind_are_read(void **state)
{
	static const struct {
		const char *name;
		const char *json;
		const char *host;
		const char *path;
		int family; /* 0 = a name to resolve */
		int port;
		bool tls;
	} cases[] = {
		{ "an address is pinged", "\"kind\":\"icmp\",\"target\":\"10.0.0.1\"",
			"10.0.0.1", NULL, 4, 0, false },
		{ "a name is pinged", "\"kind\":\"icmp\",\"target\":\"gw.example\"",
			"gw.example", NULL, 0, 0, false },
		{ "a bare IPv6 address keeps its colons",
			"\"kind\":\"icmp\",\"target\":\"2001:db8::1\"", "2001:db8::1", NULL, 6,
			0, false },
		{ "a port follows the host", "\"kind\":\"tcp\",\"target\":\"db.example:5432\"",
			"db.example", NULL, 0, 5432, false },
		{ "an IPv6 port follows brackets", "\"kind\":\"tcp\",\"target\":\"[::1]:22\"",
			"::1", NULL, 6, 22, false },
		{ "a URL is cut up",
			"\"kind\":\"http\",\"target\":\"http://www.example/a/b?c=d#e\"",
			"www.example", "/a/b?c=d", 0, 0, false },
		{ "https asks for TLS",
			"\"kind\":\"http\",\"target\":\"https://[2001:db8::2]:8443\"",
			"2001:db8::2", NULL, 6, 8443, true },
		{ "a query without path gets one",
			"\"kind\":\"http\",\"target\":\"http://h?x=1\"", "h", "/?x=1", 0, 0,
			false },
		{ "TLS has a usual port", "\"kind\":\"tls\",\"target\":\"mail.example\"",
			"mail.example", NULL, 0, 443, false },
		{ "a resolver may have a port",
			"\"kind\":\"dns\",\"target\":\"10.0.0.53:5353\",\"params\":{\"name\":\"a.example\"}",
			"10.0.0.53", NULL, 4, 5353, false },
		{ "a plugin's target may do without a port",
			"\"kind\":\"plugin\",\"target\":\"10.0.0.1\",\"params\":{\"plugin\":\"check_x\"}",
			"10.0.0.1", NULL, 4, 0, false },
		{ "or have one",
			"\"kind\":\"plugin\",\"target\":\"h:99\",\"params\":{\"plugin\":\"check_x\"}",
			"h", NULL, 0, 99, false },
		{ "this machine has no host", "\"kind\":\"host\",\"target\":\"interface:eth0\"",
			"", "interface:eth0", 0, 0, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct spec_item item = { 0 };
		print_message("%s\n", cases[i].name);
		assert_int_equal(read_check(arena, cases[i].json, &item), 0);
		assert_true(slice_is(item.host, cases[i].host));
		assert_int_equal(item.spec.addr.family, cases[i].family);
		assert_int_equal(item.spec.port, cases[i].port);
		assert_int_equal(item.spec.use_tls, cases[i].tls);
		assert_true(slice_is(
			slice_str(item.spec.path), cases[i].path != NULL ? cases[i].path : ""));
		assert_int_equal(item.spec.id, 7);
		assert_int_equal(item.severity, ALERT_SEVERITY_MAJOR);
	}
}

static void what_cannot_be_probed_is_refused(void **state)
{
	static const struct {
		const char *name;
		const char *json;
	} cases[] = {
		{ "an unknown kind", "\"kind\":\"smoke\",\"target\":\"x\"" },
		{ "no target", "\"kind\":\"icmp\"" },
		{ "a port for a ping", "\"kind\":\"icmp\",\"target\":\"h:80\"" },
		{ "no port for TCP", "\"kind\":\"tcp\",\"target\":\"h\"" },
		{ "port 0", "\"kind\":\"tcp\",\"target\":\"h:0\"" },
		{ "a port past the last", "\"kind\":\"tcp\",\"target\":\"h:65536\"" },
		{ "brackets left open", "\"kind\":\"tcp\",\"target\":\"[::1:22\"" },
		{ "another scheme", "\"kind\":\"http\",\"target\":\"ftp://h/\"" },
		{ "a user in a URL", "\"kind\":\"http\",\"target\":\"http://user@h/\"" },
		{ "a space in a name", "\"kind\":\"icmp\",\"target\":\"a b\"" },
		{ "a NUL in a name", "\"kind\":\"icmp\",\"target\":\"a\\u0000b\"" },
		{ "dns without a question", "\"kind\":\"dns\",\"target\":\"10.0.0.53\"" },
		{ "a record type nobody knows",
			"\"kind\":\"dns\",\"target\":\"10.0.0.53\",\"params\":{\"name\":\"a\",\"type\":\"WHAT\"}" },
		{ "a plugin without a name", "\"kind\":\"plugin\",\"target\":\"10.0.0.1\"" },
		{ "an item this machine has not", "\"kind\":\"host\",\"target\":\"mood\"" },
		{ "an interface without name", "\"kind\":\"host\",\"target\":\"interface:\"" },
		{ "a status that is none",
			"\"kind\":\"http\",\"target\":\"http://h\",\"params\":{\"status\":1000}" },
		{ "a number as text",
			"\"kind\":\"icmp\",\"target\":\"h\",\"params\":{\"timeout_ms\":\"5\"}" },
		{ "an interval below the least",
			"\"kind\":\"icmp\",\"target\":\"h\",\"interval_s\":0.1" },
		{ "an interval past the most",
			"\"kind\":\"icmp\",\"target\":\"h\",\"interval_s\":86401" },
		{ "too many retries", "\"kind\":\"icmp\",\"target\":\"h\",\"retries\":16" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct spec_item item = { 0 };
		print_message("%s\n", cases[i].name);
		assert_int_equal(read_check(arena, cases[i].json, &item), E_INPUT);
	}
}

static void params_reach_the_kind_they_are_for(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct spec_item item = { 0 };
	(void)state;
	assert_int_equal(
		read_check(arena,
			"\"kind\":\"http\",\"target\":\"https://h\",\"interval_s\":0.2,\"retries\":2,"
			"\"params\":{\"expect\":\"学校\","
			"\"status\":204,\"host_header\":\"w\",\"warn_days\":9,\"accept_untrusted\":true,\"warn_ms\":300,"
			"\"rcode\":3,\"window\":5,\"else\":1}",
			&item),
		0);
	assert_string_equal(item.spec.expect_text, "学校");
	assert_string_equal(item.spec.host_header, "w");
	assert_int_equal(item.spec.expect_status, 204); /* rcode is another kind's */
	assert_int_equal(item.spec.warn_days, 9);
	assert_true(item.spec.accept_untrusted);
	assert_int_equal(item.spec.warn_latency_ms, 300);
	assert_int_equal(item.spec.interval_ms, 200);
	assert_int_equal(item.spec.retries, 2);
	assert_int_equal(item.spec.window, 5);
	assert_int_equal(
		read_check(arena,
			"\"kind\":\"dns\",\"target\":\"::1\",\"params\":{\"name\":\"n.example\",\"type\":\"AAAA\","
			"\"expect\":\"::2\","
			"\"rcode\":3,\"ad\":true}",
			&item),
		0);
	assert_string_equal(item.spec.query_name, "n.example");
	assert_string_equal(item.spec.expect_text, "::2");
	assert_int_equal(item.spec.dns_type, 28);
	assert_int_equal(item.spec.expect_status, 3);
	assert_true(item.spec.want_ad);
	assert_int_equal(
		read_check(arena,
			"\"kind\":\"host\",\"target\":\"disk\",\"params\":{\"warn\":80,\"bad\":90}",
			&item),
		0);
	assert_int_equal(item.spec.warn_level, 80);
	assert_int_equal(item.spec.bad_level, 90);
}

static void a_long_name_is_cut_at_a_character(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct spec_item item = { 0 };
	AUTO_BUF struct buf json;
	(void)state;
	buf_init(&json, 1024);
	buf_put_str(&json, "\"kind\":\"icmp\",\"target\":\"h\",\"name\":\"\\n");
	for (int i = 0; i < 100; i++) {
		buf_put_str(&json, "网");
	}
	buf_put_str(&json, "\"");
	assert_int_equal(read_check(arena, (const char *)json.p, &item), 0);
	assert_int_equal(item.name.n, 1 + 66 * 3); /* 200 octets would end inside a character */
	assert_int_equal(item.name.p[0], ' ');
}

/* Results lie on the stack: what lay there before must not speak. */
static void a_result_begins_with_nothing_of_the_last_one(void **state)
{
	(void)state;
	struct check_spec spec = { .id = 9 };
	struct check_result result;
	memset(&result, 1, sizeof(result));
	check_result_init(&result, &spec, 5);
	assert_false(result.repeated);
	assert_int_equal(result.arg_count + result.perf_count + result.args_refused, 0);
	assert_int_equal(result.latency_us, -1);
	assert_int_equal(result.state, CHECK_UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_of_every_kind_are_read),
		cmocka_unit_test(what_cannot_be_probed_is_refused),
		cmocka_unit_test(params_reach_the_kind_they_are_for),
		cmocka_unit_test(a_long_name_is_cut_at_a_character),
		cmocka_unit_test(a_result_begins_with_nothing_of_the_last_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
