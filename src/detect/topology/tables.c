/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/topology/tables.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"

enum { MAC_DIGITS = 12, MAC_OCTETS = 6, ADDRESS_TEXT_MAX = 64, PLACE = 3 };

static const char *const source_names[] = { [TOPOLOGY_LLDP] = "lldp", [TOPOLOGY_CDP] = "cdp" };

/* ---- reading */

static struct slice text_of(struct arena *arena, const struct json *object, const char *name)
{
	struct slice text = slice_head(json_get_str(object, name), TABLES_TEXT_MAX);
	return arena_dup(arena, slice_head(text, utf8_span(text)));
}

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct slice octets_of(struct arena *arena, struct slice hex)
{
	size_t n = hex.n / 2 < TABLES_TEXT_MAX ? hex.n / 2 : TABLES_TEXT_MAX;
	uint8_t *octets = arena_take(arena, n + 1);
	for (size_t i = 0; i < n; i++) {
		int high = digit(hex.p[2 * i]);
		int low = digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0) {
			return (struct slice) { 0 };
		}
		octets[i] = (uint8_t)(high * 16 + low);
	}
	return slice_of(octets, n);
}

uint64_t tables_mac(struct slice hex)
{
	uint64_t mac = 0;
	for (size_t i = 0; i < MAC_DIGITS; i++) {
		int value = i < hex.n ? digit(hex.p[i]) : -1;
		if (value < 0) {
			return 0;
		}
		mac = mac << 4 | (unsigned)value;
	}
	return mac;
}

static uint32_t number_of(const struct json *object, const char *name, int64_t max)
{
	int64_t number = json_get_int(object, name, 0);
	return number > 0 && number <= max ? (uint32_t)number : 0;
}

static size_t rows_of(const struct json *list, size_t most)
{
	size_t count = json_count(list);
	return count < most ? count : most;
}

static void chassis_read(
	struct arena *arena, const struct json *list, struct topology_device *device)
{
	size_t most = rows_of(list, TOPOLOGY_DEVICE_KEYS_MAX);
	struct topology_id *ids = arena_take(arena, (most + 1) * sizeof(*ids));
	for (const struct json *row = json_first(list);
		row != NULL && device->chassis_count < most; row = json_next(row)) {
		int64_t kind = 0;
		const struct json *first = json_first(row);
		if (!json_int(first, &kind) || kind < 1 || kind > TOPOLOGY_CHASSIS_LOCAL) {
			continue;
		}
		struct slice octets = octets_of(arena, json_str(json_next(first)));
		if (octets.n > 0) {
			ids[device->chassis_count++] =
				(struct topology_id) { (uint8_t)kind, octets };
		}
	}
	device->chassis = ids;
}

static void keys_read(
	struct arena *arena, const struct json *facts, struct topology_device *device)
{
	const struct json *list = json_get(facts, "macs");
	size_t most = rows_of(list, TOPOLOGY_DEVICE_KEYS_MAX);
	uint64_t *macs = arena_take(arena, (most + 1) * sizeof(*macs));
	for (const struct json *row = json_first(list); row != NULL && device->mac_count < most;
		row = json_next(row)) {
		macs[device->mac_count] = tables_mac(json_str(row));
		device->mac_count += macs[device->mac_count] != 0;
	}
	device->macs = macs;
	list = json_get(facts, "addresses");
	most = rows_of(list, TOPOLOGY_DEVICE_KEYS_MAX);
	/* One more: where it is asked. */
	struct network *addresses = arena_take(arena, (most + 1) * sizeof(*addresses));
	for (const struct json *row = json_first(list);
		row != NULL && device->address_count < most; row = json_next(row)) {
		device->address_count +=
			network_parse(json_str(row), &addresses[device->address_count]) == 0;
	}
	device->addresses = addresses;
}

static void ports_read(
	struct arena *arena, const struct json *list, struct topology_device *device)
{
	size_t most = rows_of(list, TOPOLOGY_DEVICE_PORTS_MAX);
	struct topology_port *ports = arena_take(arena, (most + 1) * sizeof(*ports));
	for (const struct json *row = json_first(list);
		row != NULL && device->port_count < most; row = json_next(row)) {
		struct topology_port port = {
			.if_index = number_of(row, "index", UINT32_MAX),
			.local_number = number_of(row, "local", UINT32_MAX),
			.name = text_of(arena, row, "name"),
			.descr = text_of(arena, row, "descr"),
			.alias = text_of(arena, row, "alias"),
			.mac = tables_mac(json_get_str(row, "mac")),
			.lag = number_of(row, "lag", UINT32_MAX),
			.down = json_get_bool(row, "down", false),
		};
		int64_t speed = json_get_int(row, "speed", 0);
		port.speed_bps = speed > 0 ? (uint64_t)speed : 0;
		if (port.if_index != 0) {
			ports[device->port_count++] = port;
		}
	}
	device->ports = ports;
}

