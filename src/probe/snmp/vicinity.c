/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/vicinity.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "probe/addr.h"
#include "probe/snmp/device.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"

enum {
	NAME_OCTETS_MAX = 64,
	MAC_OCTETS = 6,
	MAC_DIGITS = 2 * MAC_OCTETS,
	V4_OCTETS = 4,
	V6_OCTETS = 16,
	TEXT_ROOM = 2 * VICINITY_TEXT_MAX + 2,
	LOCAL_INTERFACE_NAME = 5, /* lldpLocPortIdSubtype */
	MULTICAST = 0x01,
	VLAN_OPERATIONAL = 1,
	VLAN_OTHER_FIRST = 1002,
	VLAN_OTHER_LAST = 1005,
	VLAN_LAST = 4094,
};

#define OID(...)                                                                               \
	{                                                                                      \
		(const uint32_t[]) { __VA_ARGS__ },                                            \
			sizeof((const uint32_t[]) { __VA_ARGS__ }) / sizeof(uint32_t)          \
	}
#define LLDP 1, 0, 8802, 1, 1, 2, 1
#define LLDP2 1, 3, 111, 2, 802, 1, 1, 13, 1
#define CDP 1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1
#define BRIDGE 1, 3, 6, 1, 2, 1, 17
#define IP 1, 3, 6, 1, 2, 1, 4

enum column {
	LOC_CHASSIS_KIND,
	LOC_CHASSIS,
	LOC_SYSNAME,
	LOC_PORT_KIND,
	LOC_PORT,
	LOC_PORT_DESCR,
	REM_CHASSIS_KIND,
	REM_CHASSIS,
	REM_PORT_KIND,
	REM_PORT,
	REM_PORT_DESCR,
	REM_SYSNAME,
	REM_ADDRESS,
	REM2_CHASSIS_KIND,
	REM2_CHASSIS,
	REM2_PORT_KIND,
	REM2_PORT,
	REM2_PORT_DESCR,
	REM2_SYSNAME,
	CDP_ADDRESS_KIND,
	CDP_ADDRESS,
	CDP_DEVICE,
	CDP_PORT,
	BRIDGE_ADDRESS,
	BRIDGE_PORT,
	LAG_OF,
	OWN_ADDRESS,
	OWN_ADDRESS_ANY,
	ARP,
	ARP_ANY,
	FDB_VLAN, /* the forwarding tables last */
	FDB_PLAIN,
	COLUMN_COUNT,
	/* asked for where there is a bridge of each VLAN */
	VLAN_STATE = COLUMN_COUNT,
	ALL_COUNT,
	FIRST_TABLE = FDB_VLAN
};

static const struct oid columns[ALL_COUNT] = {
	[LOC_CHASSIS_KIND] = OID(LLDP, 3, 1),
	[LOC_CHASSIS] = OID(LLDP, 3, 2),
	[LOC_SYSNAME] = OID(LLDP, 3, 3),
	[LOC_PORT_KIND] = OID(LLDP, 3, 7, 1, 2),
	[LOC_PORT] = OID(LLDP, 3, 7, 1, 3),
	[LOC_PORT_DESCR] = OID(LLDP, 3, 7, 1, 4),
	[REM_CHASSIS_KIND] = OID(LLDP, 4, 1, 1, 4),
	[REM_CHASSIS] = OID(LLDP, 4, 1, 1, 5),
	[REM_PORT_KIND] = OID(LLDP, 4, 1, 1, 6),
	[REM_PORT] = OID(LLDP, 4, 1, 1, 7),
	[REM_PORT_DESCR] = OID(LLDP, 4, 1, 1, 8),
	[REM_SYSNAME] = OID(LLDP, 4, 1, 1, 9),
	[REM_ADDRESS] = OID(LLDP, 4, 2, 1, 3),
	[REM2_CHASSIS_KIND] = OID(LLDP2, 4, 1, 1, 5),
	[REM2_CHASSIS] = OID(LLDP2, 4, 1, 1, 6),
	[REM2_PORT_KIND] = OID(LLDP2, 4, 1, 1, 7),
	[REM2_PORT] = OID(LLDP2, 4, 1, 1, 8),
	[REM2_PORT_DESCR] = OID(LLDP2, 4, 1, 1, 9),
	[REM2_SYSNAME] = OID(LLDP2, 4, 1, 1, 10),
	[CDP_ADDRESS_KIND] = OID(CDP, 3),
	[CDP_ADDRESS] = OID(CDP, 4),
	[CDP_DEVICE] = OID(CDP, 6),
	[CDP_PORT] = OID(CDP, 7),
	[BRIDGE_ADDRESS] = OID(BRIDGE, 1, 1),
	[BRIDGE_PORT] = OID(BRIDGE, 1, 4, 1, 2),
	[LAG_OF] = OID(1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 13),
	[OWN_ADDRESS] = OID(IP, 20, 1, 2),
	[OWN_ADDRESS_ANY] = OID(IP, 34, 1, 3),
	[ARP] = OID(IP, 22, 1, 2),
	[ARP_ANY] = OID(IP, 35, 1, 4),
	[FDB_VLAN] = OID(BRIDGE, 7, 1, 2, 2, 1, 2),
	[FDB_PLAIN] = OID(BRIDGE, 4, 3, 1, 2),
	[VLAN_STATE] = OID(1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1, 2),
};

