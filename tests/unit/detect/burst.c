/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/burst.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

static const uint8_t seed[16] = { 3 };

#define RULE(window, threshold, quiet)                                                                      \
	SLICE("{\"id\":\"burst-login\",\"class\":\"login.burst\",\"code\":\"login.burst\","                 \
	      "\"match\":{\"action\":\"login_failed\"},\"group\":[\"src_ip\",\"host\"],\"asset\":\"host\"," \
	      "\"window_s\":" window ",\"threshold\":" threshold ",\"quiet_s\":" quiet                      \
	      ",\"severity\":\"major\"}")

struct seen {
	unsigned firing;
	unsigned resolved;
	struct buf text; /* every signal as JSON, a line each */
};

static void on_signal(void *context, const struct signal *signal)
{
	struct seen *seen = context;
	seen->firing += signal->state == SIGNAL_FIRING;
	seen->resolved += signal->state == SIGNAL_RESOLVED;
	signal_put_json(&seen->text, signal);
	buf_put_byte(&seen->text, '\n');
}

static struct burst *make(struct slice rule, size_t keys)
{
	struct burst *burst = NULL;
	struct diag diag = { 0 };
	if (burst_create(rule, seed, keys, &burst, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	return burst;
}

static void feed(struct burst *burst, struct seen *seen, const char *ip, int64_t at_ms)
{
	char fields[200];
	int n = snprintf(
		fields, sizeof(fields), "{\"action\":\"login_failed\",\"src_ip\":\"%s\"}", ip);
	struct log_row row = { .ts_ms = 1,
		.recv_ms = at_ms,
		.source = SLICE("192.0.2.1"),
		.host = SLICE("web1"),
		.fields = slice_of(fields, (size_t)n) };
	burst_row(burst, &row, &(struct burst_sink) { on_signal, seen });
}

static const struct {
	const char *name;
	int rows;
	int64_t step_ms;
	unsigned firing;
} cases[] = {
	{ "one under the threshold stays silent", 9, 1000, 0 },
	{ "the tenth within a minute fires once", 10, 1000, 1 },
	{ "a long burst still fires once", 500, 100, 1 },
	{ "ten in exactly the window fire", 10, 6666, 1 },
	{ "ten slower than the window stay silent", 100, 6700, 0 },
};

static void the_window_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen seen = { 0 };
		buf_init(&seen.text, 65536);
		struct burst *burst = make(RULE("60", "10", "300"), 0);
		for (int k = 0; k < cases[i].rows; k++) {
			feed(burst, &seen, "10.0.0.1", 1000000 + k * cases[i].step_ms);
		}
		if (seen.firing != cases[i].firing) {
			fail_msg("%s: %u", cases[i].name, seen.firing);
		}
		int64_t last_ms = 1000000 + (cases[i].rows - 1) * cases[i].step_ms;
		struct burst_sink sink = { on_signal, &seen };
		burst_tick(burst, last_ms + 300000, &sink);
		assert_int_equal(seen.resolved, 0);
		burst_tick(burst, last_ms + 300001, &sink);
		assert_int_equal(seen.resolved, cases[i].firing);
		assert_int_equal(burst_counters(burst).keys, 0);
		buf_fini(&seen.text);
		(void)burst_destroy(burst);
	}
}

static void a_signal_names_asset_evidence_and_one_dedup_key(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	buf_init(&seen.text, 65536);
	struct burst *burst = make(RULE("60", "3", "60"), 0);
	for (int k = 0; k < 3; k++) {
		feed(burst, &seen, "10.0.0.1", 5000 + k);
	}
	burst_tick(burst, 1000000, &(struct burst_sink) { on_signal, &seen });
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct slice first = { 0 };
	struct slice rest = { 0 };
	assert_true(slice_cut(buf_slice(&seen.text), '\n', &first, &rest));
	struct signal a = { 0 };
	struct signal b = { 0 };
	assert_int_equal(signal_parse(arena, first, &a, NULL), 0);
	assert_int_equal(signal_parse(arena, slice_trim(rest), &b, NULL), 0);
	assert_true(a.state == SIGNAL_FIRING && b.state == SIGNAL_RESOLVED);
	assert_true(slice_eq(a.dedup_key, b.dedup_key) && a.dedup_key.n > 0);
	assert_true(slice_is(a.asset_key, "web1"));
	assert_true(a.evidence.from_ms == 5000 && a.evidence.to_ms == 5002);
	assert_true(slice_is(a.evidence.filter,
		"{\"action\":\"login_failed\",\"src_ip\":\"10.0.0.1\",\"host\":\"web1\"}"));
	assert_true(slice_is(a.args,
		"{\"src_ip\":\"10.0.0.1\",\"host\":\"web1\",\"count\":3,\"window_s\":60}"));
	assert_int_equal(a.severity, ALERT_SEVERITY_MAJOR);
	struct signal c = { 0 };
	assert_int_equal(signal_parse(arena, SLICE("{\"source\":\"x\"}"), &c, NULL), E_INPUT);
	buf_fini(&seen.text);
	(void)burst_destroy(burst);
}

