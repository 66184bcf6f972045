/* SPDX-License-Identifier: Apache-2.0 */
/* What agents say of who is around them, told and read again. */
#include "probe/snmp/vicinity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "detect/topology/tables.h"
#include "probe/snmp/device.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmprec.h"

#define LLDP "1.0.8802.1.1.2.1"
#define CDP "1.3.6.1.4.1.9.9.23.1.2.1.1"
#define VTP "1.3.6.1.4.1.9.9.46.1.3.1.1.2.1"

static struct arena *arena;

static struct topology_device heard(const char *recording)
{
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct diag_list diags = { 0 };
	struct topology_device device;
	struct device found = { .sysname = SLICE("sw") };
	const struct json *root = NULL;
	struct buf text;
	struct device_port ports[] = {
		{ .if_index = 3,
			.name = SLICE("Gi1/0/1"),
			.oper_status = SLICE("up"),
			.speed = 1e9 },
		{ .if_index = 4,
			.name = SLICE("Gi1/0/2"),
			.oper_status = SLICE("down"),
			.phys_address = SLICE("025a01000104") },
	};
	found.ports.items = ports;
	found.ports.count = sizeof(ports) / sizeof(ports[0]);
	assert_int_equal(snmprec_parse(slice_str(recording), table, &diags), 0);
	diag_list_fini(&diags);
	(void)mib_table_seal(table);
	buf_init(&text, 1024 * 1024);
	vicinity_put_json(&text, table, &found);
	assert_false(text.failed);
	assert_int_equal(
		json_parse(arena, arena_dup(arena, buf_slice(&text)), 0, &root, NULL), 0);
	buf_fini(&text);
	tables_read(arena, json_get(root, "facts"), json_get(root, "neighbours"), &device);
	tables_read_fdb(arena, json_get(root, "fdb"), &device);
	tables_read_arp(arena, json_get(root, "arp"), &device);
	return device;
}

static bool text_is(struct slice text, const char *want)
{
	return slice_is(text, want);
}

static struct mib_table *sealed(const char *recording)
{
	struct mib_table *table = mib_table_create();
	struct diag_list diags = { 0 };
	assert_int_equal(snmprec_parse(slice_str(recording), table, &diags), 0);
	diag_list_fini(&diags);
	(void)mib_table_seal(table);
	return table;
}

static void vlans_in_use_are_asked_one_by_one(void **state)
{
	(void)state;
	uint16_t vlans[VICINITY_VLANS_MAX];
	AUTO_MIB_TABLE struct mib_table *list =
		sealed(VTP ".1|2|1\n" VTP ".10|2|1\n" VTP ".20|2|2\n" VTP ".1002|2|1\n" VTP
			   ".1005|2|1\n" VTP ".4094|2|1\n" VTP ".4095|2|1\n" VTP ".7.7|2|1\n");
	assert_int_equal(vicinity_vlans(list, vlans), 3);
	assert_int_equal(vlans[0], 1);
	assert_int_equal(vlans[1], 10);
	assert_int_equal(vlans[2], 4094);
}

/* The same station in two VLANs at two ports; each bridge tells of its own ports only. */
static void bridges_of_vlans_become_one(void **state)
{
	(void)state;
	static const char *const bridges[] = { "1.3.6.1.2.1.17.1.4.1.2.1|2|3\n"
					       "1.3.6.1.2.1.17.4.3.1.2.6.17.0.1.0.1|2|1\n",
		"1.3.6.1.2.1.17.1.4.1.2.2|2|4\n1.3.6.1.2.1.17.4.3.1.2.6.17.0.1.0.1|2|2\n" };
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	struct device found = { .sysname = SLICE("sw") };
	struct topology_device d = { 0 };
	const struct json *root = NULL;
	AUTO_BUF struct buf text;
	for (uint16_t i = 0; i < 2; i++) {
		AUTO_MIB_TABLE struct mib_table *bridge = sealed(bridges[i]);
		vicinity_vlan_fold(table, bridge, (uint16_t)(10 + 10 * i));
	}
	(void)mib_table_seal(table);
	buf_init(&text, 1024 * 1024);
	vicinity_put_json(&text, table, &found);
	assert_int_equal(
		json_parse(arena, arena_dup(arena, buf_slice(&text)), 0, &root, NULL), 0);
	tables_read_fdb(arena, json_get(root, "fdb"), &d);
	assert_int_equal(d.fdb_count, 2);
	assert_int_equal(d.fdb[0].if_index, 3);
	assert_int_equal(d.fdb[0].vlan, 10);
	assert_int_equal(d.fdb[1].if_index, 4);
	assert_int_equal(d.fdb[1].vlan, 20);
}

static void a_local_port_goes_by_its_own_words(void **state)
{
	(void)state;
	struct topology_device d = heard(
		LLDP ".3.1.0|2|4\n" LLDP ".3.2.0|4x|025a01000100\n" LLDP
		     ".3.7.1.2.51|2|5\n" LLDP ".3.7.1.3.51|4|Gi1/0/2\n" LLDP
		     ".4.1.1.4.9.51.1|2|4\n" LLDP ".4.1.1.5.9.51.1|4x|025a02000100\n" LLDP
		     ".4.1.1.6.9.51.1|2|5\n" LLDP ".4.1.1.7.9.51.1|4|Te1/0/49\n" LLDP
		     ".4.1.1.9.9.51.1|4|dist\n" LLDP ".4.2.1.3.9.51.1.1.4.10.9.8.7|2|2\n");
	struct network address = { 0 };
	assert_int_equal(network_parse(SLICE("10.9.8.7"), &address), 0);
	assert_int_equal(d.neighbour_count, 1);
	assert_int_equal(d.neighbours[0].local, 4);
	assert_true(text_is(d.neighbours[0].sysname, "dist"));
	assert_true(text_is(d.neighbours[0].port.octets, "Te1/0/49"));
	assert_memory_equal(d.neighbours[0].address.octet, address.octet, 16);
	assert_int_equal(d.chassis_count, 1);
	assert_int_equal(d.chassis[0].octets.n, 6);
	assert_int_equal(d.port_count, 2);
	assert_true(d.ports[1].down && !d.ports[0].down);
	assert_int_equal(d.ports[1].mac, 0x025a01000104);
}

