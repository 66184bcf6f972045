/* SPDX-License-Identifier: Apache-2.0 */
#include "model/maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* As the registries write; the names are ours. */
static const char large[] = "Registry,Assignment,Organization Name,Organization Address\r\n"
			    "MA-L,0A1B2C,Local bit set,x\r\n"
			    "MA-L,00E0FC,\"HUANGSHAN SWITCHES CO.,LTD\",\"A road, 1\"\r\n"
			    "MA-L,70B3D5,Registration Authority,\r\n"
			    "MA-L,001122,Private,\r\n"
			    "MA-L,00113,too short,\r\n"
			    "MA-L,0011ZZ,no digits,\r\n"
			    "MA-L,001144\r\n";
static const char medium[] = "MA-M,70B3D51,\"The \"\"Middle\"\" Works\",y\n";
static const char small[] = "MA-S,70B3D5123,Narrow Cameras,z\n";

static struct makers *read_all(void)
{
	struct makers *makers = makers_create();
	assert_int_equal(makers_read(makers, slice_str(large)), 3);
	assert_int_equal(makers_read(makers, slice_str(medium)), 1);
	assert_int_equal(makers_read(makers, slice_str(small)), 1);
	makers_seal(makers);
	return makers;
}

static void a_card_is_its_makers_by_the_narrowest_assignment(void **state)
{
	static const struct {
		const char *name;
		uint64_t mac;
		const char *maker;
	} cases[] = {
		{ "the first of 24 bits", 0x00e0fc000000, "HUANGSHAN SWITCHES CO.,LTD" },
		{ "the last of 24 bits", 0x00e0fcffffff, "HUANGSHAN SWITCHES CO.,LTD" },
		{ "one past it", 0x00e0fd000000, "" },
		{ "28 bits within 24", 0x70b3d51fffff, "The \"Middle\" Works" },
		{ "36 bits within 28", 0x70b3d5123abc, "Narrow Cameras" },
		{ "24 bits around them", 0x70b3d5923abc, "Registration Authority" },
		{ "who keeps his name out", 0x001122000001, "" },
		{ "one the machine made up", 0x0a1b2c000001, "" },
		{ "a group's", 0x01e0fc000001, "" },
		{ "none", 0, "" },
		{ "more than 48 bits", 0x100e0fc000001, "" },
	};
	struct makers *makers = read_all();
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice maker = maker_of(makers, cases[i].mac);
		if (!slice_is(maker, cases[i].maker)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(maker));
		}
	}
	assert_int_equal(maker_of(NULL, 0x00e0fc000000).n, 0);
	makers = makers_destroy(makers);
}

static void the_bit_of_local_addresses_is_the_second(void **state)
{
	(void)state;
	assert_true(mac_is_local(0xda1b2c000001));
	assert_true(mac_is_local(0x525400000001)); /* QEMU's */
	assert_false(mac_is_local(0x00e0fc000001));
	assert_false(mac_is_local(0x01005e000001));
}

static void what_is_over_is_refused_and_what_was_before_it_kept(void **state)
{
	AUTO_BUF struct buf text;
	(void)state;
	buf_init(&text, (size_t)64 * (MAKERS_MAX + 2));
	for (unsigned i = 0; i <= MAKERS_MAX; i++) {
		char row[64];
		(void)snprintf(row, sizeof(row), "MA-S,0011%05X,n\n", i);
		buf_put_str(&text, row);
	}
	struct makers *makers = makers_create();
	assert_int_equal(makers_read(makers, buf_slice(&text)), E_LIMIT);
	makers_seal(makers);
	assert_true(slice_is(maker_of(makers, 0x001100000000), "n"));
	assert_true(slice_is(maker_of(makers, 0x00111ffff000), "n"));
	assert_int_equal(maker_of(makers, 0x001120000000).n, 0);
	makers = makers_destroy(makers);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_is_its_makers_by_the_narrowest_assignment),
		cmocka_unit_test(the_bit_of_local_addresses_is_the_second),
		cmocka_unit_test(what_is_over_is_refused_and_what_was_before_it_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
