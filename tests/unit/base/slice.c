/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void cut_gives_both_sides(void **state)
{
	(void)state;
	struct slice before = { 0 };
	struct slice after = { 0 };
	assert_true(slice_cut(SLICE("a=b=c"), '=', &before, &after));
	assert_true(slice_is(before, "a"));
	assert_true(slice_is(after, "b=c"));
	assert_false(slice_cut(SLICE("abc"), '=', &before, &after));
	assert_true(slice_is(before, "abc"));
	assert_int_equal(after.n, 0);
}

static void trim_find_and_order(void **state)
{
	(void)state;
	assert_true(slice_is(slice_trim(SLICE(" \t x y\r\n")), "x y"));
	assert_int_equal(slice_find(SLICE("hello"), SLICE("ll")), 2);
	assert_int_equal(slice_find(SLICE("he"), SLICE("hello")), SIZE_MAX);
	assert_true(slice_cmp(SLICE("a"), SLICE("ab")) < 0);
	assert_true(slice_cmp(SLICE("b"), SLICE("ab")) > 0);
	assert_int_equal(slice_cmp(SLICE("x"), SLICE("x")), 0);
	assert_true(slice_eq_nocase(SLICE("HeLLo"), SLICE("hEllO")));
	assert_false(slice_eq_nocase(SLICE("a{"), SLICE("A[")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_gives_both_sides),
		cmocka_unit_test(trim_find_and_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