static void the_newer_lldp_table_serves_where_there_is_no_older(void **state)
{
	(void)state;
	struct topology_device d =
		heard("1.3.111.2.802.1.1.13.1.4.1.1.6.0.3.1.1|4x|025a02000100\n"
		      "1.3.111.2.802.1.1.13.1.4.1.1.8.0.3.1.1|4|Eth1\n");
	assert_int_equal(d.neighbour_count, 1);
	assert_int_equal(d.neighbours[0].local, 3);
	assert_true(text_is(d.neighbours[0].port.octets, "Eth1"));
}

static void cdp_is_heard_beside_it(void **state)
{
	(void)state;
	struct topology_device d =
		heard(CDP ".3.3.1|2|1\n" CDP ".4.3.1|4x|0a000001\n" CDP
			  ".6.3.1|4|core.example\n" CDP ".7.3.1|4|GigabitEthernet1/0/1\n");
	assert_int_equal(d.neighbour_count, 1);
	assert_int_equal(d.neighbours[0].source, TOPOLOGY_CDP);
	assert_true(text_is(d.neighbours[0].chassis.octets, "core.example"));
	assert_int_equal(d.neighbours[0].address.prefix, 128);
}

static void a_bridge_port_is_not_an_interface(void **state)
{
	(void)state;
	struct topology_device d = heard("1.3.6.1.2.1.17.1.4.1.2.7|2|3\n"
					 "1.3.6.1.2.1.17.7.1.2.2.1.2.100.6.17.0.1.0.1|2|7\n"
					 "1.3.6.1.2.1.17.7.1.2.2.1.2.100.6.17.0.1.0.2|2|7\n"
					 "1.3.6.1.2.1.17.7.1.2.2.1.2.100.6.17.0.1.0.3|2|0\n"
					 "1.3.6.1.2.1.17.7.1.2.2.1.2.100.1.0.94.0.0.1|2|7\n"
					 "1.3.6.1.2.1.17.4.3.1.2.6.17.0.1.0.9|2|7\n");
	assert_int_equal(d.fdb_count, 2); /* no port, a group's address, and the plain table */
	assert_int_equal(d.fdb[0].if_index, 3);
	assert_int_equal(d.fdb[0].vlan, 100);
	assert_int_equal(d.fdb[1].mac, 0x061100010002);
}

static void the_plain_table_serves_where_no_vlan_is_known(void **state)
{
	(void)state;
	struct topology_device d = heard("1.3.6.1.2.1.17.4.3.1.2.6.17.0.1.0.9|2|3\n");
	assert_int_equal(d.fdb_count, 1);
	assert_int_equal(d.fdb[0].if_index, 3);
}

static void arp_of_both_families_comes_once(void **state)
{
	(void)state;
	struct topology_device d = heard(
		"1.3.6.1.2.1.4.22.1.2.3.10.0.0.5|4x|061100010001\n"
		"1.3.6.1.2.1.4.35.1.4.3.1.4.10.0.0.5|4x|061100010001\n"
		"1.3.6.1.2.1.4.35.1.4.3.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1|4x|061100010002\n"
		"1.3.6.1.2.1.4.20.1.2.10.0.0.1|2|3\n1.3.6.1.2.1.4.20.1.2.127.0.0.1|2|9\n");
	assert_int_equal(d.arp_count, 2);
	assert_int_equal(d.arp[1].mac, 0x061100010002);
	assert_int_equal(d.address_count, 1); /* everybody has the other one */
}

static void only_what_is_not_asked_for_yet_is_asked(void **state)
{
	(void)state;
	struct buf name;
	const struct slice *names = NULL;
	size_t tables = 0;
	buf_init(&name, 64);
	assert_int_equal(beroid_put_parsed(&name, SLICE("1.0.8802.1.1.2.1.4.1")), 0);
	const struct slice known[] = { buf_slice(&name) };
	size_t none = vicinity_wants(arena, NULL, 0, &names, &tables);
	assert_int_equal(tables, none - 2); /* the forwarding tables stand last */
	size_t some = vicinity_wants(arena, known, 1, &names, &tables);
	assert_int_equal(some, none - 6 + 1); /* six columns of lldpRemTable */
	assert_int_equal(tables, some - 2);
	buf_fini(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlans_in_use_are_asked_one_by_one),
		cmocka_unit_test(bridges_of_vlans_become_one),
		cmocka_unit_test(a_local_port_goes_by_its_own_words),
		cmocka_unit_test(the_newer_lldp_table_serves_where_there_is_no_older),
		cmocka_unit_test(cdp_is_heard_beside_it),
		cmocka_unit_test(a_bridge_port_is_not_an_interface),
		cmocka_unit_test(the_plain_table_serves_where_no_vlan_is_known),
		cmocka_unit_test(arp_of_both_families_comes_once),
		cmocka_unit_test(only_what_is_not_asked_for_yet_is_asked),
	};
	arena = arena_create(0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena = arena_destroy(arena);
	return failed;
}