static void groups_past_the_limit_push_out_the_most_silent(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	buf_init(&seen.text, 1 << 20);
	struct burst *burst = make(RULE("60", "2", "600"), 100);
	char ip[32];
	feed(burst, &seen, "10.9.9.9", 1);
	feed(burst, &seen, "10.9.9.9", 1);
	for (int k = 0; k < 250; k++) {
		(void)snprintf(ip, sizeof(ip), "10.0.%d.%d", k / 250, k);
		feed(burst, &seen, ip, 10 + k);
	}
	struct burst_counters counters = burst_counters(burst);
	assert_int_equal(counters.keys, 100);
	assert_int_equal(counters.evicted, 151);
	assert_int_equal(counters.evicted_firing, 1);
	assert_int_equal(seen.firing, 1);
	assert_int_equal(seen.resolved, 1);
	buf_fini(&seen.text);
	(void)burst_destroy(burst);
}

static void the_same_rows_give_the_same_signals(void **state)
{
	(void)state;
	struct seen seen[2] = { 0 };
	for (size_t run = 0; run < 2; run++) {
		buf_init(&seen[run].text, 1 << 20);
		struct burst *burst = make(RULE("60", "5", "90"), 50);
		uint32_t random = 7;
		char ip[32];
		for (int k = 0; k < 5000; k++) {
			random = random * 1664525u + 1013904223u;
			(void)snprintf(ip, sizeof(ip), "10.0.0.%u",
				(random >> 20) % 60 * ((random >> 12) % 2));
			feed(burst, &seen[run], ip, 1000000 + k * 900);
		}
		(void)burst_destroy(burst);
	}
	assert_true(seen[0].firing > 3);
	assert_true(slice_eq(buf_slice(&seen[0].text), buf_slice(&seen[1].text)));
	buf_fini(&seen[0].text);
	buf_fini(&seen[1].text);
}

static void other_rows_and_a_clock_set_back_do_no_harm(void **state)
{
	(void)state;
	struct seen seen = { 0 };
	buf_init(&seen.text, 65536);
	struct burst *burst = make(RULE("60", "2", "60"), 0);
	struct burst_sink sink = { on_signal, &seen };
	static const char *const odd[] = { "", "{", "{\"action\":\"login_ok\"}",
		"{\"action\":\"login_failed\"}", "{\"x\":\"login_failed\"}",
		"{\"action\":\"login_failed\",\"src_ip\":\"a\\u0000b\"}" };
	for (size_t i = 0; i < 12; i++) {
		struct log_row row = {
			.recv_ms = 100, .host = SLICE("h"), .fields = slice_str(odd[i % 6])
		};
		burst_row(burst, &row, &sink);
	}
	assert_int_equal(burst_counters(burst).matched, 0);
	feed(burst, &seen, "10.0.0.1", 500000);
	feed(burst, &seen, "10.0.0.1", 1000);
	assert_int_equal(seen.firing, 1);
	buf_fini(&seen.text);
	(void)burst_destroy(burst);
}

static void a_rule_outside_its_limits_is_refused(void **state)
{
	(void)state;
	struct burst *burst = NULL;
	struct diag diag = { 0 };
	assert_int_equal(
		burst_create(RULE("60", "257", "60"), seed, 0, &burst, &diag), E_INPUT);
	assert_int_equal(burst_create(RULE("60", "1", "60"), seed, 0, &burst, &diag), E_INPUT);
	assert_int_equal(burst_create(RULE("60", "5", "59"), seed, 0, &burst, &diag), E_INPUT);
	assert_true(burst_create(SLICE("{"), seed, 0, &burst, &diag) < 0);
	assert_null(burst);
}

static void the_shipped_rule_loads(void **state)
{
	(void)state;
	char path[4096];
	char json[4096];
	(void)snprintf(
		path, sizeof(path), "%s/rules/burst-login.json", getenv("FENGSUI_SOURCE"));
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t n = fread(json, 1, sizeof(json), file);
	(void)fclose(file);
	(void)burst_destroy(make(slice_of(json, n), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_decides),
		cmocka_unit_test(a_signal_names_asset_evidence_and_one_dedup_key),
		cmocka_unit_test(groups_past_the_limit_push_out_the_most_silent),
		cmocka_unit_test(the_same_rows_give_the_same_signals),
		cmocka_unit_test(other_rows_and_a_clock_set_back_do_no_harm),
		cmocka_unit_test(a_rule_outside_its_limits_is_refused),
		cmocka_unit_test(the_shipped_rule_loads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
