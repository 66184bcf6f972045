/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

enum { ANSWER_STEPS = 64 }; /* a row asked for costs about as much */

/* Who may be meant by a row, and how sure that is. */
struct meant {
	uint32_t device[NAMESAKES_MAX];
	size_t count;
	bool self; /* the hearer itself was among them */
	bool by_name;
};

static void without(struct meant *meant, uint32_t self)
{
	size_t kept = 0;
	for (size_t i = 0; i < meant->count; i++) {
		if (meant->device[i] == self) {
			meant->self = true;
		} else {
			meant->device[kept++] = meant->device[i];
		}
	}
	meant->count = kept;
}

/* Keep those that bear the key too, when some do. */
static void narrow(const struct topo *topo, struct meant *meant, struct slice key)
{
	uint32_t bearer[NAMESAKES_MAX];
	size_t count = meant->count > 1 ? topo_bearers(topo, key, bearer) : 0;
	struct meant left = { .self = meant->self };
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < meant->count; k++) {
			if (meant->device[k] == bearer[i]) {
				left.device[left.count++] = bearer[i];
			}
		}
	}
	if (left.count > 0) {
		*meant = left;
	}
}

static bool names(
	const struct topo *topo, const struct topology_neighbour *row, uint32_t device)
{
	uint32_t bearer[NAMESAKES_MAX];
	size_t count = topo_bearers(topo, topo_key_chassis(topo, &row->chassis), bearer);
	if (count == 0) {
		count = topo_bearers(topo, topo_key_name(topo, row->sysname), bearer);
	}
	for (size_t i = 0; i < count; i++) {
		if (bearer[i] == device) {
			return true;
		}
	}
	return false;
}

/* Does other hear this port of device, on the port the row speaks of? */
static bool answers(const struct topo *topo, uint32_t other, uint32_t device, uint32_t port,
	const struct topology_neighbour *row)
{
	const struct topology_device *in = &topo->in->devices[other];
	uint32_t named = topo_port_named(topo, other, row);
	for (size_t i = 0; i < in->neighbour_count && i < TOPOLOGY_DEVICE_NEIGHBOURS_MAX; i++) {
		const struct topology_neighbour *back = &in->neighbours[i];
		if (named != NONE && topo_port_local(topo, other, back->local) == named &&
			names(topo, back, device) &&
			topo_port_named(topo, device, back) == port) {
			return true;
		}
	}
	return false;
}

static void narrow_by_answer(struct topo *topo, struct meant *meant,
	const struct topo_claim *claim, const struct topology_neighbour *row)
{
	struct meant left = { .self = meant->self };
	for (size_t i = 0; meant->count > 1 && i < meant->count; i++) {
		const struct topology_device *in = &topo->in->devices[meant->device[i]];
		if (!topo_step(topo, (1 + in->neighbour_count) * ANSWER_STEPS)) {
			topo->stats.cut_short++;
			continue;
		}
		if (answers(topo, meant->device[i], claim->device, claim->port, row)) {
			left.device[left.count++] = meant->device[i];
		}
	}
	if (left.count == 1) {
		*meant = left;
	}
}

/* A device that has an id of that sort, and another one, is not meant. */
static bool gainsaid(const struct topo *topo, uint32_t device, const struct topology_id *id)
{
	const struct topology_device *in = &topo->in->devices[device];
	for (size_t i = 0; i < in->chassis_count && i < TOPOLOGY_DEVICE_KEYS_MAX; i++) {
		if (in->chassis[i].kind == id->kind) {
			return true;
		}
	}
	return id->kind == TOPOLOGY_CHASSIS_MAC && in->mac_count > 0;
}

static void by_name(
	const struct topo *topo, const struct topology_neighbour *row, struct meant *meant)
{
	struct slice name = row->source == TOPOLOGY_CDP && row->sysname.n == 0
				    ? row->chassis.octets
				    : row->sysname;
	uint32_t bearer[NAMESAKES_MAX];
	size_t count = topo_bearers(topo, topo_key_name(topo, name), bearer);
	meant->by_name = true;
	for (size_t i = 0; i < count; i++) {
		if (row->source == TOPOLOGY_CDP || !gainsaid(topo, bearer[i], &row->chassis)) {
			meant->device[meant->count++] = bearer[i];
		}
	}
}