static bool neighbour_read(
	struct arena *arena, const struct json *row, struct topology_neighbour *ret_row)
{
	struct slice source = json_get_str(row, "source");
	struct topology_neighbour n = {
		.source = slice_is(source, "cdp") ? TOPOLOGY_CDP : TOPOLOGY_LLDP,
		.local = number_of(row, "local", UINT32_MAX),
		.chassis = { (uint8_t)number_of(row, "chassis_kind", TOPOLOGY_CHASSIS_LOCAL),
			octets_of(arena, json_get_str(row, "chassis")) },
		.port = { (uint8_t)number_of(row, "port_kind", TOPOLOGY_PORT_LOCAL),
			octets_of(arena, json_get_str(row, "port")) },
		.sysname = text_of(arena, row, "sysname"),
		.port_descr = text_of(arena, row, "port_descr"),
	};
	if (network_parse(json_get_str(row, "address"), &n.address) < 0) {
		n.address = (struct network) { 0 };
	}
	*ret_row = n;
	return slice_is(source, source_names[n.source]);
}

void tables_read(struct arena *arena, const struct json *facts, const struct json *neighbours,
	struct topology_device *ret_device)
{
	*ret_device = (struct topology_device) { .sysname = text_of(arena, facts, "sysname") };
	chassis_read(arena, json_get(facts, "chassis"), ret_device);
	keys_read(arena, facts, ret_device);
	ports_read(arena, json_get(facts, "ports"), ret_device);
	size_t most = rows_of(neighbours, TOPOLOGY_DEVICE_NEIGHBOURS_MAX);
	struct topology_neighbour *rows = arena_take(arena, (most + 1) * sizeof(*rows));
	for (const struct json *row = json_first(neighbours);
		row != NULL && ret_device->neighbour_count < most; row = json_next(row)) {
		ret_device->neighbour_count +=
			neighbour_read(arena, row, &rows[ret_device->neighbour_count]);
	}
	ret_device->neighbours = rows;
}

/* The first number, the second value and the third of a row. */
static bool row_read(
	const struct json *row, uint32_t *ret_port, const struct json *ret_value[PLACE])
{
	int64_t port = 0;
	ret_value[0] = json_first(row);
	ret_value[1] = json_next(ret_value[0]);
	ret_value[2] = json_next(ret_value[1]);
	bool good = json_int(ret_value[0], &port) && port >= 0 && port <= UINT32_MAX;
	*ret_port = (uint32_t)port;
	return good;
}

void tables_read_fdb(
	struct arena *arena, const struct json *fdb, struct topology_device *device)
{
	const struct json *value[PLACE];
	uint32_t port = 0;
	size_t count = 0;
	for (const struct json *row = json_first(fdb); row != NULL; row = json_next(row)) {
		bool good = row_read(row, &port, value);
		count += good ? json_str(value[2]).n / MAC_DIGITS : 0;
	}
	count = count < TABLES_FDB_MAX ? count : TABLES_FDB_MAX;
	struct topology_fdb *rows = arena_take(arena, (count + 1) * sizeof(*rows));
	device->fdb_count = 0;
	for (const struct json *row = json_first(fdb); row != NULL; row = json_next(row)) {
		int64_t vlan = 0;
		bool good = row_read(row, &port, value) && json_int(value[1], &vlan);
		struct slice macs = good ? json_str(value[2]) : (struct slice) { 0 };
		for (; macs.n >= MAC_DIGITS && device->fdb_count < count;
			macs = slice_skip(macs, MAC_DIGITS)) {
			struct topology_fdb one = { port, (uint16_t)vlan, tables_mac(macs) };
			rows[device->fdb_count] = one;
			device->fdb_count += one.mac != 0;
		}
	}
	device->fdb = rows;
}

void tables_read_arp(
	struct arena *arena, const struct json *arp, struct topology_device *device)
{
	const struct json *value[PLACE];
	size_t most = rows_of(arp, TABLES_ARP_MAX);
	struct topology_arp *rows = arena_take(arena, (most + 1) * sizeof(*rows));
	device->arp_count = 0;
	for (const struct json *row = json_first(arp); row != NULL && device->arp_count < most;
		row = json_next(row)) {
		struct topology_arp *one = &rows[device->arp_count];
		bool good = row_read(row, &one->if_index, value) &&
			    network_parse(json_str(value[1]), &one->address) == 0;
		one->mac = good ? tables_mac(json_str(value[2])) : 0;
		device->arp_count += one->mac != 0;
	}
	device->arp = rows;
}

/* ---- writing */

static void put_mac(struct buf *buf, uint64_t mac)
{
	for (unsigned i = MAC_OCTETS; i-- > 0;) {
		uint8_t octet = (uint8_t)(mac >> (8 * i));
		buf_put_hex(buf, slice_of(&octet, 1));
	}
}

static void put_mac_text(struct jw *jw, uint64_t mac)
{
	AUTO_BUF struct buf text;
	buf_init(&text, MAC_DIGITS + 1);
	put_mac(&text, mac);
	jw_str(jw, buf_slice(&text));
}

