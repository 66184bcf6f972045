/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "desk/topology.h"
#include "desk/vicinity.h"
#include "detect/topology/tables.h"
#include "model/check_kind.h"
#include "model/name.h"
#include "model/target.h"
#include "records/db.h"
#include "records/sql.h"
#include "sys/clock.h"
#include "sys/rand.h"

#define SCRATCH_MAX ((size_t)1 << 30)

struct member {
	int64_t watch;
	int64_t ordered[TOPOLOGY_PARENTS_MAX]; /* parents a person has set for the check */
	uint32_t ordered_count;
	uint32_t device;
	bool has_own;  /* … in place of the map's */
	bool may_lead; /* it looks at the address the device is known by */
	bool is_ping;
};

struct campus {
	struct db *db;
	struct arena *arena;
	struct arena *scratch;
	struct topology_device *devices;
	uint32_t device_count;
	uint32_t read_count;    /* of them by SNMP: they come first */
	uint32_t *first;        /* of a device: the member it stands and falls with */
	struct map *by_id;      /* device */
	struct map *by_address; /* at which devices are asked */
	struct map *by_own;     /* … and which they have beside those */
	struct map *by_watch;   /* member */
	struct member *members; /* by watch */
	uint32_t member_count;
	uint32_t own; /* device of this machine; UINT32_MAX = none */
	struct topology_manual *manual;
	struct topology_order *orders;
	size_t order_count;
	int64_t *points;
	struct topology_made *made;
};

/* ---- devices by id and by address; places are kept one up, so that none is NULL */

static void place_put(struct map *map, struct slice key, uint32_t place)
{
	if (map_get(map, key) == NULL) {
		(void)!map_put(map, key, (void *)(uintptr_t)(place + 1));
	}
}

static uint32_t place_get(const struct map *map, struct slice key)
{
	uintptr_t kept = (uintptr_t)map_get(map, key);
	return kept == 0 ? UINT32_MAX : (uint32_t)(kept - 1);
}

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

static struct slice address_key(const struct network *address)
{
	return slice_of(address->octet, sizeof(address->octet));
}

static uint32_t device_add(struct campus *c, const struct topology_device *device)
{
	uint32_t at = c->device_count;
	if (at == TOPOLOGY_DEVICES_MAX) {
		return UINT32_MAX;
	}
	c->devices[at] = *device;
	c->first[at] = UINT32_MAX;
	c->device_count++;
	place_put(c->by_id, key_of(&device->id), at);
	return at;
}

static int vicinity_add(void *user, const struct topology_device *device, int64_t at_ms)
{
	(void)at_ms;
	return device_add(user, device) == UINT32_MAX ? E_LIMIT : 0;
}

static void address_add(struct campus *c, uint32_t at, const struct network *address)
{
	struct topology_device *device = &c->devices[at];
	struct network *all = arena_take(c->arena, (device->address_count + 1) * sizeof(*all));
	if (device->address_count > 0) {
		memcpy(all, device->addresses, device->address_count * sizeof(*all));
	}
	all[device->address_count++] = *address;
	device->addresses = all;
	place_put(c->by_address, address_key(address), at);
}

/* ---- checks: which device each is of */

static void ordered_read(struct campus *c, struct slice text, struct member *member)
{
	const struct json *list = NULL;
	if (text.n == 0 ||
		json_parse(c->arena, arena_dup(c->arena, text), 0, &list, NULL) < 0) {
		return;
	}
	for (const struct json *id = json_first(list);
		id != NULL && member->ordered_count < TOPOLOGY_PARENTS_MAX;
		id = json_next(id)) {
		member->ordered_count += json_int(id, &member->ordered[member->ordered_count]);
	}
	member->has_own = true;
}

static bool address_of(struct slice kind, struct slice text, struct network *ret_address)
{
	struct target target;
	int which = name_parse(&check_kind_names, kind);
	return which >= 0 && target_parse((enum check_kind)which, text, &target) == 0 &&
	       target.is_address && network_parse(target.host, ret_address) == 0;
}

static uint32_t own_device(struct campus *c, int64_t watch)
{
	struct topology_device own = { .id = watch };
	c->own = c->own == UINT32_MAX ? device_add(c, &own) : c->own;
	return c->own;
}

