/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/discovery.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "workflow/discovery_priv.h"

enum { SCRATCH_OCTETS = 512 * 1024 * 1024 };

/* Sightings in the order of their time; what they have in common makes groups of them. */
struct work {
	const struct discovery_input *in;
	struct arena *scratch;
	const struct discovery_seen **seen;
	uint32_t *parent; /* of the group, itself at its head */
	uint32_t *order;  /* for sorting by one thing or another */
	bool *lone;       /* its station address answers for others */
	uint32_t count;
	size_t proxies;
};

/* ---- orders */

static int order_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int address_order(const struct network *a, const struct network *b)
{
	int order = memcmp(a->octet, b->octet, sizeof(a->octet));
	return order != 0 ? order : (int)a->prefix - (int)b->prefix;
}

static int seen_order(const void *a, const void *b)
{
	const struct discovery_seen *x = *(const struct discovery_seen *const *)a;
	const struct discovery_seen *y = *(const struct discovery_seen *const *)b;
	int order = order_i64(x->seen_ms, y->seen_ms);
	order = order != 0 ? order : address_order(&x->address, &y->address);
	order = order != 0 ? order : order_u64(x->mac, y->mac);
	order = order != 0 ? order : slice_cmp(x->chassis, y->chassis);
	order = order != 0 ? order : slice_cmp(x->name, y->name);
	order = order != 0 ? order : slice_cmp(x->sys_object_id, y->sys_object_id);
	order = order != 0 ? order : (int)x->source - (int)y->source;
	order = order != 0 ? order : order_i64(x->by_device, y->by_device);
	return order != 0 ? order : order_u64(x->by_port, y->by_port);
}

static int by_mac(const void *a, const void *b, void *user)
{
	const struct work *work = user;
	const struct discovery_seen *x = work->seen[*(const uint32_t *)a];
	const struct discovery_seen *y = work->seen[*(const uint32_t *)b];
	int order = order_u64(x->mac, y->mac);
	order = order != 0 ? order : address_order(&x->address, &y->address);
	return order != 0 ? order : order_u64(*(const uint32_t *)a, *(const uint32_t *)b);
}

static int by_chassis(const void *a, const void *b, void *user)
{
	const struct work *work = user;
	int order = slice_cmp(work->seen[*(const uint32_t *)a]->chassis,
		work->seen[*(const uint32_t *)b]->chassis);
	return order != 0 ? order : order_u64(*(const uint32_t *)a, *(const uint32_t *)b);
}

static int by_address(const void *a, const void *b, void *user)
{
	const struct work *work = user;
	int order = address_order(&work->seen[*(const uint32_t *)a]->address,
		&work->seen[*(const uint32_t *)b]->address);
	return order != 0 ? order : order_u64(*(const uint32_t *)a, *(const uint32_t *)b);
}

static void arrange(struct work *work, int (*order)(const void *, const void *, void *))
{
	for (uint32_t i = 0; i < work->count; i++) {
		work->order[i] = i;
	}
	if (work->count > 0) {
		qsort_r(work->order, work->count, sizeof(*work->order), order, work);
	}
}

/* ---- groups */

static uint32_t head_of(struct work *work, uint32_t i)
{
	while (work->parent[i] != i) {
		work->parent[i] = work->parent[work->parent[i]];
		i = work->parent[i];
	}
	return i;
}

static void join(struct work *work, uint32_t a, uint32_t b)
{
	uint32_t x = head_of(work, a);
	uint32_t y = head_of(work, b);
	work->parent[x < y ? y : x] = x < y ? x : y;
}

/* No group address and none that wanders between routers (VRRP, RFC 9568 section 7.3; HSRP). */
static bool own_mac(uint64_t mac)
{
	return mac != 0 && mac >> 48 == 0 && (mac >> 40 & 1) == 0 && mac >> 8 != 0x00005e0001 &&
	       mac >> 8 != 0x00005e0002 && mac >> 8 != 0x00000c07ac && mac >> 12 != 0x00000c9ff;
}

/* One station's sightings stand together in order, by address. */
static void join_station(struct work *work, const uint32_t *item, uint32_t count)
{
	uint32_t addresses = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct network *address = &work->seen[item[i]]->address;
		addresses += address->prefix != 0 &&
			     (i == 0 || address_order(address,
						&work->seen[item[i - 1]]->address) != 0);
	}
	bool proxy = addresses >= DISCOVERY_PROXY_MIN;
	work->proxies += proxy;
	for (uint32_t i = 0; i < count; i++) {
		work->lone[item[i]] = proxy;
		if (!proxy) {
			join(work, item[0], item[i]);
		}
	}
}