/* ---- what to ask */

static bool asked_for(const struct slice *known, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++) {
		if (beroid_under(known[i], name)) {
			return true;
		}
	}
	return false;
}

size_t vicinity_wants(struct arena *arena, const struct slice *known, size_t known_count,
	const struct slice **ret_names, size_t *ret_tables)
{
	struct slice *names = arena_take(arena, (known_count + COLUMN_COUNT) * sizeof(*names));
	size_t count = known_count;
	if (known_count > 0) {
		memcpy(names, known, known_count * sizeof(*names));
	}
	*ret_tables = SIZE_MAX;
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		AUTO_BUF struct buf octets;
		buf_init(&octets, NAME_OCTETS_MAX);
		if (beroid_put(&octets, columns[i]) < 0 ||
			asked_for(known, known_count, buf_slice(&octets))) {
			continue;
		}
		if (i >= FIRST_TABLE && *ret_tables == SIZE_MAX) {
			*ret_tables = count;
		}
		names[count++] = arena_dup(arena, buf_slice(&octets));
	}
	*ret_names = names;
	return count;
}

/* ---- bridges of one VLAN each */

static size_t name_put(struct arena *arena, enum column column, struct slice *names)
{
	AUTO_BUF struct buf octets;
	buf_init(&octets, NAME_OCTETS_MAX);
	if (beroid_put(&octets, columns[column]) < 0) {
		return 0;
	}
	*names = arena_dup(arena, buf_slice(&octets));
	return 1;
}

size_t vicinity_vlan_list(struct arena *arena, const struct slice **ret_names)
{
	struct slice *names = arena_take(arena, VICINITY_VLAN_COLUMNS * sizeof(*names));
	*ret_names = names;
	return name_put(arena, VLAN_STATE, names);
}

size_t vicinity_vlan_bridge(struct arena *arena, const struct slice **ret_names)
{
	struct slice *names = arena_take(arena, VICINITY_VLAN_COLUMNS * sizeof(*names));
	size_t count = name_put(arena, BRIDGE_PORT, names);
	*ret_names = names;
	return count + name_put(arena, FDB_PLAIN, names + count);
}

size_t vicinity_vlans(
	const struct mib_table *list, uint16_t ret_vlans[static VICINITY_VLANS_MAX])
{
	struct mib_walk walk = mib_walk_of(list, columns[VLAN_STATE]);
	struct oid index; /* the management domain, then the VLAN */
	const struct mib_value *value = NULL;
	size_t count = 0;
	while (count < VICINITY_VLANS_MAX && mib_walk_next(&walk, &index, &value)) {
		bool used = value->type == MIB_INTEGER && value->integer == VLAN_OPERATIONAL &&
			    index.n == 2 && index.id[1] >= 1 && index.id[1] <= VLAN_LAST &&
			    (index.id[1] < VLAN_OTHER_FIRST || index.id[1] > VLAN_OTHER_LAST);
		if (used) {
			ret_vlans[count++] = (uint16_t)index.id[1];
		}
	}
	return count;
}

