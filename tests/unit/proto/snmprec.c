/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmprec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "proto/mib_table.h"

static const struct {
	const char *name;
	const char *text;
	int error;
	const char *again;
} oids[] = {
	{ "dotted text is read", "1.3.6.1", 0, "1.3.6.1" },
	{ "a dot in front is allowed", ".1.3.4294967295", 0, "1.3.4294967295" },
	{ "one part is enough", "0", 0, "0" },
	{ "nothing is none", "", E_FORMAT, "" },
	{ "a dot at the end is none", "1.3.", E_FORMAT, "" },
	{ "two dots are none", "1..3", E_FORMAT, "" },
	{ "letters are none", "1.3.xx", E_FORMAT, "" },
	{ "a part past 32 bits is refused", "1.4294967296", E_RANGE, "" },
};

static void object_identifiers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(oids) / sizeof(oids[0]); i++) {
		struct oid_room oid = { 0 };
		AUTO_BUF struct buf text;
		buf_init(&text, 4096);
		int error = oid_parse(slice_str(oids[i].text), &oid);
		oid_put(&text, oid_of(&oid));
		if (error != oids[i].error || !slice_is(buf_slice(&text), oids[i].again)) {
			fail_msg("%s: %d, %s", oids[i].name, error, (const char *)text.p);
		}
	}
}

static void an_identifier_has_at_most_128_parts(void **state)
{
	(void)state;
	AUTO_BUF struct buf text;
	struct oid_room oid = { 0 };
	buf_init(&text, 4096);
	buf_put_str(&text, "1");
	for (int i = 1; i < OID_IDS_MAX; i++) {
		buf_put_str(&text, ".1");
	}
	assert_int_equal(oid_parse(buf_slice(&text), &oid), 0);
	assert_int_equal(oid.n, OID_IDS_MAX);
	const uint32_t one = 1;
	assert_int_equal(oid_append(&oid, (struct oid) { &one, 1 }), E_LIMIT);
	buf_put_str(&text, ".1");
	assert_int_equal(oid_parse(buf_slice(&text), &oid), E_LIMIT);
}

static struct mib_table *table_of(const char *text, int bad, struct diag_list *diags)
{
	struct mib_table *table = mib_table_create();
	diag_list_init(diags);
	assert_int_equal(snmprec_parse(slice_str(text), table, diags), bad);
	return table;
}

static const struct mib_value *value_at(const struct mib_table *table, const char *text)
{
	struct oid_room oid;
	assert_int_equal(oid_parse(slice_str(text), &oid), 0);
	return mib_table_get(table, oid_of(&oid));
}

static void every_type_is_read(void **state)
{
	(void)state;
	struct diag_list diags;
	AUTO_MIB_TABLE struct mib_table *table = table_of(
		"1.1|2|-7\n1.2|4|a|b\n1.3|4x|00ffA0\n1.4|4e|x\\x41\\n\\\\\n1.5|5|\n"
		"1.6|6|1.3.6.1\n1.7|64|192.0.2.1\n1.8|64x|C0000202\n1.9|65|4294967295\n"
		"1.10|66|5\n1.11|67|6\n1.12|68x|9f78\n1.13|70|18446744073709551615\n"
		"1.14|2:numeric|min=3,rate=2,initial=9\n1.15|65:numeric|rate=2\n1.16|4|end\r\n",
		0, &diags);
	assert_int_equal(mib_table_count(table), 16);
	assert_int_equal(value_at(table, "1.1")->integer, -7);
	assert_true(slice_is(value_at(table, "1.2")->octets, "a|b"));
	assert_memory_equal(value_at(table, "1.3")->octets.p, "\x00\xff\xa0", 3);
	assert_true(slice_is(value_at(table, "1.4")->octets, "xA\n\\"));
	assert_int_equal(value_at(table, "1.5")->type, MIB_NULL);
	assert_int_equal(value_at(table, "1.6")->oid.n, 4);
	assert_memory_equal(value_at(table, "1.7")->octets.p, "\xc0\x00\x02\x01", 4);
	assert_memory_equal(value_at(table, "1.8")->octets.p, "\xc0\x00\x02\x02", 4);
	assert_true(value_at(table, "1.9")->count == UINT32_MAX);
	assert_int_equal(value_at(table, "1.12")->octets.n, 2);
	assert_true(value_at(table, "1.13")->count == UINT64_MAX);
	assert_int_equal(value_at(table, "1.14")->integer, 9);
	assert_int_equal(value_at(table, "1.15")->count, 0);
	assert_true(slice_is(value_at(table, "1.16")->octets, "end"));
	diag_list_fini(&diags);
}

