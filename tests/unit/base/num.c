/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

static const struct {
	const char *text;
	int64_t min;
	int64_t max;
	int error;
	int64_t want;
} cases[] = {
	{ "0", INT64_MIN, INT64_MAX, 0, 0 },
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, 0, INT64_MIN },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, 0, INT64_MAX },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, E_RANGE, 0 },
	{ "18446744073709551616", INT64_MIN, INT64_MAX, E_RANGE, 0 },
	{ "65536", 0, 65535, E_RANGE, 0 },
	{ "", 0, 10, E_FORMAT, 0 },
	{ "-", -10, 10, E_FORMAT, 0 },
	{ " 1", 0, 10, E_FORMAT, 0 },
	{ "1x", 0, 10, E_FORMAT, 0 },
	{ "+1", 0, 10, E_FORMAT, 0 },
};

static void whole_or_not_at_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t value = 0;
		int error =
			num_i64(slice_str(cases[i].text), cases[i].min, cases[i].max, &value);
		if (error != cases[i].error || value != cases[i].want) {
			fail_msg("'%s': error %d", cases[i].text, error);
		}
	}
	double d = 0;
	assert_int_equal(num_double(SLICE("1.5e3"), &d), 0);
	assert_true(d > 1499 && d < 1501);
	assert_int_equal(num_double(SLICE("nan"), &d), E_FORMAT);
	assert_int_equal(num_double(SLICE("1.5x"), &d), E_FORMAT);
}

static void chinese_numerals_to_99(void **state)
{
	static const struct {
		unsigned n;
		const char *want;
	} numerals[] = { { 1, "一" }, { 10, "十" }, { 11, "十一" }, { 20, "二十" },
		{ 99, "九十九" }, { 100, "100" }, { 0, "0" }, { UINT32_MAX, "4294967295" } };
	(void)state;
	for (size_t i = 0; i < sizeof(numerals) / sizeof(numerals[0]); i++) {
		char text[NUM_ZH_ROOM];
		num_zh(numerals[i].n, text);
		assert_string_equal(text, numerals[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(whole_or_not_at_all),
		cmocka_unit_test(chinese_numerals_to_99) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