void vicinity_vlan_fold(struct mib_table *table, const struct mib_table *bridge, uint16_t vlan)
{
	static const enum column from[] = { BRIDGE_PORT, FDB_PLAIN };
	const uint32_t number = vlan;
	struct oid index;
	const struct mib_value *value = NULL;
	for (size_t i = 0; i < 2; i++) {
		bool is_table = from[i] == FDB_PLAIN;
		struct mib_walk walk = mib_walk_of(bridge, columns[from[i]]);
		while (mib_walk_next(&walk, &index, &value)) {
			struct oid_room at = { .n = 0 };
			bool fits =
				oid_append(&at, columns[is_table ? FDB_VLAN : from[i]]) >= 0 &&
				(!is_table ||
					oid_append(&at, (struct oid) { &number, 1 }) >= 0) &&
				oid_append(&at, index) >= 0;
			/* A full table has said so before: poll counts it. */
			if (fits) {
				(void)!mib_table_put(table, oid_of(&at), value);
			}
		}
	}
}

/* ---- one value */

struct reading {
	const struct mib_table *table;
	const struct device *device;
	struct jw *jw;
	bool has_bridge_ports;
};

static const struct mib_value *value_at(
	const struct reading *r, enum column column, struct oid index)
{
	struct oid_room at = { .n = 0 };
	if (oid_append(&at, columns[column]) < 0 || oid_append(&at, index) < 0) {
		return NULL;
	}
	return mib_table_get(r->table, oid_of(&at));
}

static struct slice octets_at(const struct reading *r, enum column column, struct oid index)
{
	const struct mib_value *value = value_at(r, column, index);
	return value != NULL && value->type == MIB_OCTETS
		       ? slice_head(value->octets, VICINITY_TEXT_MAX)
		       : (struct slice) { 0 };
}

static uint32_t number_at(const struct reading *r, enum column column, struct oid index)
{
	const struct mib_value *value = value_at(r, column, index);
	return value != NULL && value->type == MIB_INTEGER && value->integer > 0 &&
			       value->integer <= UINT32_MAX
		       ? (uint32_t)value->integer
		       : 0;
}

static uint32_t own_number(const struct mib_value *value)
{
	return value->type == MIB_INTEGER && value->integer > 0 && value->integer <= UINT32_MAX
		       ? (uint32_t)value->integer
		       : 0;
}

static struct oid one(const uint32_t *id)
{
	return (struct oid) { id, 1 };
}

static uint64_t mac_of(struct slice octets)
{
	uint64_t mac = 0;
	for (size_t i = 0; octets.n == MAC_OCTETS && i < MAC_OCTETS; i++) {
		mac = mac << 8 | octets.p[i];
	}
	return octets.n == MAC_OCTETS && (octets.p[0] & MULTICAST) == 0 ? mac : 0;
}

/* The part of an identifier that is octets. */
static bool index_octets(struct oid index, size_t count, uint8_t *ret_octets)
{
	bool good = index.n == count;
	for (size_t i = 0; good && i < count; i++) {
		good = index.id[i] <= UINT8_MAX;
		ret_octets[i] = (uint8_t)index.id[i];
	}
	return good;
}

static bool is_local(const struct probe_addr *addr)
{
	return addr->family == 4 ? addr->octet[0] == 127 || addr->octet[0] == 0
				 : addr->octet[0] == 0xfe || addr->octet[0] == 0;
}

/* InetAddressType, its length and its octets, or four octets alone. */
static bool address_of(struct oid index, bool is_typed, struct probe_addr *ret_addr)
{
	*ret_addr = (struct probe_addr) { .family = 4 };
	if (!is_typed) {
		return index_octets(index, V4_OCTETS, ret_addr->octet);
	}
	if (index.n < 2 || index.id[0] < 1 || index.id[0] > 2) {
		return false;
	}
	size_t count = index.id[0] == 1 ? V4_OCTETS : V6_OCTETS;
	ret_addr->family = index.id[0] == 1 ? 4 : 6;
	return index.id[1] == count && index_octets(oid_skip(index, 2), count, ret_addr->octet);
}

static void put_hex(struct reading *r, struct slice octets)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_ROOM);
	buf_put_hex(&text, octets);
	jw_str(r->jw, buf_slice(&text));
}

static void put_text(struct reading *r, const char *name, struct slice text)
{
	text = slice_head(text, VICINITY_TEXT_MAX);
	if (text.n > 0) {
		jw_kv_str(r->jw, name, slice_head(text, utf8_span(text)));
	}
}

static void put_address(struct reading *r, const struct probe_addr *addr)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_ROOM);
	probe_addr_put(&text, addr);
	jw_str(r->jw, buf_slice(&text));
}

/* ---- the device itself */