static struct meant who(
	struct topo *topo, const struct topo_claim *claim, const struct topology_neighbour *row)
{
	struct meant meant = { 0 };
	arena_reset(topo->turn);
	struct slice address = row->address.prefix != 0 ? topo_key_address(topo, &row->address)
							: (struct slice) { 0 };
	meant.count = topo_bearers(topo, topo_key_chassis(topo, &row->chassis), meant.device);
	if (meant.count == 0 && row->source == TOPOLOGY_CDP) {
		meant.count = topo_bearers(topo, address, meant.device);
	}
	if (meant.count == 0) {
		by_name(topo, row, &meant);
	}
	without(&meant, claim->device);
	narrow_by_answer(topo, &meant, claim, row);
	narrow(topo, &meant, topo_key_name(topo, row->sysname));
	narrow(topo, &meant, address);
	return meant;
}

/* ---- rows */

static void stranger_add(
	struct topo *topo, const struct topo_claim *claim, const struct topology_neighbour *row)
{
	struct topology_stranger *stranger = &topo->strangers[topo->stranger_count++];
	*stranger = (struct topology_stranger) {
		.device = topo->in->devices[claim->device].id,
		.port = claim->port != NONE ? topo->ports[claim->port].row->if_index : 0,
		.row = row,
	};
	if (claim->port != NONE) {
		topo->ports[topo->ports[claim->port].end].stranger = true;
	}
}

static void row_take(struct topo *topo, uint32_t at, const struct topology_neighbour *row)
{
	struct topo_claim claim = { .device = at,
		.port = topo_port_local(topo, at, row->local),
		.sources = (uint8_t)(1u << (row->source == TOPOLOGY_CDP ? TOPOLOGY_CDP
									: TOPOLOGY_LLDP)) };
	if (claim.port == NONE) {
		topo->stats.unknown++;
		return;
	}
	if (topo->ports[claim.port].row->down) {
		topo->stats.stale++;
		return;
	}
	struct meant meant = who(topo, &claim, row);
	if (meant.count == 1) {
		claim.peer = meant.device[0];
		claim.peer_port = topo_port_named(topo, claim.peer, row);
		claim.doubtful = meant.self || (meant.by_name && claim.peer_port == NONE);
		topo->claims[topo->claim_count++] = claim;
	} else if (meant.count > 1) {
		topo->stats.ambiguous++;
	} else if (meant.self) {
		topo->stats.loops++;
	} else {
		stranger_add(topo, &claim, row);
	}
}

static int stranger_order(const void *a, const void *b)
{
	const struct topology_stranger *x = a;
	const struct topology_stranger *y = b;
	if (x->device != y->device) {
		return x->device > y->device ? 1 : -1;
	}
	if (x->port != y->port) {
		return x->port > y->port ? 1 : -1;
	}
	int order = slice_cmp(x->row->chassis.octets, y->row->chassis.octets);
	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static void strangers_settle(struct topo *topo)
{
	if (topo->stranger_count > 0) {
		qsort(topo->strangers, topo->stranger_count, sizeof(*topo->strangers),
			stranger_order);
	}
	size_t kept = 0;
	for (size_t i = 0; i < topo->stranger_count; i++) {
		struct topology_stranger *one = &topo->strangers[i];
		struct topology_stranger *last = kept > 0 ? &topo->strangers[kept - 1] : NULL;
		if (last == NULL || last->device != one->device || last->port != one->port ||
			!slice_eq(last->row->chassis.octets, one->row->chassis.octets)) {
			topo->strangers[kept++] = *one;
		}
	}
	topo->stranger_count = kept;
}

void topo_claims(struct topo *topo)
{
	size_t room = 0;
	for (uint32_t i = 0; i < topo->device_count; i++) {
		size_t n = topo->in->devices[i].neighbour_count;
		room += n < TOPOLOGY_DEVICE_NEIGHBOURS_MAX ? n : TOPOLOGY_DEVICE_NEIGHBOURS_MAX;
	}
	room = room < TOPOLOGY_NEIGHBOURS_MAX ? room : TOPOLOGY_NEIGHBOURS_MAX;
	topo->claims = arena_take(topo->scratch, (room + 1) * sizeof(*topo->claims));
	topo->strangers = arena_take(topo->arena, (room + 1) * sizeof(*topo->strangers));
	size_t left = room;
	for (uint32_t i = 0; i < topo->device_count; i++) {
		const struct topology_device *device = &topo->in->devices[i];
		size_t n = topo_rows(
			topo, device->neighbour_count, TOPOLOGY_DEVICE_NEIGHBOURS_MAX);
		n = topo_rows(topo, n, left);
		left -= n;
		for (size_t k = 0; k < n; k++) {
			row_take(topo, i, &device->neighbours[k]);
		}
	}
	strangers_settle(topo);
}