/* A device read by SNMP, the one at that address, or one we know nothing of but that. */
static uint32_t device_of(
	struct campus *c, struct slice target, struct slice kind, struct member *member)
{
	struct network address = { 0 };
	uint32_t at = place_get(c->by_id, key_of(&member->watch));
	bool has_address = address_of(kind, target, &address);
	struct slice key = address_key(&address);
	member->may_lead = true;
	if (slice_is(kind, "host")) {
		return own_device(c, member->watch);
	}
	if (!has_address || place_get(c->by_address, key) != UINT32_MAX) {
		return at != UINT32_MAX || !has_address ? at : place_get(c->by_address, key);
	}
	if (at == UINT32_MAX && place_get(c->by_own, key) != UINT32_MAX) {
		member->may_lead = false; /* two routers may share one */
		return place_get(c->by_own, key);
	}
	if (at == UINT32_MAX) {
		struct topology_device silent = { .id = member->watch };
		at = device_add(c, &silent);
	}
	if (at != UINT32_MAX) {
		address_add(c, at, &address);
	}
	return at;
}

/* The ping says most plainly whether a device is there; else what comes first. */
static bool leads(const struct campus *c, const struct member *member)
{
	uint32_t first = c->first[member->device];
	return first == UINT32_MAX || (member->may_lead && !c->members[first].may_lead) ||
	       (member->may_lead && member->is_ping && !c->members[first].is_ping);
}

static void member_add(struct campus *c, struct stmt *q)
{
	struct member member = { .watch = db_col_int64(q, 0) };
	struct slice kind = db_col_text(q, 1);
	member.is_ping = slice_is(kind, "icmp");
	member.device = device_of(c, db_col_text(q, 2), kind, &member);
	if (member.device == UINT32_MAX || c->member_count == TOPOLOGY_WATCHES_MAX) {
		return;
	}
	ordered_read(c, db_col_text(q, 3), &member);
	uint32_t at = c->member_count++;
	c->members[at] = member;
	place_put(c->by_watch, key_of(&member.watch), at);
	if (leads(c, &member)) {
		c->first[member.device] = at;
	}
}

static void own_addresses_put(struct campus *c)
{
	for (uint32_t at = 0; at < c->device_count; at++) {
		for (size_t i = 0; i < c->devices[at].address_count; i++) {
			place_put(c->by_own, address_key(&c->devices[at].addresses[i]), at);
		}
	}
}

#define WATCHES                                                                                \
	" FROM watch w LEFT JOIN asset a ON a.id = w.asset_id"                                 \
	" WHERE w.enabled = 1 AND a.retired_at_ms IS NULL"

/* Those read by SNMP first: what else looks at their addresses is of them. */
static int members_read(struct campus *c)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(c->db,
		"SELECT w.id, w.kind, w.target, w.parents" WATCHES
		" ORDER BY CASE WHEN w.kind = 'snmp' THEN 0 ELSE 1 END, w.id",
		&q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		member_add(c, q);
	}
	return row < 0 ? row : 0;
}

/* ---- this machine */

static void own_read(struct campus *c, struct slice text)
{
	const struct json *facts = NULL;
	if (c->own == UINT32_MAX || text.n == 0 ||
		json_parse(c->arena, arena_dup(c->arena, text), 0, &facts, NULL) < 0) {
		return;
	}
	struct topology_device *own = &c->devices[c->own];
	facts = json_get(facts, "own");
	const struct json *list = json_get(facts, "macs");
	uint64_t *macs = arena_take(c->arena, (json_count(list) + 1) * sizeof(*macs));
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		macs[own->mac_count] = tables_mac(json_str(item));
		own->mac_count += macs[own->mac_count] != 0;
	}
	own->macs = macs;
	for (const struct json *item = json_first(json_get(facts, "addresses")); item != NULL;
		item = json_next(item)) {
		struct network address;
		if (network_parse(json_str(item), &address) == 0) {
			address_add(c, c->own, &address);
		}
	}
}

/* ---- what people say */

static bool known(const struct campus *c, int64_t id)
{
	return place_get(c->by_id, key_of(&id)) != UINT32_MAX;
}

static void order_add(struct campus *c, int64_t device, const int64_t *parents, size_t count)
{
	struct topology_order order = { .device = device };
	for (size_t i = 0; i < count; i++) {
		if (known(c, parents[i]) && parents[i] != device) {
			order.parent[order.count++] = parents[i];
		}
	}
	/* All of them gone from the map is no word about it. */
	if (known(c, device) && c->order_count < TOPOLOGY_ORDERS_MAX &&
		(order.count > 0 || count == 0)) {
		c->orders[c->order_count++] = order;
	}
}