static void put_chassis(struct reading *r)
{
	static const uint32_t zero = 0;
	uint32_t kind = number_at(r, LOC_CHASSIS_KIND, one(&zero));
	struct slice id = octets_at(r, LOC_CHASSIS, one(&zero));
	jw_key(r->jw, "chassis");
	jw_array(r->jw);
	if (kind > 0 && id.n > 0) {
		jw_array(r->jw);
		jw_int(r->jw, kind);
		put_hex(r, id);
		jw_end(r->jw);
	}
	jw_end(r->jw);
	id = octets_at(r, BRIDGE_ADDRESS, one(&zero));
	jw_key(r->jw, "macs");
	jw_array(r->jw);
	if (mac_of(id) != 0) {
		put_hex(r, id);
	}
	jw_end(r->jw);
}

static void put_own_addresses(struct reading *r)
{
	unsigned count = 0;
	jw_key(r->jw, "addresses");
	jw_array(r->jw);
	for (unsigned typed = 0; typed < 2; typed++) {
		struct mib_walk walk = mib_walk_of(
			r->table, columns[typed != 0 ? OWN_ADDRESS_ANY : OWN_ADDRESS]);
		struct oid index;
		const struct mib_value *value = NULL;
		struct probe_addr addr;
		while (count < VICINITY_KEYS_MAX && mib_walk_next(&walk, &index, &value)) {
			if (address_of(index, typed != 0, &addr) && !is_local(&addr)) {
				put_address(r, &addr);
				count++;
			}
		}
	}
	jw_end(r->jw);
}

static const struct device_port *port_named(const struct device *device, struct slice name)
{
	for (size_t i = 0; name.n > 0 && i < device->ports.count; i++) {
		const struct device_port *port = &device->ports.items[i];
		if (slice_eq(port->name, name) || slice_eq(port->descr, name)) {
			return port;
		}
	}
	return NULL;
}

/* lldpLocPortNum counts as the maker likes; its own words say which port is meant. */
static uint32_t local_port(const struct reading *r, uint32_t number)
{
	struct oid index = one(&number);
	const struct device_port *port = NULL;
	if (number_at(r, LOC_PORT_KIND, index) == LOCAL_INTERFACE_NAME) {
		port = port_named(r->device, octets_at(r, LOC_PORT, index));
	}
	port = port != NULL ? port : port_named(r->device, octets_at(r, LOC_PORT_DESCR, index));
	if (port != NULL) {
		return port->if_index;
	}
	uint32_t by_bridge = number_at(r, BRIDGE_PORT, index);
	return by_bridge != 0 ? by_bridge : number;
}

static void put_port(struct reading *r, const struct device_port *port)
{
	struct jw *jw = r->jw;
	uint32_t lag = number_at(r, LAG_OF, one(&port->if_index));
	jw_object(jw);
	jw_kv_int(jw, "index", port->if_index);
	put_text(r, "name", port->name);
	put_text(r, "descr", port->descr);
	put_text(r, "alias", port->alias);
	if (port->phys_address.n == MAC_DIGITS) {
		jw_kv_str(jw, "mac", port->phys_address);
	}
	if (port->speed > 0 && port->speed < 0x1p62) {
		jw_kv_int(jw, "speed", (int64_t)port->speed);
	}
	if (lag != 0 && lag != port->if_index) {
		jw_kv_int(jw, "lag", lag);
	}
	if (slice_is(port->oper_status, "down") ||
		slice_is(port->oper_status, "lowerLayerDown") ||
		slice_is(port->oper_status, "notPresent")) {
		jw_kv_bool(jw, "down", true);
	}
	jw_end(jw);
}

static void put_facts(struct reading *r)
{
	static const uint32_t zero = 0;
	struct slice said = octets_at(r, LOC_SYSNAME, one(&zero));
	jw_key(r->jw, "facts");
	jw_object(r->jw);
	put_text(r, "sysname", r->device->sysname.n > 0 ? r->device->sysname : said);
	put_chassis(r);
	put_own_addresses(r);
	jw_key(r->jw, "ports");
	jw_array(r->jw);
	for (size_t i = 0; i < r->device->ports.count && i < VICINITY_PORTS_MAX; i++) {
		put_port(r, &r->device->ports.items[i]);
	}
	jw_end(r->jw);
	jw_end(r->jw);
}

/* ---- neighbours */

/* Columns of LLDP's two tables, of which the second numbers interfaces. */
struct lldp_form {
	enum column chassis_kind;
	enum column chassis;
	enum column port_kind;
	enum column port;
	enum column port_descr;
	enum column sysname;
	bool by_interface;
};

