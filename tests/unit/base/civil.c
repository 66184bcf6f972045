/* SPDX-License-Identifier: Apache-2.0 */
#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const struct {
	const char *text;
	int32_t offset_min;
	int error;
	int64_t want_ms;
} cases[] = {
	{ "1970-01-01", 0, 0, 0 },
	{ "2026-11-22T15:24:06.5", 480, 0, 1795332246500 },
	{ "2026-11-22 15:24", 480, 0, 1795332240000 },
	{ "2026-11-22T07:24:06Z", 480, 0, 1795332246000 },
	{ "2026-11-22T15:24:06+08:00", 0, 0, 1795332246000 },
	{ "2024-02-29", 0, 0, 1709164800000 },
	{ "2026-02-29", 0, E_RANGE, 0 },
	{ "2026-13-01", 0, E_RANGE, 0 },
	{ "2026-11-22T", 0, E_FORMAT, 0 },
	{ "2026-11-22T15:24:06.", 0, E_FORMAT, 0 },
	{ "2026-11-22T15:24:06x", 0, E_FORMAT, 0 },
	{ "", 0, E_FORMAT, 0 },
};

static void parses_what_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t at = 0;
		int error = civil_parse(slice_str(cases[i].text), cases[i].offset_min, &at);
		if (error != cases[i].error || at != cases[i].want_ms) {
			fail_msg("%s: error %d, %lld", cases[i].text, error, (long long)at);
		}
	}
}

static void every_day_comes_back(void **state)
{
	(void)state;
	for (int64_t day = -800000; day < 800000; day += 13) {
		struct civil c = civil_of_day(day);
		assert_int_equal(civil_day(c.year, c.month, c.day), day);
	}
	assert_int_equal(civil_weekday(civil_day(2026, 11, 22)), 6);
	assert_int_equal(civil_weekday(civil_day(1969, 12, 29)), 0);
}

static void prints_rfc3339(void **state)
{
	(void)state;
	AUTO_BUF struct buf buf;
	buf_init(&buf, 100);
	civil_put_rfc3339(&buf, -1);
	assert_string_equal((char *)buf.p, "1969-12-31T23:59:59.999Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_what_is_written),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(prints_rfc3339),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