/* The port of that name or description; without one it is any port of the device. */
static uint32_t port_called(const struct campus *c, int64_t device, struct slice name)
{
	uint32_t at = place_get(c->by_id, key_of(&device));
	for (size_t i = 0; name.n > 0 && at != UINT32_MAX && i < c->devices[at].port_count;
		i++) {
		const struct topology_port *port = &c->devices[at].ports[i];
		if (slice_eq_nocase(port->name, name) || slice_eq_nocase(port->descr, name)) {
			return port->if_index;
		}
	}
	return 0;
}

static struct topology_manual link_of(const struct campus *c, struct stmt *q)
{
	struct topology_manual link = { .device_a = db_col_int64(q, 1),
		.device_b = db_col_int64(q, 3),
		.port_a = (uint32_t)db_col_int64(q, 2),
		.port_b = (uint32_t)db_col_int64(q, 4),
		.removed = slice_is(db_col_text(q, 0), "strike"),
		.name_a = arena_dup(c->arena, db_col_text(q, 6)),
		.name_b = arena_dup(c->arena, db_col_text(q, 7)) };
	link.port_a =
		link.port_a != 0 ? link.port_a : port_called(c, link.device_a, link.name_a);
	link.port_b =
		link.port_b != 0 ? link.port_b : port_called(c, link.device_b, link.name_b);
	return link;
}

static void word_take(struct campus *c, struct stmt *q)
{
	struct slice kind = db_col_text(q, 0);
	int64_t device = db_col_int64(q, 1);
	struct topology_made *made = c->made;
	if (slice_is(kind, "parents")) {
		struct member listed = { 0 };
		ordered_read(c, db_col_text(q, 5), &listed);
		order_add(c, device, listed.ordered, listed.ordered_count);
	} else if (slice_is(kind, "point")) {
		c->points[made->point_count] = device;
		made->point_count += known(c, device);
	} else if (known(c, device) && known(c, db_col_int64(q, 3))) {
		c->manual[made->input.manual_count++] = link_of(c, q);
	}
}

static int words_read(struct campus *c)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(c->db,
		"SELECT kind, device_id, port, other_id, other_port, parents, port_name,"
		" other_port_name FROM topology_word WHERE ended_at_ms IS NULL ORDER BY id LIMIT $1",
		&q, SQL_INT(TOPOLOGY_WORDS_MAX));
	while (row >= 0 && count++ < TOPOLOGY_WORDS_MAX && (row = db_step(q)) == 1) {
		word_take(c, q);
	}
	return row < 0 ? row : 0;
}

/* Parents set for the check a device stands and falls with are its own on the map too. */
static void checks_orders(struct campus *c)
{
	for (uint32_t i = 0; i < c->member_count; i++) {
		const struct member *member = &c->members[i];
		int64_t above[TOPOLOGY_PARENTS_MAX];
		size_t count = 0;
		for (uint32_t k = 0; k < member->ordered_count; k++) {
			uint32_t p = place_get(c->by_watch, key_of(&member->ordered[k]));
			if (p != UINT32_MAX) {
				above[count++] = c->devices[c->members[p].device].id;
			}
		}
		if (count > 0 && c->first[member->device] == i) {
			order_add(c, c->devices[member->device].id, above, count);
		}
	}
}

/* ---- where the monitoring hangs */

static bool has_link(const struct topology *topology, int64_t device)
{
	for (size_t i = 0; i < topology->link_count; i++) {
		const struct topology_link *link = &topology->links[i];
		if ((link->device_a == device || link->device_b == device) &&
			link->mark != TOPOLOGY_STRUCK) {
			return true;
		}
	}
	return false;
}