static const struct lldp_form lldp_forms[] = {
	{ REM_CHASSIS_KIND, REM_CHASSIS, REM_PORT_KIND, REM_PORT, REM_PORT_DESCR, REM_SYSNAME,
		false },
	{ REM2_CHASSIS_KIND, REM2_CHASSIS, REM2_PORT_KIND, REM2_PORT, REM2_PORT_DESCR,
		REM2_SYSNAME, true },
};

/* lldpRemManAddr: the row's own index, then type, length and octets. */
static void put_management_address(struct reading *r, struct oid row)
{
	struct oid_room prefix = { .n = 0 };
	struct oid index;
	const struct mib_value *value = NULL;
	struct probe_addr addr;
	if (oid_append(&prefix, columns[REM_ADDRESS]) < 0 || oid_append(&prefix, row) < 0) {
		return;
	}
	struct mib_walk walk = mib_walk_of(r->table, oid_of(&prefix));
	for (unsigned i = 0; i < 4 && mib_walk_next(&walk, &index, &value); i++) {
		if (address_of(index, true, &addr) && !is_local(&addr)) {
			jw_key(r->jw, "address");
			put_address(r, &addr);
			return;
		}
	}
}

static void put_lldp(struct reading *r, const struct lldp_form *form, struct oid index)
{
	uint32_t number = index.id[1];
	jw_object(r->jw);
	jw_kv_str(r->jw, "source", SLICE("lldp"));
	jw_kv_int(r->jw, "local", form->by_interface ? number : local_port(r, number));
	jw_kv_int(r->jw, "chassis_kind", number_at(r, form->chassis_kind, index));
	jw_key(r->jw, "chassis");
	put_hex(r, octets_at(r, form->chassis, index));
	jw_kv_int(r->jw, "port_kind", number_at(r, form->port_kind, index));
	jw_key(r->jw, "port");
	put_hex(r, octets_at(r, form->port, index));
	put_text(r, "sysname", octets_at(r, form->sysname, index));
	put_text(r, "port_descr", octets_at(r, form->port_descr, index));
	if (!form->by_interface) {
		put_management_address(r, index);
	}
	jw_end(r->jw);
}

static void put_cdp(struct reading *r, struct oid index)
{
	struct slice where = octets_at(r, CDP_ADDRESS, index);
	struct probe_addr addr = { .family = 4 };
	jw_object(r->jw);
	jw_kv_str(r->jw, "source", SLICE("cdp"));
	jw_kv_int(r->jw, "local", index.id[0]);
	jw_kv_int(r->jw, "chassis_kind", 7); /* a name of its own, as LLDP counts */
	jw_key(r->jw, "chassis");
	put_hex(r, octets_at(r, CDP_DEVICE, index));
	jw_kv_int(r->jw, "port_kind", 5);
	jw_key(r->jw, "port");
	put_hex(r, octets_at(r, CDP_PORT, index));
	if (number_at(r, CDP_ADDRESS_KIND, index) == 1 && where.n == V4_OCTETS) {
		memcpy(addr.octet, where.p, V4_OCTETS);
		jw_key(r->jw, "address");
		put_address(r, &addr);
	}
	jw_end(r->jw);
}

static void put_neighbours(struct reading *r)
{
	unsigned count = 0;
	struct oid index;
	const struct mib_value *value = NULL;
	jw_key(r->jw, "neighbours");
	jw_array(r->jw);
	for (size_t i = 0; i < 2 && count == 0; i++) {
		struct mib_walk walk = mib_walk_of(r->table, columns[lldp_forms[i].port]);
		while (count < VICINITY_NEIGHBOURS_MAX &&
			mib_walk_next(&walk, &index, &value)) {
			if (index.n >= 3) {
				put_lldp(r, &lldp_forms[i], index);
				count++;
			}
		}
	}
	struct mib_walk walk = mib_walk_of(r->table, columns[CDP_PORT]);
	while (count < VICINITY_NEIGHBOURS_MAX && mib_walk_next(&walk, &index, &value)) {
		if (index.n == 2) {
			put_cdp(r, index);
			count++;
		}
	}
	jw_end(r->jw);
}

/* ---- stations and addresses */

struct station {
	uint32_t if_index;
	uint32_t vlan; /* dot1qFdbId: of most makers the VLAN's number */
	uint64_t mac;
};