static void join_stations(struct work *work)
{
	arrange(work, by_mac);
	for (uint32_t i = 0; i < work->count;) {
		uint64_t mac = work->seen[work->order[i]]->mac;
		uint32_t first = i;
		while (i < work->count && work->seen[work->order[i]]->mac == mac) {
			i++;
		}
		if (own_mac(mac)) {
			join_station(work, work->order + first, i - first);
		}
	}
}

static void join_chassis(struct work *work)
{
	arrange(work, by_chassis);
	for (uint32_t i = 1; i < work->count; i++) {
		struct slice chassis = work->seen[work->order[i]]->chassis;
		if (chassis.n > 0 &&
			slice_eq(chassis, work->seen[work->order[i - 1]]->chassis)) {
			join(work, work->order[i - 1], work->order[i]);
		}
	}
}

static bool identified(const struct work *work, uint32_t i)
{
	return (own_mac(work->seen[i]->mac) && !work->lone[i]) || work->seen[i]->chassis.n > 0;
}

/* Sightings of one address, oldest first: those that say no more follow the last that did; those
 * before the first that did follow it too, and where none did they are one another's. */
static void join_address(struct work *work, const uint32_t *item, uint32_t count)
{
	uint32_t bearer = UINT32_MAX;
	for (uint32_t i = 0; i < count && bearer == UINT32_MAX; i++) {
		bearer = identified(work, item[i]) ? item[i] : UINT32_MAX;
	}
	bearer = bearer == UINT32_MAX ? item[0] : bearer;
	for (uint32_t i = 0; i < count; i++) {
		if (identified(work, item[i])) {
			bearer = item[i];
		} else {
			join(work, bearer, item[i]);
		}
	}
}

static void join_addresses(struct work *work)
{
	arrange(work, by_address);
	for (uint32_t i = 0; i < work->count;) {
		const struct network *address = &work->seen[work->order[i]]->address;
		uint32_t first = i;
		while (i < work->count &&
			address_order(address, &work->seen[work->order[i]]->address) == 0) {
			i++;
		}
		if (address->prefix != 0) {
			join_address(work, work->order + first, i - first);
		}
	}
}

/* ---- a group held against the register */

static void tie(struct discovery_device *device, enum discovery_tie how, int64_t asset)
{
	if (asset == 0 || asset == device->asset) {
		return;
	}
	if (device->asset == 0) {
		device->asset = asset;
		device->tie = how;
	} else if (how < device->tie) {
		device->other =
			device->tie == DISCOVERY_BY_NETWORK ? device->other : device->asset;
		device->asset = asset;
		device->tie = how;
	} else if (device->other == 0 && how != DISCOVERY_BY_NETWORK) {
		device->other = asset;
	}
}

static void tie_seen(struct work *work, const struct discovery_register *reg, uint32_t at,
	struct discovery_device *device)
{
	const struct discovery_seen *seen = work->seen[at];
	if (own_mac(seen->mac) && !work->lone[at]) {
		tie(device, DISCOVERY_BY_MAC, discovery_by_mac(reg, seen->mac));
	}
	if (seen->address.prefix != 0) {
		uint8_t prefix = 0;
		int64_t asset = discovery_by_address(reg, &seen->address, &prefix);
		tie(device, prefix == 128 ? DISCOVERY_BY_ADDRESS : DISCOVERY_BY_NETWORK, asset);
	}
	/* Whom a resolver's entry was made for may have given the address back long ago. */
	if (seen->source != DISCOVERY_DNS) {
		tie(device, DISCOVERY_BY_NAME, discovery_by_name(reg, seen->name));
	}
}

/* Sightings of a group come newest first. */
static void add(struct work *work, const struct discovery_register *reg, uint32_t at,
	struct discovery_device *device)
{
	const struct discovery_seen *seen = work->seen[at];
	device->last_ms = device->seen_count == 0 ? seen->seen_ms : device->last_ms;
	device->first_ms = seen->seen_ms;
	device->seen_count++;
	device->sources |= 1u << seen->source;
	device->address = device->address.prefix == 0 ? seen->address : device->address;
	if (device->name.n == 0 && seen->source != DISCOVERY_DNS) {
		device->name = seen->name;
	}
	device->sys_object_id =
		device->sys_object_id.n == 0 ? seen->sys_object_id : device->sys_object_id;
	if (own_mac(seen->mac) && (device->mac == 0 || seen->mac < device->mac)) {
		device->mac = seen->mac;
	}
	tie_seen(work, reg, at, device);
}

static void judge(struct discovery_device *device)
{
	device->verdict = device->asset == 0                    ? DISCOVERY_UNREGISTERED
			  : device->tie == DISCOVERY_BY_NETWORK ? DISCOVERY_COVERED
								: DISCOVERY_KNOWN;
}

/* ---- groups in turn */