static void points_find(struct campus *c, struct slice own_facts)
{
	struct topology_made *made = c->made;
	const struct json *facts = NULL;
	made->points = c->points;
	if (made->point_count > 0) {
		made->how = TOPOLOGY_HOW_WORD;
		return;
	}
	if (c->own != UINT32_MAX && has_link(&made->topology, c->devices[c->own].id)) {
		made->how = TOPOLOGY_HOW_STATION;
		c->points[made->point_count++] = c->devices[c->own].id;
		return;
	}
	struct slice text = arena_dup(c->arena, own_facts);
	if (own_facts.n == 0 || json_parse(c->arena, text, 0, &facts, NULL) < 0) {
		return;
	}
	for (const struct json *g = json_first(json_get(facts, "gateways"));
		g != NULL && made->point_count < TOPOLOGY_PARENTS_MAX; g = json_next(g)) {
		struct network address = { 0 };
		if (network_parse(json_str(g), &address) < 0) {
			continue;
		}
		uint32_t at = place_get(c->by_own, address_key(&address));
		at = at != UINT32_MAX ? at : place_get(c->by_address, address_key(&address));
		if (at != UINT32_MAX && has_link(&made->topology, c->devices[at].id)) {
			made->how = TOPOLOGY_HOW_GATEWAY;
			c->points[made->point_count++] = c->devices[at].id;
		}
	}
}

/* ---- from devices to checks */

const struct topology_parent *topology_parents_of(
	const struct topology_made *made, int64_t device)
{
	size_t low = 0;
	size_t high = made->parents.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (made->parents.item[middle].device < device) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < made->parents.count && made->parents.item[low].device == device
		       ? &made->parents.item[low]
		       : NULL;
}

static void hang_add(struct topology_hang *hangs, size_t *count, int64_t watch, int64_t parent,
	enum topology_mark mark)
{
	hangs[(*count)++] = (struct topology_hang) { watch, parent, mark };
}

static void member_hang(
	const struct campus *c, uint32_t at, struct topology_hang *hangs, size_t *count)
{
	const struct member *member = &c->members[at];
	const struct topology_parent *above =
		topology_parents_of(c->made, c->devices[member->device].id);
	/* Off every way from where we stand, and unsaid: nothing follows. */
	if (member->has_own || above == NULL || member->device == c->own ||
		(above->distance == UINT32_MAX && above->mark != TOPOLOGY_DRAWN)) {
		return;
	}
	uint32_t first = c->first[member->device];
	if (first != at) {
		hang_add(hangs, count, member->watch, c->members[first].watch, TOPOLOGY_FOUND);
		return;
	}
	for (size_t i = 0; i < above->count; i++) {
		uint32_t parent = place_get(c->by_id, key_of(&above->parent[i]));
		if (parent != UINT32_MAX && parent != c->own &&
			c->first[parent] != UINT32_MAX) {
			hang_add(hangs, count, member->watch,
				c->members[c->first[parent]].watch, above->mark);
		}
	}
}

