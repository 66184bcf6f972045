/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void the_octets_are_the_documented_ones(void **state)
{
	(void)state;
	AUTO_BUF struct buf row;
	buf_init(&row, AUDIT_ROW_MAX_OCTETS);
	audit_row_put_int(&row, SLICE("a"), -2);
	audit_row_put_null(&row, SLICE("b"));
	audit_row_put_text(&row, SLICE("c"), SLICE("xy"));
	audit_row_put_blob(&row, SLICE("d"), slice_of("\0", 1));
	audit_row_put_int(&row, SLICE("live_count"), 7);
	static const uint8_t want[] = { 1, 0, 'a', 'i', 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 1, 0, 'b', 'n', 1, 0, 'c', 't', 2, 0, 0, 0, 'x', 'y', 1, 0, 'd',
		'b', 1, 0, 0, 0, 0 };
	assert_true(slice_eq(buf_slice(&row), slice_of(want, sizeof(want))));
	struct digest digest = audit_row_digest(&row);
	struct digest same = digest_of(DIGEST_SM3, slice_of(want, sizeof(want)));
	assert_true(digest_eq(&digest, &same));
}

static void types_and_borders_are_told_apart(void **state)
{
	(void)state;
	struct digest seen[6];
	for (size_t i = 0; i < 6; i++) {
		AUTO_BUF struct buf row;
		buf_init(&row, AUDIT_ROW_MAX_OCTETS);
		switch (i) {
		case 0:
			audit_row_put_text(&row, SLICE("a"), SLICE("12"));
			break;
		case 1:
			audit_row_put_blob(&row, SLICE("a"), SLICE("12"));
			break;
		case 2:
			audit_row_put_int(&row, SLICE("a"), 12);
			break;
		case 3:
			audit_row_put_text(&row, SLICE("a1"), SLICE("2"));
			break;
		case 4:
			audit_row_put_text(&row, SLICE("a"), SLICE(""));
			break;
		default:
			audit_row_put_null(&row, SLICE("a"));
			break;
		}
		seen[i] = audit_row_digest(&row);
		for (size_t k = 0; k < i; k++) {
			assert_false(digest_eq(&seen[k], &seen[i]));
		}
	}
}

/* A store grown from an older schema still verifies, and what is filled in counts. */
static void a_younger_column_counts_once_it_is_filled(void **state)
{
	(void)state;
	struct digest seen[3];
	for (size_t i = 0; i < 3; i++) {
		AUTO_BUF struct buf row;
		buf_init(&row, AUDIT_ROW_MAX_OCTETS);
		audit_row_put_int(&row, SLICE("id"), 1);
		if (i == 1) {
			audit_row_put_null(&row, SLICE("erased_at_ms"));
			audit_row_put_null(&row, SLICE("policy_id"));
			audit_row_put_null(&row, SLICE("salt"));
		} else if (i == 2) {
			audit_row_put_blob(&row, SLICE("salt"), SLICE("0123456789abcdef"));
		}
		seen[i] = audit_row_digest(&row);
	}
	assert_true(digest_eq(&seen[0], &seen[1]));
	assert_false(digest_eq(&seen[0], &seen[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_octets_are_the_documented_ones),
		cmocka_unit_test(types_and_borders_are_told_apart),
		cmocka_unit_test(a_younger_column_counts_once_it_is_filled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
