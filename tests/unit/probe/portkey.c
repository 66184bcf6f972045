/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/portkey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

enum { PORTS = 3 };
#define NEW PORTKEY_NEW

static const struct {
	const char *name;
	const char *known[PORTS][3]; /* ifName, ifDescr, MAC */
	const char *seen[PORTS][3];
	uint32_t found[PORTS];
} cases[] = {
	{ "the same ports in another order",
		{ { "ge1", "GE 1", "A" }, { "ge2", "GE 2", "B" }, { "ge3", "GE 3", "C" } },
		{ { "ge3", "GE 3", "C" }, { "ge1", "GE 1", "A" }, { "ge2", "GE 2", "B" } },
		{ 2, 0, 1 } },
	{ "a card taken out and one put in",
		{ { "ge1", "GE 1", "A" }, { "ge2", "GE 2", "B" }, { "ge3", "GE 3", "C" } },
		{ { "ge1", "GE 1", "A" }, { "te1", "TE 1", "D" }, { "ge3", "GE 3", "C" } },
		{ 0, NEW, 2 } },
	{ "one MAC for all ports: names tell them apart",
		{ { "ge1", "", "A" }, { "ge2", "", "A" }, { "ge3", "", "A" } },
		{ { "ge2", "", "A" }, { "ge3", "", "A" }, { "ge1", "", "A" } }, { 1, 2, 0 } },
	{ "a new description of an old port",
		{ { "ge1", "old", "A" }, { "ge2", "GE 2", "B" }, { "", "", "" } },
		{ { "ge1", "new", "A" }, { "ge2", "GE 2", "B" }, { "", "", "" } },
		{ 0, 1, NEW } },
	{ "a new chassis: names stay, MACs do not",
		{ { "ge1", "GE 1", "A" }, { "ge2", "GE 2", "B" }, { "ge3", "GE 3", "C" } },
		{ { "ge1", "GE 1", "X" }, { "ge2", "GE 2", "Y" }, { "ge3", "GE 3", "Z" } },
		{ 0, 1, 2 } },
	{ "no names at all: MACs tell them apart",
		{ { "", "port", "A" }, { "", "port", "B" }, { "", "port", "C" } },
		{ { "", "port", "C" }, { "", "port", "A" }, { "", "port", "D" } },
		{ 2, 0, NEW } },
	{ "nothing tells them apart: better new than wrong",
		{ { "", "port", "A" }, { "", "port", "A" }, { "", "port", "A" } },
		{ { "", "port", "A" }, { "", "port", "A" }, { "", "port", "A" } },
		{ NEW, NEW, NEW } },
	{ "parts do not run into one another",
		{ { "ab", "c", "A" }, { "", "", "" }, { "", "", "" } },
		{ { "a", "bc", "B" }, { "", "", "" }, { "", "", "" } }, { NEW, NEW, NEW } },
};

static void ports_are_known_by_what_stays(void **state)
{
	(void)state;
	static const uint8_t seed[16] = { 1 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct portkey known[PORTS];
		struct portkey seen[PORTS];
		uint32_t found[PORTS];
		for (size_t k = 0; k < PORTS; k++) {
			known[k] = (struct portkey) { slice_str(cases[i].known[k][0]),
				slice_str(cases[i].known[k][1]),
				slice_str(cases[i].known[k][2]) };
			seen[k] = (struct portkey) { slice_str(cases[i].seen[k][0]),
				slice_str(cases[i].seen[k][1]),
				slice_str(cases[i].seen[k][2]) };
		}
		int recognised = 0;
		for (size_t k = 0; k < PORTS; k++) {
			recognised += cases[i].found[k] != NEW;
		}
		assert_int_equal(
			portkey_match(known, PORTS, seen, PORTS, seed, found), recognised);
		for (size_t k = 0; k < PORTS; k++) {
			if (found[k] != cases[i].found[k]) {
				fail_msg("%s: port %zu is %u", cases[i].name, k, found[k]);
			}
		}
	}
}

static void more_ports_than_any_device_has_are_refused(void **state)
{
	(void)state;
	static const uint8_t seed[16] = { 1 };
	static struct portkey many[PORTKEY_MAX + 1];
	static uint32_t found[PORTKEY_MAX + 1];
	assert_int_equal(portkey_match(many, 1, many, PORTKEY_MAX + 1, seed, found), E_LIMIT);
	assert_int_equal(portkey_match(many, PORTKEY_MAX + 1, many, 1, seed, found), E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_known_by_what_stays),
		cmocka_unit_test(more_ports_than_any_device_has_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
