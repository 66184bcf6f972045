/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"

static const struct {
	const char *name;
	const char *cell;
	const char *want; /* NULL = too many */
} addresses[] = {
	{ "one stays", "10.1.2.3", "10.1.2.3" },
	{ "marks of every kind part them",
		"10.1.2.3、10.1.2.4，10.1.2.5；10.1.2.6\n10.1.2.7 10.1.2.8",
		"10.1.2.3、10.1.2.4、10.1.2.5、10.1.2.6、10.1.2.7、10.1.2.8" },
	{ "wide digits are narrow", "１０．１．２．３", "10.1.2.3" },
	{ "a slash before an address parts, before a prefix it does not",
		"10.1.2.3/10.1.2.4、10.2.0.0/16", "10.1.2.3、10.1.2.4、10.2.0.0/16" },
	{ "a range is its networks", "10.1.2.3-10.1.2.10",
		"10.1.2.3、10.1.2.4/30、10.1.2.8/31、10.1.2.10" },
	{ "a range by its last number", "10.1.2.8 ~ 11", "10.1.2.8/30" },
	{ "a range of one", "10.1.2.8-8", "10.1.2.8" },
	{ "a range the wrong way round is left to be refused", "10.1.2.8-7", "10.1.2.8-7" },
	{ "the whole of IPv4 ends", "0.0.0.0-255.255.255.255", NULL },
	{ "the last address ends", "255.255.255.254-255.255.255.255", "255.255.255.254/31" },
	{ "words are left", "待定", "待定" },
};

static void addresses_are_parted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		bool ok = false;
		struct slice got = cell_addresses(arena, slice_str(addresses[i].cell), &ok);
		if (ok != (addresses[i].want != NULL) ||
			(ok && !slice_is(got, addresses[i].want))) {
			fail_msg("%s: %.*s", addresses[i].name, SLICE_FMT(got));
		}
	}
}

static const struct {
	const char *name;
	const char *cell;
	const char *person;
	const char *phone;
} people[] = {
	{ "a name alone", "张三", "张三", "" },
	{ "a name and a number", "张三 13800000000", "张三", "13800000000" },
	{ "in brackets", "张三（13800000000）", "张三", "13800000000" },
	{ "after a colon", "张三：0571-80000000", "张三", "0571-80000000" },
	{ "the number first", "13800000000 张三", "张三", "13800000000" },
	{ "with a word before it", "张三 电话:13800000000", "张三", "13800000000" },
	{ "a number too short is part of the name", "机房301", "机房301", "" },
	{ "nothing", "", "", "" },
};

static void people_are_parted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct slice name = { 0 };
		struct slice phone = { 0 };
		cell_person(arena, slice_str(people[i].cell), &name, &phone);
		if (!slice_is(name, people[i].person) || !slice_is(phone, people[i].phone)) {
			fail_msg("%s: %.*s, %.*s", people[i].name, SLICE_FMT(name),
				SLICE_FMT(phone));
		}
	}
}

static void numbers_a_spreadsheet_spoilt(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct slice phone = { 0 };
	assert_int_equal(cell_phone(arena, SLICE("13800000000.0"), &phone), 0);
	assert_true(slice_is(phone, "13800000000"));
	assert_int_equal(cell_phone(arena, SLICE("1.38E+10"), &phone), E_RANGE);
	assert_int_equal(cell_phone(arena, SLICE(""), &phone), 0);
}

static void names_are_alike(void **state)
{
	(void)state;
	assert_int_equal(cell_likeness(SLICE("教务处"), SLICE("教务处")), 100);
	assert_true(cell_likeness(SLICE("教务处"), SLICE("教务处招生办")) >= 80);
	assert_true(cell_likeness(SLICE("信息工程学院"), SLICE("信息工程系")) >= 60);
	assert_int_equal(cell_likeness(SLICE("教务处"), SLICE("体育部")), 0);
	assert_int_equal(cell_likeness(SLICE("处"), SLICE("处")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_parted),
		cmocka_unit_test(people_are_parted),
		cmocka_unit_test(numbers_a_spreadsheet_spoilt),
		cmocka_unit_test(names_are_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
