/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/plugin_output.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static struct plugin_output output;

static void ranges_alert_where_they_should(void **state)
{
	static const struct {
		const char *text;
		int error;
		double good;
		double bad;
	} cases[] = {
		{ "10", 0, 10, 10.5 },
		{ "10", 0, 0, -1 },
		{ "10:", 0, 1e9, 9.9 },
		{ "~:10", 0, -1e9, 11 },
		{ "10:20", 0, 20, 21 },
		{ "10:20", 0, 10, 9 },
		{ "@10:20", 0, 9, 10 },
		{ "@10:20", 0, 21, 20 },
		{ "-5.5:-1", 0, -3, 0 },
		{ "@~:0", 0, 1, 0 },
		{ "", E_FORMAT, 0, 0 },
		{ "@", E_FORMAT, 0, 0 },
		{ "20:10", E_FORMAT, 0, 0 },
		{ "a:10", E_FORMAT, 0, 0 },
		{ "10:20:30", E_FORMAT, 0, 0 },
		{ "1e999", E_FORMAT, 0, 0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plugin_range range = { 0 };
		int error = plugin_range_parse(slice_str(cases[i].text), &range);
		if (error != cases[i].error) {
			fail_msg("%s: %d", cases[i].text, error);
		}
		if (error == 0 && (plugin_range_alerts(&range, cases[i].good) ||
					  !plugin_range_alerts(&range, cases[i].bad))) {
			fail_msg("%s alerts at the wrong place", cases[i].text);
		}
	}
	const struct plugin_range none = { 0 };
	assert_false(plugin_range_alerts(&none, 5));
}

static void one_measurement_is_read_whole_or_not(void **state)
{
	static const struct {
		const char *name;
		const char *perf;
		const char *label; /* NULL = it is refused */
		double value;
		const char *uom;
		bool has_min;
		bool has_max;
	} cases[] = {
		{ "all fields", "time=0.004s;1;2;0;10", "time", 0.004, "s", true, true },
		{ "a value alone", "load=1", "load", 1, "", false, false },
		{ "a quoted label with room and a quote", "'my ''c:\\'' disk=1'=3MB",
			"my 'c:\\' disk=1", 3, "MB", false, false },
		{ "empty fields", "x=1%;;;;100", "x", 1, "%", false, true },
		{ "a counter", "packets=18446744073709551615c", "packets",
			18446744073709551615.0, "c", false, false },
		{ "a negative fraction", "t=-.5", "t", -0.5, "", false, false },
		{ "an exponent", "t=1e3B", "t", 1000, "B", false, false },
		{ "a label of another script", "温度=20", "温度", 20, "", false, false },
		{ "no label", "=5", NULL, 0, "", false, false },
		{ "no equals sign", "load", NULL, 0, "", false, false },
		{ "no value", "load=", NULL, 0, "", false, false },
		{ "a text for a value", "load=high", NULL, 0, "", false, false },
		{ "a decimal comma", "load=1,5;2", NULL, 0, "", false, false },
		{ "a range that is none", "load=1;a", NULL, 0, "", false, false },
		{ "one field too many", "load=1;2;3;4;5;6", NULL, 0, "", false, false },
		{ "a quote that never ends", "'load=1", NULL, 0, "", false, false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		(void)snprintf(text, sizeof(text), "OK|%s", cases[i].perf);
		plugin_output_parse(0, slice_str(text), &output);
		const struct plugin_perf *perf = &output.perf[0];
		bool taken = output.perf_count == 1;
		if (taken != (cases[i].label != NULL) || taken == (output.perf_refused > 0)) {
			fail_msg("%s: %zu taken, %zu refused", cases[i].name, output.perf_count,
				output.perf_refused);
		}
		if (taken && (strcmp(perf->label, cases[i].label) != 0 ||
				     fabs(perf->value - cases[i].value) > 1e-9 ||
				     !slice_is(perf->uom, cases[i].uom) ||
				     perf->has_min != cases[i].has_min ||
				     perf->has_max != cases[i].has_max)) {
			fail_msg("%s: %s %f", cases[i].name, perf->label, perf->value);
		}
	}
}

static void text_and_measurements_are_told_apart(void **state)
{
	static const char text[] =
		"DISK WARNING - /var 91% | '/var'=91%;90;95;0;100 '/'=5%\n"
		"/var is filling\n/ is not | inodes=12%;~:80;@90:100\nswap=U\n";
	(void)state;
	plugin_output_parse(1, slice_str(text), &output);
	assert_int_equal(output.state, PLUGIN_WARNING);
	assert_true(slice_is(output.text, "DISK WARNING - /var 91%"));
	assert_true(slice_is(slice_trim(output.long_text), "/var is filling\n/ is not"));
	assert_int_equal(output.perf_count, 4);
	assert_string_equal(output.perf[2].label, "inodes");
	assert_true(output.perf[2].crit.inside);
	assert_true(plugin_range_alerts(&output.perf[0].warn, output.perf[0].value));
	assert_false(plugin_range_alerts(&output.perf[0].crit, output.perf[0].value));
	assert_string_equal(output.perf[3].label, "swap");
	assert_false(output.perf[3].has_value);
}

static void every_exit_code_is_a_state(void **state)
{
	static const struct {
		int code;
		enum plugin_state want;
	} cases[] = { { 0, PLUGIN_OK }, { 1, PLUGIN_WARNING }, { 2, PLUGIN_CRITICAL },
		{ 3, PLUGIN_UNKNOWN }, { 4, PLUGIN_UNKNOWN }, { -1, PLUGIN_UNKNOWN },
		{ 127, PLUGIN_UNKNOWN } };
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		plugin_output_parse(cases[i].code, SLICE(""), &output);
		assert_int_equal(output.state, cases[i].want);
		assert_int_equal(output.text.n, 0);
	}
}

static void a_flood_is_cut_and_counted(void **state)
{
	size_t room = PLUGIN_OUTPUT_MAX + 100;
	char *text = malloc(room);
	(void)state;
	assert_non_null(text);
	memset(text, 'a', room);
	plugin_output_parse(0, slice_of(text, room), &output);
	assert_int_equal(output.octets_refused, 100);
	assert_int_equal(output.text.n, PLUGIN_OUTPUT_MAX);
	size_t n = 0;
	text[n++] = '|';
	for (int i = 0; i < PLUGIN_PERF_MAX + 5; i++) {
		memcpy(text + n, "a=1 ", 4);
		n += 4;
	}
	plugin_output_parse(0, slice_of(text, n), &output);
	assert_int_equal(output.perf_count, PLUGIN_PERF_MAX);
	assert_int_equal(output.perf_refused, 5);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_alert_where_they_should),
		cmocka_unit_test(one_measurement_is_read_whole_or_not),
		cmocka_unit_test(text_and_measurements_are_told_apart),
		cmocka_unit_test(every_exit_code_is_a_state),
		cmocka_unit_test(a_flood_is_cut_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