static void put_octets(struct jw *jw, struct slice octets)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 2 * TABLES_TEXT_MAX + 2);
	buf_put_hex(&text, slice_head(octets, TABLES_TEXT_MAX));
	jw_str(jw, buf_slice(&text));
}

static void put_address(struct jw *jw, const struct network *address)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ADDRESS_TEXT_MAX);
	network_put_address(&text, address);
	jw_str(jw, buf_slice(&text));
}

static void put_some(struct jw *jw, const char *name, struct slice text)
{
	if (text.n > 0) {
		jw_kv_str(jw, name, text);
	}
}

static void put_number(struct jw *jw, const char *name, uint64_t number)
{
	if (number > 0 && number <= INT64_MAX) {
		jw_kv_int(jw, name, (int64_t)number);
	}
}

static void put_port(struct jw *jw, const struct topology_port *port)
{
	jw_object(jw);
	jw_kv_int(jw, "index", port->if_index);
	put_number(jw, "local", port->local_number);
	put_some(jw, "name", port->name);
	put_some(jw, "descr", port->descr);
	put_some(jw, "alias", port->alias);
	if (port->mac != 0) {
		jw_key(jw, "mac");
		put_mac_text(jw, port->mac);
	}
	put_number(jw, "speed", port->speed_bps);
	put_number(jw, "lag", port->lag);
	if (port->down) {
		jw_kv_bool(jw, "down", true);
	}
	jw_end(jw);
}

void tables_put_facts(struct jw *jw, const struct topology_device *device)
{
	jw_object(jw);
	jw_kv_str(jw, "sysname", device->sysname);
	jw_key(jw, "chassis");
	jw_array(jw);
	for (size_t i = 0; i < device->chassis_count; i++) {
		jw_array(jw);
		jw_int(jw, device->chassis[i].kind);
		put_octets(jw, device->chassis[i].octets);
		jw_end(jw);
	}
	jw_end(jw);
	jw_key(jw, "macs");
	jw_array(jw);
	for (size_t i = 0; i < device->mac_count; i++) {
		put_mac_text(jw, device->macs[i]);
	}
	jw_end(jw);
	jw_key(jw, "addresses");
	jw_array(jw);
	for (size_t i = 0; i < device->address_count; i++) {
		put_address(jw, &device->addresses[i]);
	}
	jw_end(jw);
	jw_key(jw, "ports");
	jw_array(jw);
	for (size_t i = 0; i < device->port_count; i++) {
		put_port(jw, &device->ports[i]);
	}
	jw_end(jw);
	jw_end(jw);
}

void tables_put_neighbours(struct jw *jw, const struct topology_device *device)
{
	jw_array(jw);
	for (size_t i = 0; i < device->neighbour_count; i++) {
		const struct topology_neighbour *n = &device->neighbours[i];
		jw_object(jw);
		jw_kv_str(jw, "source", slice_str(source_names[n->source]));
		jw_kv_int(jw, "local", n->local);
		jw_kv_int(jw, "chassis_kind", n->chassis.kind);
		jw_key(jw, "chassis");
		put_octets(jw, n->chassis.octets);
		jw_kv_int(jw, "port_kind", n->port.kind);
		jw_key(jw, "port");
		put_octets(jw, n->port.octets);
		put_some(jw, "sysname", n->sysname);
		put_some(jw, "port_descr", n->port_descr);
		if (n->address.prefix > 0) {
			jw_key(jw, "address");
			put_address(jw, &n->address);
		}
		jw_end(jw);
	}
	jw_end(jw);
}

void tables_put_fdb(struct jw *jw, const struct topology_device *device)
{
	AUTO_BUF struct buf macs;
	buf_init(&macs, (size_t)(TABLES_FDB_MAX + 1) * MAC_DIGITS);
	jw_array(jw);
	for (size_t i = 0; i < device->fdb_count; i++) {
		const struct topology_fdb *row = &device->fdb[i];
		const struct topology_fdb *next = i + 1 < device->fdb_count ? row + 1 : NULL;
		put_mac(&macs, row->mac);
		if (next != NULL && next->if_index == row->if_index &&
			next->vlan == row->vlan) {
			continue;
		}
		jw_array(jw);
		jw_int(jw, row->if_index);
		jw_int(jw, row->vlan);
		jw_str(jw, buf_slice(&macs));
		jw_end(jw);
		buf_clear(&macs);
	}
	jw_end(jw);
}

void tables_put_arp(struct jw *jw, const struct topology_device *device)
{
	jw_array(jw);
	for (size_t i = 0; i < device->arp_count; i++) {
		const struct topology_arp *row = &device->arp[i];
		jw_array(jw);
		jw_int(jw, row->if_index);
		put_address(jw, &row->address);
		put_mac_text(jw, row->mac);
		jw_end(jw);
	}
	jw_end(jw);
}