static int by_group(const void *a, const void *b, void *user)
{
	const struct work *work = user;
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	int order = order_u64(work->parent[x], work->parent[y]);
	return order != 0 ? order : order_u64(y, x); /* newest first */
}

static int network_ptr_order(const void *a, const void *b)
{
	return address_order(
		*(const struct network *const *)a, *(const struct network *const *)b);
}

static size_t addresses_of(struct work *work, const uint32_t *item, uint32_t count)
{
	const struct network **list =
		arena_take(work->scratch, count * sizeof(const struct network *));
	size_t n = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (work->seen[item[i]]->address.prefix != 0) {
			list[n++] = &work->seen[item[i]]->address;
		}
	}
	if (n > 0) {
		qsort(list, n, sizeof(const struct network *), network_ptr_order);
	}
	size_t different = 0;
	for (size_t i = 0; i < n; i++) {
		different += i == 0 || address_order(list[i - 1], list[i]) != 0;
	}
	return different;
}

static struct discovery_device device_of(struct work *work,
	const struct discovery_register *reg, const uint32_t *item, uint32_t count,
	struct arena *arena)
{
	struct discovery_device device = { .tie = DISCOVERY_BY_NOTHING };
	for (uint32_t i = 0; i < count; i++) {
		add(work, reg, item[i], &device);
	}
	for (uint32_t i = 0; i < count && device.name.n == 0; i++) {
		device.name = work->seen[item[i]]->name;
	}
	device.address_count = addresses_of(work, item, count);
	device.evidence_count = count < DISCOVERY_EVIDENCE_MAX ? count : DISCOVERY_EVIDENCE_MAX;
	const struct discovery_seen **evidence = arena_take(
		arena, device.evidence_count * sizeof(const struct discovery_seen *));
	for (size_t i = 0; i < device.evidence_count; i++) {
		evidence[i] = work->seen[item[i]];
	}
	device.evidence = evidence;
	judge(&device);
	return device;
}

static int device_order(const void *a, const void *b)
{
	const struct discovery_device *x = a;
	const struct discovery_device *y = b;
	int order = (int)x->verdict - (int)y->verdict;
	order = order != 0 ? order : address_order(&x->address, &y->address);
	order = order != 0 ? order : order_u64(x->mac, y->mac);
	order = order != 0 ? order : order_i64(x->first_ms, y->first_ms);
	return order != 0 ? order : slice_cmp(x->name, y->name);
}

static void give(struct work *work, struct arena *arena, struct discovery *ret)
{
	const struct discovery_register *reg = discovery_register_make(work->in, work->scratch);
	for (uint32_t i = 0; i < work->count; i++) {
		work->parent[i] = head_of(work, i);
	}
	arrange(work, by_group);
	struct discovery_device *devices =
		arena_take(arena, (work->count + 1) * sizeof(*devices));
	size_t count = 0;
	for (uint32_t i = 0; i < work->count;) {
		uint32_t first = i;
		while (i < work->count &&
			work->parent[work->order[i]] == work->parent[work->order[first]]) {
			i++;
		}
		devices[count] = device_of(work, reg, work->order + first, i - first, arena);
		ret->unregistered += devices[count].verdict == DISCOVERY_UNREGISTERED;
		count++;
	}
	if (count > 0) {
		qsort(devices, count, sizeof(*devices), device_order);
	}
	ret->devices = devices;
	ret->count = count;
}

int discovery_match(const struct discovery_input *input, struct arena *arena,
	struct discovery *ret_discovery)
{
	if (input->asset_count > DISCOVERY_ASSETS_MAX) {
		return E_LIMIT;
	}
	AUTO_ARENA struct arena *scratch = arena_create(SCRATCH_OCTETS);
	struct work work = { .in = input, .scratch = scratch };
	size_t n =
		input->seen_count < DISCOVERY_SEEN_MAX ? input->seen_count : DISCOVERY_SEEN_MAX;
	work.seen = arena_take(scratch, (n + 1) * sizeof(const struct discovery_seen *));
	work.parent = arena_take(scratch, (n + 1) * sizeof(*work.parent));
	work.order = arena_take(scratch, (n + 1) * sizeof(*work.order));
	work.lone = arena_take(scratch, n + 1);
	for (size_t i = 0; i < n; i++) {
		work.seen[i] = &input->seen[i];
		work.parent[i] = (uint32_t)i;
	}
	work.count = (uint32_t)n;
	if (n > 0) {
		qsort(work.seen, n, sizeof(const struct discovery_seen *), seen_order);
	}
	join_stations(&work);
	join_chassis(&work);
	join_addresses(&work);
	struct discovery result = { .over_limit = input->seen_count - n,
		.proxies = work.proxies };
	give(&work, arena, &result);
	*ret_discovery = result;
	return 0;
}