static const struct {
	const char *name;
	const char *line;
} bad_lines[] = {
	{ "an empty line", "" },
	{ "an identifier with letters", "1.3.xx.2|2|5" },
	{ "no tag", "1.3|5" },
	{ "a tag that is no number", "1.3|q|5" },
	{ "a tag of no type", "1.3|9|5" },
	{ "an integer that is text", "1.3|2|five" },
	{ "a counter below zero", "1.3|65|-1" },
	{ "a counter past 32 bits", "1.3|65|4294967296" },
	{ "half a hexadecimal octet", "1.3|4x|abc" },
	{ "an address of three parts", "1.3|64|1.2.3" },
	{ "an address past 255", "1.3|64|1.2.3.256" },
	{ "an address of five hexadecimal octets", "1.3|64x|0102030405" },
	{ "an escape at the end", "1.3|4e|a\\" },
	{ "an identifier value that is none", "1.3|6|a.b" },
};

static void a_bad_line_is_named_and_reading_goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		char text[200];
		struct diag_list diags;
		(void)snprintf(text, sizeof(text), "1.1|2|1\n%s\n1.4|2|2\n", bad_lines[i].line);
		struct mib_table *table = mib_table_create();
		diag_list_init(&diags);
		int bad = snmprec_parse(slice_str(text), table, &diags);
		if (bad != 1 || mib_table_count(table) != 2 || diags.items[0].line != 2 ||
			diags.items[0].offset != 8) {
			fail_msg("%s: %d bad, %zu taken", bad_lines[i].name, bad,
				mib_table_count(table));
		}
		diag_list_fini(&diags);
		(void)mib_table_destroy(table);
	}
}

static void objects_out_of_order_are_put_in_order_and_the_first_of_two_stays(void **state)
{
	(void)state;
	struct diag_list diags;
	AUTO_MIB_TABLE struct mib_table *table =
		table_of("1.10|2|1\n1.9|2|2\n1.9.1|2|3\n1.10|2|4\n1.2|2|5\n", 1, &diags);
	assert_int_equal(mib_table_count(table), 4);
	assert_int_equal(value_at(table, "1.10")->integer, 1);
	struct oid at = { 0 };
	const struct mib_value *value = NULL;
	static const int want[] = { 5, 2, 3, 1 };
	for (size_t i = 0; i < 4; i++) {
		assert_true(mib_table_next(table, at, &at, &value));
		assert_int_equal(value->integer, want[i]);
	}
	assert_false(mib_table_next(table, at, &at, &value));
	diag_list_fini(&diags);
}

static void a_column_is_walked_with_its_indexes(void **state)
{
	(void)state;
	struct diag_list diags;
	AUTO_MIB_TABLE struct mib_table *table =
		table_of("1.1.9|2|0\n1.2|2|1\n1.2.5|2|2\n1.2.5.7|2|3\n1.3.1|2|4\n", 0, &diags);
	struct oid_room column;
	assert_int_equal(oid_parse(SLICE("1.2"), &column), 0);
	struct mib_walk walk = mib_walk_of(table, oid_of(&column));
	struct oid index = { 0 };
	const struct mib_value *value = NULL;
	for (size_t i = 0; i < 3; i++) {
		assert_true(mib_walk_next(&walk, &index, &value));
		assert_int_equal(index.n, i);
		assert_int_equal(value->integer, i + 1);
	}
	assert_false(mib_walk_next(&walk, &index, &value));
	assert_true(mib_table_has(table, oid_of(&column)));
	column.id[1] = 4;
	assert_false(mib_table_has(table, oid_of(&column)));
	diag_list_fini(&diags);
}

static void a_table_has_a_largest_size(void **state)
{
	(void)state;
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	const struct mib_value value = { .type = MIB_INTEGER, .integer = 1 };
	uint32_t ids[2] = { 1, 0 };
	for (; ids[1] < MIB_ROWS_MAX; ids[1]++) {
		assert_int_equal(mib_table_put(table, (struct oid) { ids, 2 }, &value), 0);
	}
	assert_int_equal(mib_table_put(table, (struct oid) { ids, 2 }, &value), E_LIMIT);
	assert_int_equal(mib_table_refused(table), 1);
	assert_int_equal(mib_table_seal(table), 0);
	assert_int_equal(mib_table_count(table), MIB_ROWS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(object_identifiers),
		cmocka_unit_test(an_identifier_has_at_most_128_parts),
		cmocka_unit_test(every_type_is_read),
		cmocka_unit_test(a_bad_line_is_named_and_reading_goes_on),
		cmocka_unit_test(
			objects_out_of_order_are_put_in_order_and_the_first_of_two_stays),
		cmocka_unit_test(a_column_is_walked_with_its_indexes),
		cmocka_unit_test(a_table_has_a_largest_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
