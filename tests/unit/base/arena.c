/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void memory_is_zeroed_and_reused(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 2000; i++) {
			uint8_t *p = arena_take(arena, 37);
			for (int k = 0; k < 37; k++) {
				assert_int_equal(p[k], 0);
			}
			memset(p, 0xee, 37);
		}
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
}

static void the_limit_holds(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(100000);
	assert_non_null(arena_try(arena, 1, 90000));
	assert_null(arena_try(arena, 1, 90000));
	assert_null(arena_try(arena, SIZE_MAX / 2, 4));
	assert_non_null(arena_try(arena, 1, 64));
}

static void text_is_terminated(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	assert_string_equal(arena_dup_str(arena, SLICE("abc")), "abc");
	struct slice s = arena_printf(arena, "%d-%s", 7, "x");
	assert_true(slice_is(s, "7-x"));
	assert_int_equal(s.p[s.n], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_reused),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(text_is_terminated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
