/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/err.h"

static const uint8_t seed[16] = { 1, 2, 3 };

static void agrees_with_an_array(void **state)
{
	(void)state;
	enum { KEYS = 500 };
	static int value[KEYS];
	void *want[KEYS] = { NULL };
	struct map *map = map_create(KEYS, seed);
	uint32_t random = 12345;
	for (int step = 0; step < 20000; step++) {
		random = random * 1664525u + 1013904223u;
		size_t k = random >> 8 & 0xffff;
		k %= KEYS;
		char key[16];
		int n = snprintf(key, sizeof(key), "k%zu", k);
		struct slice name = slice_of(key, (size_t)n);
		if (random >> 28 & 1) {
			assert_int_equal(map_put(map, name, &value[k]), want[k] != NULL);
			want[k] = &value[k];
		} else {
			assert_ptr_equal(map_take(map, name), want[k]);
			want[k] = NULL;
		}
	}
	size_t held = 0;
	for (size_t k = 0; k < KEYS; k++) {
		char key[16];
		int n = snprintf(key, sizeof(key), "k%zu", k);
		assert_ptr_equal(map_get(map, slice_of(key, (size_t)n)), want[k]);
		held += want[k] != NULL;
	}
	size_t walked = 0;
	size_t cursor = 0;
	struct slice key = { 0 };
	void *found = NULL;
	while (map_next(map, &cursor, &key, &found)) {
		walked++;
	}
	assert_int_equal(map_count(map), held);
	assert_int_equal(walked, held);
	(void)map_destroy(map);
}

static void a_full_map_refuses_and_counts(void **state)
{
	(void)state;
	int value = 0;
	struct map *map = map_create(2, seed);
	assert_int_equal(map_put(map, SLICE("a"), &value), 0);
	assert_int_equal(map_put(map, SLICE("b"), &value), 0);
	assert_int_equal(map_put(map, SLICE("c"), &value), E_LIMIT);
	assert_int_equal(map_put(map, SLICE("a"), &value), 1);
	assert_int_equal(map_refused(map), 1);
	(void)map_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(a_full_map_refuses_and_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