static int station_order(const void *a, const void *b)
{
	const struct station *x = a;
	const struct station *y = b;
	if (x->if_index != y->if_index) {
		return x->if_index < y->if_index ? -1 : 1;
	}
	if (x->vlan != y->vlan) {
		return x->vlan < y->vlan ? -1 : 1;
	}
	return (x->mac > y->mac) - (x->mac < y->mac);
}

static size_t stations_read(const struct reading *r, bool by_vlan, struct station *stations)
{
	struct mib_walk walk = mib_walk_of(r->table, columns[by_vlan ? FDB_VLAN : FDB_PLAIN]);
	struct oid index;
	const struct mib_value *value = NULL;
	uint8_t octets[MAC_OCTETS];
	size_t count = 0;
	while (count < VICINITY_FDB_MAX && mib_walk_next(&walk, &index, &value)) {
		uint32_t port = own_number(value);
		if (!index_octets(oid_skip(index, by_vlan), MAC_OCTETS, octets) || port == 0) {
			continue;
		}
		struct station *s = &stations[count];
		s->if_index =
			r->has_bridge_ports ? number_at(r, BRIDGE_PORT, one(&port)) : port;
		s->vlan = by_vlan ? index.id[0] & UINT16_MAX : 0;
		s->mac = mac_of(slice_of(octets, MAC_OCTETS));
		count += s->if_index != 0 && s->mac != 0;
	}
	return count;
}

static void put_mac(struct buf *buf, uint64_t mac)
{
	for (unsigned i = MAC_OCTETS; i-- > 0;) {
		uint8_t octet = (uint8_t)(mac >> (8 * i));
		buf_put_hex(buf, slice_of(&octet, 1));
	}
}

static void put_fdb(struct reading *r)
{
	AUTO_BUF struct buf macs;
	struct station *stations = calloc(VICINITY_FDB_MAX, sizeof(*stations));
	if (stations == NULL) {
		abort();
	}
	size_t count = stations_read(r, true, stations);
	count = count > 0 ? count : stations_read(r, false, stations);
	qsort(stations, count, sizeof(*stations), station_order);
	buf_init(&macs, (size_t)VICINITY_FDB_MAX * MAC_DIGITS + 1);
	jw_key(r->jw, "fdb");
	jw_array(r->jw);
	for (size_t i = 0; i < count; i++) {
		const struct station *s = &stations[i];
		put_mac(&macs, s->mac);
		if (i + 1 < count && s[1].if_index == s->if_index && s[1].vlan == s->vlan) {
			continue;
		}
		jw_array(r->jw);
		jw_int(r->jw, s->if_index);
		jw_int(r->jw, s->vlan);
		jw_str(r->jw, buf_slice(&macs));
		jw_end(r->jw);
		buf_clear(&macs);
	}
	jw_end(r->jw);
	free(stations);
}

static void put_arp(struct reading *r)
{
	unsigned count = 0;
	jw_key(r->jw, "arp");
	jw_array(r->jw);
	for (unsigned typed = 0; typed < 2; typed++) {
		struct mib_walk walk =
			mib_walk_of(r->table, columns[typed != 0 ? ARP_ANY : ARP]);
		struct oid index;
		const struct mib_value *value = NULL;
		struct probe_addr addr;
		unsigned old = count;
		while (count < VICINITY_ARP_MAX && mib_walk_next(&walk, &index, &value)) {
			bool good = index.n > 1 && value->type == MIB_OCTETS &&
				    mac_of(value->octets) != 0 &&
				    address_of(oid_skip(index, 1), typed != 0, &addr);
			/* The newer table has IPv4 too: once is enough. */
			if (!good || (typed != 0 && old > 0 && addr.family == 4)) {
				continue;
			}
			jw_array(r->jw);
			jw_int(r->jw, index.id[0]);
			put_address(r, &addr);
			put_hex(r, value->octets);
			jw_end(r->jw);
			count++;
		}
	}
	jw_end(r->jw);
}

void vicinity_put_json(
	struct buf *buf, const struct mib_table *table, const struct device *device)
{
	struct jw jw;
	struct reading r = { .table = table, .device = device, .jw = &jw };
	r.has_bridge_ports = mib_table_has(table, columns[BRIDGE_PORT]);
	jw_init(&jw, buf);
	jw_object(&jw);
	put_facts(&r);
	put_neighbours(&r);
	put_fdb(&r);
	put_arp(&r);
	jw_end(&jw);
}