static int node_order(const void *a, const void *b)
{
	const struct topology_node *x = a;
	const struct topology_node *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int hang_order(const void *a, const void *b)
{
	const struct topology_hang *x = a;
	const struct topology_hang *y = b;
	if (x->watch != y->watch) {
		return x->watch < y->watch ? -1 : 1;
	}
	return (x->parent > y->parent) - (x->parent < y->parent);
}

/* What is read, linked, or said to be somewhere; an address that answers pings alone is not. */
static void nodes_fill(struct campus *c)
{
	struct topology_node *nodes =
		arena_take(c->arena, ((size_t)c->device_count + 1) * sizeof(*nodes));
	for (uint32_t i = 0; i < c->device_count; i++) {
		int64_t id = c->devices[i].id;
		bool is_read = i < c->read_count;
		if (c->first[i] != UINT32_MAX &&
			(is_read || topology_parents_of(c->made, id) != NULL)) {
			nodes[c->made->node_count++] = (struct topology_node) { id,
				c->members[c->first[i]].watch, is_read };
		}
	}
	qsort(nodes, c->made->node_count, sizeof(*nodes), node_order);
	c->made->nodes = nodes;
}

static void hangs_fill(struct campus *c)
{
	size_t room = (size_t)c->member_count * TOPOLOGY_PARENTS_MAX + 1;
	struct topology_hang *hangs = arena_take(c->scratch, room * sizeof(*hangs));
	size_t count = 0;
	for (uint32_t i = 0; i < c->member_count; i++) {
		member_hang(c, i, hangs, &count);
	}
	qsort(hangs, count, sizeof(*hangs), hang_order);
	struct slice kept = arena_dup(c->arena, slice_of(hangs, count * sizeof(*hangs)));
	c->made->hangs = (const void *)kept.p;
	c->made->hang_count = count;
}

/* ---- all of it */

int topology_device_order(const void *a, const void *b)
{
	const struct topology_device *x = a;
	const struct topology_device *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static int before_read(struct campus *c)
{
	int64_t before = 0;
	if (c->device_count > 0) {
		return 0;
	}
	int row = sql_int_args(c->db,
		"SELECT (SELECT count(*) FROM topology_link WHERE until_ms IS NULL)"
		" + (SELECT count(*) FROM watch_parent WHERE by_map > 0)"
		" + (SELECT count(*) FROM topology_word WHERE ended_at_ms IS NULL)",
		&before, NULL, 0);
	c->made->is_nothing = row == 1 && before == 0;
	return row < 0 ? row : 0;
}

static int campus_read(struct campus *c, struct slice own_facts)
{
	unsigned parts = VICINITY_NEIGHBOURS | VICINITY_FDB | VICINITY_ARP;
	int error = db_begin(c->db);
	if (error < 0) {
		return error;
	}
	error = vicinity_each(c->db, parts, c->arena, vicinity_add, c);
	c->read_count = c->device_count;
	error = error < 0 ? error : before_read(c);
	own_addresses_put(c);
	error = error < 0 ? error : members_read(c);
	error = error < 0 ? error : words_read(c);
	db_rollback(c->db);
	if (error < 0) {
		return error;
	}
	own_read(c, own_facts);
	checks_orders(c);
	c->made->input.devices = c->devices;
	c->made->input.device_count = c->device_count;
	c->made->input.manual = c->manual;
	return 0;
}

static int campus_make(struct campus *c, struct slice own_facts)
{
	struct topology_made *made = c->made;
	int error = campus_read(c, own_facts);
	error = error < 0 ? error : topology_build(&made->input, c->arena, &made->topology);
	if (error < 0) {
		return error;
	}
	points_find(c, own_facts);
	struct topology_ask ask = { .topology = &made->topology,
		.least = TOPOLOGY_LIKELY,
		.points = made->points,
		.point_count = made->point_count,
		.orders = c->orders,
		.order_count = c->order_count };
	error = topology_parents(&ask, c->arena, &made->parents);
	if (error == 0) {
		hangs_fill(c);
		nodes_fill(c);
		qsort(c->devices, c->device_count, sizeof(*c->devices), topology_device_order);
	}
	return error;
}

static void campus_open(struct campus *c)
{
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	c->scratch = arena_create(SCRATCH_MAX);
	c->devices = arena_take(c->arena, TOPOLOGY_DEVICES_MAX * sizeof(*c->devices));
	c->first = arena_take(c->arena, TOPOLOGY_DEVICES_MAX * sizeof(*c->first));
	c->members = arena_take(c->scratch, TOPOLOGY_WATCHES_MAX * sizeof(*c->members));
	c->manual = arena_take(c->arena, TOPOLOGY_WORDS_MAX * sizeof(*c->manual));
	c->orders = arena_take(c->scratch, TOPOLOGY_ORDERS_MAX * sizeof(*c->orders));
	c->points = arena_take(c->arena, TOPOLOGY_WORDS_MAX * sizeof(*c->points));
	c->by_id = map_create(TOPOLOGY_DEVICES_MAX, seed);
	c->by_address = map_create(TOPOLOGY_WATCHES_MAX, seed);
	c->by_own = map_create(TOPOLOGY_WATCHES_MAX, seed);
	c->by_watch = map_create(TOPOLOGY_WATCHES_MAX, seed);
	c->own = UINT32_MAX;
}

int topology_make(struct db *db, struct slice own_facts, struct arena *arena,
	struct topology_made *ret_made)
{
	struct campus c = { .db = db, .arena = arena, .made = ret_made };
	int64_t began_ms = clock_mono_ms();
	*ret_made = (struct topology_made) { .at_ms = clock_unix_ms() };
	campus_open(&c);
	int error = campus_make(&c, own_facts);
	c.by_id = map_destroy(c.by_id);
	c.by_address = map_destroy(c.by_address);
	c.by_own = map_destroy(c.by_own);
	c.by_watch = map_destroy(c.by_watch);
	c.scratch = arena_destroy(c.scratch);
	ret_made->took_ms = clock_mono_ms() - began_ms;
	return error;
}
