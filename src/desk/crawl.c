/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/crawl.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "desk/sightings.h"
#include "detect/topology/topology.h"
#include "records/sql.h"
#include "records/txn.h"

enum { MAC_OCTETS = 6, CHASSIS_TEXT_MAX = 600 };

struct crawl {
	struct sighting_keeper keeper;
	struct txn *txn;
	const struct topology_device *device;
	struct slice chassis; /* its own */
	int64_t at_ms;
};

/* From the network: no control characters, no half a character. */
static struct slice clean(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f) {
			return (struct slice) { 0 };
		}
	}
	text = slice_head(text, SIGHTING_TEXT_MAX);
	return slice_head(text, utf8_span(text));
}

static struct slice port_name(const struct crawl *c, uint32_t if_index, bool is_local)
{
	for (size_t i = 0; i < c->device->port_count; i++) {
		const struct topology_port *port = &c->device->ports[i];
		uint32_t local = port->local_number != 0 ? port->local_number : port->if_index;
		if ((is_local ? local : port->if_index) == if_index) {
			return clean(port->name.n > 0 ? port->name : port->descr);
		}
	}
	return (struct slice) { 0 };
}

static struct slice chassis_text(const struct crawl *c, const struct topology_id *id)
{
	AUTO_BUF struct buf text;
	buf_init(&text, CHASSIS_TEXT_MAX);
	if (id->kind == 0 || id->octets.n == 0) {
		return (struct slice) { 0 };
	}
	buf_printf(&text, "%u:", id->kind);
	for (size_t i = 0; i < id->octets.n; i++) {
		buf_printf(&text, "%02x", id->octets.p[i]);
	}
	return text.failed ? (struct slice) { 0 }
			   : arena_dup(txn_arena(c->txn), buf_slice(&text));
}

static uint64_t chassis_mac(const struct topology_id *id)
{
	uint64_t mac = 0;
	if (id->kind != TOPOLOGY_CHASSIS_MAC || id->octets.n != MAC_OCTETS) {
		return 0;
	}
	for (size_t i = 0; i < MAC_OCTETS; i++) {
		mac = mac << 8 | id->octets.p[i];
	}
	return mac;
}

static struct slice own_chassis(const struct crawl *c)
{
	const struct topology_device *device = c->device;
	struct slice chassis = { 0 };
	if (device->chassis_count > 0) {
		chassis = chassis_text(c, &device->chassis[0]);
	}
	return chassis.n > 0
		       ? chassis
		       : arena_printf(txn_arena(c->txn), "watch:%lld", (long long)device->id);
}

static int own_keep(struct crawl *c, struct network address, uint64_t mac)
{
	struct sighting s = { .source = DISCOVERY_SNMP,
		.by_device = c->device->id,
		.address = address,
		.mac = mac,
		.chassis = c->chassis,
		.name = clean(c->device->sysname),
		.at_ms = c->at_ms };
	return sighting_keep(&c->keeper, &s);
}

/* All of them are one box, whatever else is seen at them. */
static int own_places(struct crawl *c)
{
	const struct topology_device *device = c->device;
	int error = 0;
	for (size_t i = 0; i < device->address_count && error >= 0; i++) {
		bool one = device->addresses[i].prefix == 128;
		error = one ? own_keep(c, device->addresses[i], 0) : 0;
	}
	for (size_t i = 0; i < device->mac_count && error >= 0; i++) {
		error = own_keep(c, (struct network) { 0 }, device->macs[i]);
	}
	return error;
}

static bool is_own(const struct crawl *c, const struct network *address)
{
	for (size_t i = 0; i < c->device->address_count; i++) {
		if (network_contains(&c->device->addresses[i], address)) {
			return true;
		}
	}
	return false;
}

static int neighbours(struct crawl *c)
{
	int error = 0;
	for (size_t i = 0; i < c->device->neighbour_count && error >= 0; i++) {
		const struct topology_neighbour *n = &c->device->neighbours[i];
		struct sighting s = { .source = DISCOVERY_NEIGHBOUR,
			.by_device = c->device->id,
			.by_port = port_name(c, n->local, n->source == TOPOLOGY_LLDP),
			.address = n->address,
			.mac = chassis_mac(&n->chassis),
			.chassis = chassis_text(c, &n->chassis),
			.name = clean(n->sysname),
			.at_ms = c->at_ms };
		error = sighting_keep(&c->keeper, &s);
	}
	return error;
}

static int resolved(struct crawl *c)
{
	int error = 0;
	for (size_t i = 0; i < c->device->arp_count && error >= 0; i++) {
		const struct topology_arp *row = &c->device->arp[i];
		struct sighting s = { .source = DISCOVERY_ARP,
			.by_device = c->device->id,
			.by_port = port_name(c, row->if_index, false),
			.address = row->address,
			.mac = row->mac,
			.at_ms = c->at_ms };
		if (is_own(c, &row->address)) {
			/* A router resolves itself: so others know it by this station. */
			error = own_keep(c, row->address, row->mac);
		} else {
			error = s.address.prefix == 128 ? sighting_keep(&c->keeper, &s) : 0;
		}
	}
	return error;
}

static int by_port(const void *a, const void *b)
{
	const struct topology_fdb *x = a;
	const struct topology_fdb *y = b;
	return (x->if_index > y->if_index) - (x->if_index < y->if_index);
}

static int learnt_keep(struct crawl *c, const struct topology_fdb *row)
{
	int64_t known = 0;
	struct sighting s = { .source = DISCOVERY_FDB,
		.by_device = c->device->id,
		.by_port = port_name(c, row->if_index, false),
		.mac = row->mac,
		.at_ms = c->at_ms };
	/* A station alone is in no range: whether it may be looked at, nobody could say. */
	int found = sql_int(txn_db(c->txn),
		"SELECT 1 FROM sighting WHERE mac = $1 AND mac <> 0 AND address IS NOT NULL LIMIT 1",
		&known, SQL_INT((int64_t)row->mac));
	return found == 1 ? sighting_keep(&c->keeper, &s) : found;
}

static int learnt(struct crawl *c)
{
	size_t count = c->device->fdb_count;
	struct topology_fdb *rows = arena_take(txn_arena(c->txn), (count + 1) * sizeof(*rows));
	int error = 0;
	if (count > 0) {
		memcpy(rows, c->device->fdb, count * sizeof(*rows));
		qsort(rows, count, sizeof(*rows), by_port);
	}
	for (size_t i = 0; i < count && error >= 0; i++) {
		bool alone = (i == 0 || rows[i - 1].if_index != rows[i].if_index) &&
			     (i + 1 == count || rows[i + 1].if_index != rows[i].if_index);
		error = alone && rows[i].if_index != 0 ? learnt_keep(c, &rows[i]) : 0;
	}
	return error;
}

int crawl_take(struct txn *txn, const struct topology_device *device, int64_t at_ms)
{
	struct crawl c = { .txn = txn, .device = device, .at_ms = at_ms };
	int error = sightings_begin(txn, device->id, &c.keeper);
	c.chassis = own_chassis(&c);
	error = error < 0 ? error : own_places(&c);
	error = error < 0 ? error : neighbours(&c);
	error = error < 0 ? error : resolved(&c);
	error = error < 0 ? error : learnt(&c);
	sightings_end(&c.keeper);
	return error < 0 ? error : 0;
}
