/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

static int order_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

bool topo_is_bridge(const struct topo *topo, uint32_t device)
{
	return topo->in->devices[device].fdb_count > 0;
}

/* ---- stations: (device, station) -> port */

static int station_order(const void *a, const void *b)
{
	const struct topo_station *x = a;
	const struct topo_station *y = b;
	if (x->mac != y->mac) {
		return x->mac > y->mac ? 1 : -1;
	}
	return order_u32(x->port, y->port);
}

static void station_add(struct topo *topo, uint32_t device, uint32_t if_index, uint64_t mac)
{
	uint32_t port = topo_port_index(topo, device, if_index);
	if (port == NONE) {
		topo->stats.unknown++;
	} else if (topo_mac_usable(mac)) {
		topo->stations[topo->station_count++] =
			(struct topo_station) { device, topo->ports[port].end, mac };
	}
}

/* A router without a bridge table sees its neighbours by their addresses. */
static void stations_of(struct topo *topo, uint32_t at, size_t room)
{
	const struct topology_device *device = &topo->in->devices[at];
	size_t first = topo->station_count;
	if (topo_is_bridge(topo, at)) {
		size_t n = topo_rows(topo, device->fdb_count, TOPOLOGY_DEVICE_FDB_MAX);
		n = topo_rows(topo, n, room - first);
		for (size_t i = 0; i < n; i++) {
			station_add(topo, at, device->fdb[i].if_index, device->fdb[i].mac);
		}
	} else {
		size_t n = topo_rows(topo, device->arp_count, TOPOLOGY_DEVICE_ARP_MAX);
		n = topo_rows(topo, n, room - first);
		for (size_t i = 0; i < n; i++) {
			station_add(topo, at, device->arp[i].if_index, device->arp[i].mac);
		}
	}
	if (topo->station_count > first) {
		qsort(topo->stations + first, topo->station_count - first,
			sizeof(*topo->stations), station_order);
	}
}

uint32_t topo_station_port(const struct topo *topo, uint32_t device, uint64_t mac)
{
	size_t low = topo->first_station[device];
	size_t end = topo->first_station[device + 1];
	size_t high = end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (topo->stations[middle].mac < mac) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < end && topo->stations[low].mac == mac ? topo->stations[low].port : NONE;
}

/* ---- sights: (device, other device) -> port */

static int sight_order(const void *a, const void *b)
{
	const struct topo_sight *x = a;
	const struct topo_sight *y = b;
	int order = order_u32(x->other, y->other);
	return order != 0 ? order : order_u32(x->port, y->port);
}

static int behind_order(const void *a, const void *b)
{
	const struct topo_sight *x = a;
	const struct topo_sight *y = b;
	int order = order_u32(x->port, y->port);
	return order != 0 ? order : order_u32(x->other, y->other);
}

/* One sight an other device: the port with most rows; NONE where two have as many. */
static size_t sights_settle(struct topo_sight *sights, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count;) {
		struct topo_sight sum = sights[i];
		for (i++; i < count && sight_order(&sum, &sights[i]) == 0; i++) {
			sum.rows++;
			sum.by_arp = sum.by_arp && sights[i].by_arp;
		}
		struct topo_sight *last = kept > 0 ? &sights[kept - 1] : NULL;
		if (last == NULL || last->other != sum.other) {
			sights[kept++] = sum;
		} else if (last->rows < sum.rows) {
			*last = sum;
		} else if (last->rows == sum.rows) {
			last->port = NONE;
		}
	}
	return kept;
}

static void sights_of(struct topo *topo, uint32_t at)
{
	struct topo_sight *first = topo->sights + topo->sight_count;
	size_t count = 0;
	for (size_t i = topo->first_station[at]; i < topo->first_station[at + 1]; i++) {
		const struct topo_station *station = &topo->stations[i];
		const struct topo_owner *owner = topo_owner(topo, station->mac);
		if (owner != NULL && owner->device != at) {
			first[count++] = (struct topo_sight) { at, owner->device, station->port,
				1, owner->by_arp };
		}
	}
	if (count > 0) {
		qsort(first, count, sizeof(*first), sight_order);
	}
	topo->sight_count += sights_settle(first, count);
}

void topo_sights(struct topo *topo)
{
	size_t room = 0;
	for (uint32_t i = 0; i < topo->device_count; i++) {
		const struct topology_device *device = &topo->in->devices[i];
		room += topo_is_bridge(topo, i) ? device->fdb_count : device->arp_count;
	}
	room = room < TOPOLOGY_FDB_MAX ? room : TOPOLOGY_FDB_MAX;
	size_t heads = (topo->device_count + 1) * sizeof(size_t);
	topo->first_station = arena_take(topo->scratch, heads);
	topo->first_sight = arena_take(topo->scratch, heads);
	topo->stations = arena_take(topo->scratch, (room + 1) * sizeof(*topo->stations));
	for (uint32_t i = 0; i < topo->device_count; i++) {
		stations_of(topo, i, room);
		topo->first_station[i + 1] = topo->station_count;
	}
	topo->sights =
		arena_take(topo->scratch, (topo->station_count + 1) * sizeof(*topo->sights));
	for (uint32_t i = 0; i < topo->device_count; i++) {
		sights_of(topo, i);
		topo->first_sight[i + 1] = topo->sight_count;
	}
	size_t octets = topo->sight_count * sizeof(*topo->sights);
	topo->behind = arena_take(topo->scratch, octets + 1);
	if (octets > 0) {
		memcpy(topo->behind, topo->sights, octets);
	}
	for (uint32_t i = 0; i < topo->device_count; i++) {
		size_t first = topo->first_sight[i];
		size_t count = topo->first_sight[i + 1] - first;
		if (count > 0) {
			qsort(topo->behind + first, count, sizeof(*topo->behind), behind_order);
		}
	}
}

uint32_t topo_sees(const struct topo *topo, uint32_t device, uint32_t other)
{
	size_t low = topo->first_sight[device];
	size_t end = topo->first_sight[device + 1];
	size_t high = end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (topo->sights[middle].other < other) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < end && topo->sights[low].other == other ? topo->sights[low].port : NONE;
}

const struct topo_sight *topo_behind(
	const struct topo *topo, uint32_t device, uint32_t port, size_t *ret_count)
{
	size_t low = topo->first_sight[device];
	size_t end = topo->first_sight[device + 1];
	size_t high = end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (topo->behind[middle].port < port) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	size_t count = 0;
	while (low + count < end && topo->behind[low + count].port == port) {
		count++;
	}
	*ret_count = count;
	return topo->behind + low;
}
