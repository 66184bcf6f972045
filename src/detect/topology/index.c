/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

enum { MAC_OCTETS = 6, NAME_MAX_OCTETS = 255, FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

size_t topo_rows(struct topo *topo, size_t count, size_t limit)
{
	if (count > limit) {
		topo->stats.over_limit += count - limit;
		return limit;
	}
	return count;
}

uint64_t topo_mac(struct slice octets)
{
	uint64_t mac = 0;
	for (size_t i = 0; octets.n == MAC_OCTETS && i < MAC_OCTETS; i++) {
		mac = mac << 8 | octets.p[i];
	}
	return mac;
}

/* No group address, and none that wanders between routers: VRRP (RFC 9568
 * section 7.3) and its elder HSRP. */
bool topo_mac_usable(uint64_t mac)
{
	return mac != 0 && mac >> 48 == 0 && (mac >> 40 & 1) == 0 && mac >> 8 != 0x00005e0001 &&
	       mac >> 8 != 0x00005e0002 && mac >> 8 != 0x00000c07ac && mac >> 12 != 0x00000c9ff;
}

/* ---- keys */

static struct slice key_of(const struct topo *topo, uint8_t tag, const uint8_t *head,
	size_t head_octets, struct slice octets)
{
	uint8_t *key = arena_take(topo->keys, 1 + head_octets + octets.n);
	key[0] = tag;
	for (size_t i = 0; i < head_octets; i++) {
		key[1 + i] = head[i];
	}
	if (octets.n > 0) {
		memcpy(key + 1 + head_octets, octets.p, octets.n);
	}
	return slice_of(key, 1 + head_octets + octets.n);
}

struct slice topo_key_mac(const struct topo *topo, uint64_t mac)
{
	uint8_t octet[MAC_OCTETS];
	for (size_t i = 0; i < MAC_OCTETS; i++) {
		octet[i] = (uint8_t)(mac >> (8 * (MAC_OCTETS - 1 - i)));
	}
	return key_of(topo, 'M', NULL, 0, slice_of(octet, sizeof(octet)));
}

struct slice topo_key_address(const struct topo *topo, const struct network *address)
{
	return key_of(topo, 'A', NULL, 0, slice_of(address->octet, sizeof(address->octet)));
}

/* The address in a chassis id: IANA's family number, then the address. */
static bool chassis_address(struct slice octets, struct network *ret_address)
{
	struct network address = { .prefix = 128 };
	if (octets.n == 5 && octets.p[0] == FAMILY_IPV4) {
		address.octet[10] = 0xff;
		address.octet[11] = 0xff;
		memcpy(address.octet + 12, octets.p + 1, 4);
	} else if (octets.n == 17 && octets.p[0] == FAMILY_IPV6) {
		memcpy(address.octet, octets.p + 1, 16);
	} else {
		return false;
	}
	*ret_address = address;
	return true;
}

struct slice topo_key_chassis(const struct topo *topo, const struct topology_id *id)
{
	struct network address = { 0 };
	uint64_t mac = id->kind == TOPOLOGY_CHASSIS_MAC ? topo_mac(id->octets) : 0;
	if (mac != 0) {
		return topo_key_mac(topo, mac);
	}
	if (id->kind == TOPOLOGY_CHASSIS_ADDRESS && chassis_address(id->octets, &address)) {
		return topo_key_address(topo, &address);
	}
	if (id->kind == 0 || id->octets.n == 0 || id->octets.n > NAME_MAX_OCTETS) {
		return (struct slice) { 0 };
	}
	return key_of(topo, 'C', &id->kind, 1, id->octets);
}

/* CDP writes "name.domain" and "name(serial)" where LLDP writes "name". */
struct slice topo_key_name(const struct topo *topo, struct slice name)
{
	size_t n = 0;
	while (n < name.n && name.p[n] != '.' && name.p[n] != '(') {
		n++;
	}
	if (n == 0 || n > NAME_MAX_OCTETS) {
		return (struct slice) { 0 };
	}
	uint8_t *key = arena_take(topo->keys, n + 1);
	key[0] = 'N';
	for (size_t i = 0; i < n; i++) {
		uint8_t c = name.p[i];
		key[1 + i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
	}
	return slice_of(key, n + 1);
}

/* ---- names */

static int name_order(const void *a, const void *b)
{
	const struct topo_name *x = a;
	const struct topo_name *y = b;
	int order = slice_cmp(x->key, y->key);
	return order != 0 ? order : (x->device > y->device) - (x->device < y->device);
}

static void name_add(struct topo *topo, uint32_t device, struct slice key)
{
	if (key.n > 0) {
		topo->names[topo->name_count++] = (struct topo_name) { key, device };
	}
}

static void names_of(struct topo *topo, uint32_t at)
{
	const struct topology_device *device = &topo->in->devices[at];
	size_t n = topo_rows(topo, device->chassis_count, TOPOLOGY_DEVICE_KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		name_add(topo, at, topo_key_chassis(topo, &device->chassis[i]));
	}
	n = topo_rows(topo, device->mac_count, TOPOLOGY_DEVICE_KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (topo_mac_usable(device->macs[i])) {
			name_add(topo, at, topo_key_mac(topo, device->macs[i]));
		}
	}
	n = topo_rows(topo, device->address_count, TOPOLOGY_DEVICE_KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		name_add(topo, at, topo_key_address(topo, &device->addresses[i]));
	}
	name_add(topo, at, topo_key_name(topo, device->sysname));
}

size_t topo_bearers(
	const struct topo *topo, struct slice key, uint32_t ret_devices[NAMESAKES_MAX])
{
	size_t low = 0;
	size_t high = key.n > 0 ? topo->name_count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slice_cmp(topo->names[middle].key, key) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	size_t count = 0;
	for (size_t i = low; key.n > 0 && i < topo->name_count && count < NAMESAKES_MAX &&
			     slice_eq(topo->names[i].key, key);
		i++) {
		uint32_t device = topo->names[i].device;
		if (count == 0 || ret_devices[count - 1] != device) {
			ret_devices[count++] = device;
		}
	}
	return count;
}

/* ---- ports */

static int port_order(const void *a, const void *b)
{
	const struct topo_port *x = a;
	const struct topo_port *y = b;
	return (x->row->if_index > y->row->if_index) - (x->row->if_index < y->row->if_index);
}

static void ports_of(struct topo *topo, uint32_t at)
{
	const struct topology_device *device = &topo->in->devices[at];
	size_t n = topo_rows(topo, device->port_count, TOPOLOGY_DEVICE_PORTS_MAX);
	n = topo_rows(topo, n, TOPOLOGY_PORTS_MAX - topo->port_count);
	struct topo_port *first = topo->ports + topo->port_count;
	for (size_t i = 0; i < n; i++) {
		first[i] = (struct topo_port) {
			.row = &device->ports[i], .device = at, .wired_to = NONE
		};
	}
	qsort(first, n, sizeof(*first), port_order);
	topo->first_port[at] = topo->port_count;
	topo->port_count += (uint32_t)n;
	topo->first_port[at + 1] = topo->port_count;
	for (size_t i = 0; i < n; i++) {
		uint32_t lag = first[i].row->lag;
		uint32_t whole = lag != 0 ? topo_port_index(topo, at, lag) : NONE;
		uint32_t own = topo->first_port[at] + (uint32_t)i;
		first[i].end = whole != NONE ? whole : own;
		if (whole != NONE && whole != own) {
			topo->ports[whole].aggregate = true;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (first[i].aggregate) { /* an aggregate of aggregates is told as its first step */
			first[i].end = topo->first_port[at] + (uint32_t)i;
		}
	}
}

/* ---- owners of station addresses */

static int owner_order(const void *a, const void *b)
{
	const struct topo_owner *x = a;
	const struct topo_owner *y = b;
	if (x->mac != y->mac) {
		return x->mac > y->mac ? 1 : -1;
	}
	if (x->by_arp != y->by_arp) {
		return x->by_arp ? 1 : -1;
	}
	return (x->device > y->device) - (x->device < y->device);
}

static void owner_add(struct topo *topo, uint64_t mac, uint32_t device, bool by_arp)
{
	if (topo_mac_usable(mac)) {
		topo->owners[topo->owner_count++] = (struct topo_owner) { mac, device, by_arp };
	}
}

static void owners_of(struct topo *topo, uint32_t at)
{
	const struct topology_device *device = &topo->in->devices[at];
	for (size_t i = 0; i < device->chassis_count && i < TOPOLOGY_DEVICE_KEYS_MAX; i++) {
		if (device->chassis[i].kind == TOPOLOGY_CHASSIS_MAC) {
			owner_add(topo, topo_mac(device->chassis[i].octets), at, false);
		}
	}
	for (size_t i = 0; i < device->mac_count && i < TOPOLOGY_DEVICE_KEYS_MAX; i++) {
		owner_add(topo, device->macs[i], at, false);
	}
	for (uint32_t p = topo->first_port[at]; p < topo->first_port[at + 1]; p++) {
		owner_add(topo, topo->ports[p].row->mac, at, false);
	}
}

/* A device's address resolved by anybody gives a station that is the device's, unless the
 * station is known to be somebody's (a router that answers for others). */
static void owners_by_arp(struct topo *topo, uint32_t at)
{
	const struct topology_device *device = &topo->in->devices[at];
	size_t n = device->arp_count < TOPOLOGY_DEVICE_ARP_MAX ? device->arp_count
							       : TOPOLOGY_DEVICE_ARP_MAX;
	uint32_t bearer[NAMESAKES_MAX];
	for (size_t i = 0; i < n; i++) {
		uint8_t octets[17] = { 'A' };
		memcpy(octets + 1, device->arp[i].address.octet, 16);
		if (topo_bearers(topo, slice_of(octets, sizeof(octets)), bearer) == 1) {
			owner_add(topo, device->arp[i].mac, bearer[0], true);
		}
	}
}

static void owners_settle(struct topo *topo)
{
	if (topo->owner_count > 0) {
		qsort(topo->owners, topo->owner_count, sizeof(*topo->owners), owner_order);
	}
	size_t kept = 0;
	for (size_t i = 0; i < topo->owner_count; i++) {
		struct topo_owner *owner = &topo->owners[i];
		struct topo_owner *last = kept > 0 ? &topo->owners[kept - 1] : NULL;
		if (last == NULL || last->mac != owner->mac) {
			topo->owners[kept++] = *owner;
		} else if (last->by_arp == owner->by_arp && last->device != owner->device) {
			last->device = NONE;
		}
	}
	topo->owner_count = kept;
}

const struct topo_owner *topo_owner(const struct topo *topo, uint64_t mac)
{
	size_t low = 0;
	size_t high = topo->owner_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (topo->owners[middle].mac < mac) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < topo->owner_count && topo->owners[low].mac == mac &&
		     topo->owners[low].device != NONE;
	return found ? &topo->owners[low] : NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void rooms(struct topo *topo)
{
	size_t ports = 0;
	size_t keys = 0;
	size_t arp = 0;
	for (uint32_t i = 0; i < topo->device_count; i++) {
		const struct topology_device *device = &topo->in->devices[i];
		ports += least(device->port_count, TOPOLOGY_DEVICE_PORTS_MAX);
		keys += least(device->chassis_count, TOPOLOGY_DEVICE_KEYS_MAX) +
			least(device->mac_count, TOPOLOGY_DEVICE_KEYS_MAX) +
			least(device->address_count, TOPOLOGY_DEVICE_KEYS_MAX) + 1;
		arp += least(device->arp_count, TOPOLOGY_DEVICE_ARP_MAX);
	}
	ports = least(ports, TOPOLOGY_PORTS_MAX);
	arp = least(arp, TOPOLOGY_ARP_MAX);
	topo->first_port =
		arena_take(topo->scratch, (topo->device_count + 1) * sizeof(uint32_t));
	topo->ports = arena_take(topo->scratch, (ports + 1) * sizeof(*topo->ports));
	topo->names = arena_take(topo->scratch, (keys + 1) * sizeof(*topo->names));
	topo->owners =
		arena_take(topo->scratch, (keys + ports + arp + 1) * sizeof(*topo->owners));
}

void topo_index(struct topo *topo)
{
	rooms(topo);
	for (uint32_t i = 0; i < topo->device_count; i++) {
		ports_of(topo, i);
		names_of(topo, i);
		owners_of(topo, i);
	}
	if (topo->name_count > 0) {
		qsort(topo->names, topo->name_count, sizeof(*topo->names), name_order);
	}
	size_t known = topo->owner_count;
	for (uint32_t i = 0; i < topo->device_count; i++) {
		const struct topology_device *device = &topo->in->devices[i];
		size_t n = topo_rows(topo, device->arp_count, TOPOLOGY_DEVICE_ARP_MAX);
		if (n > TOPOLOGY_ARP_MAX - least(topo->owner_count - known, TOPOLOGY_ARP_MAX)) {
			topo->stats.over_limit += n;
			continue;
		}
		owners_by_arp(topo, i);
	}
	owners_settle(topo);
}
