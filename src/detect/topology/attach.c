/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

/* More watched devices than this behind one port without a neighbour: a bridge nobody watches. */
enum { CROWD = 8 };

static bool bridge_between(const struct topo *topo, const struct topo_sight *sight)
{
	size_t count = 0;
	const struct topo_sight *behind = topo_behind(topo, sight->device, sight->port, &count);
	for (size_t i = 0; i < count; i++) {
		uint32_t third = behind[i].other;
		if (third == sight->other || !topo_is_bridge(topo, third)) {
			continue;
		}
		uint32_t to_other = topo_sees(topo, third, sight->other);
		if (to_other != NONE && to_other != topo_sees(topo, third, sight->device)) {
			return true;
		}
	}
	return false;
}

static int sight_order(const void *a, const void *b)
{
	const struct topo_sight *x = *(const struct topo_sight *const *)a;
	const struct topo_sight *y = *(const struct topo_sight *const *)b;
	if (x->other != y->other) {
		return x->other > y->other ? 1 : -1;
	}
	if (x->rows != y->rows) {
		return x->rows > y->rows ? -1 : 1;
	}
	return (x->device > y->device) - (x->device < y->device);
}

static bool worth(struct topo *topo, const struct topo_sight *sight)
{
	if (topo_is_bridge(topo, sight->other) || sight->port == NONE ||
		topo->ports[sight->port].taken || topo->ports[sight->port].stranger) {
		return false;
	}
	size_t count = 0;
	(void)topo_behind(topo, sight->device, sight->port, &count);
	if (!topo_step(topo, count)) {
		topo->stats.cut_short++;
		return false;
	}
	return !bridge_between(topo, sight);
}

static void attach(struct topo *topo, const struct topo_sight *sight, bool alone)
{
	size_t crowd = 0;
	(void)topo_behind(topo, sight->device, sight->port, &crowd);
	struct topo_link *link =
		topo_link_add(topo, (uint32_t[2]) { sight->device, sight->other },
			(uint32_t[2]) { sight->port, NONE });
	topo_link_say(topo, link,
		topo_is_bridge(topo, sight->device) ? TOPOLOGY_FDB : TOPOLOGY_ARP,
		sight->device, sight->port);
	if (sight->by_arp) {
		topo_link_say(topo, link, TOPOLOGY_ARP, sight->device, sight->port);
	}
	link->shared = crowd > 1;
	link->confidence = alone && crowd <= CROWD ? TOPOLOGY_LIKELY : TOPOLOGY_POSSIBLE;
}

/* Devices that a neighbour protocol or the bridge tables have placed already. */
static bool *placed(struct topo *topo)
{
	bool *done = arena_take(topo->scratch, topo->device_count + 1);
	for (size_t i = 0; i < topo->link_count; i++) {
		done[topo->links[i].device[0]] = true;
		done[topo->links[i].device[1]] = true;
	}
	return done;
}

void topo_attach(struct topo *topo)
{
	bool *done = placed(topo);
	const struct topo_sight **list = arena_take(
		topo->scratch, (topo->sight_count + 1) * sizeof(const struct topo_sight *));
	size_t count = 0;
	for (size_t i = 0; i < topo->sight_count; i++) {
		if (!done[topo->sights[i].other] && worth(topo, &topo->sights[i])) {
			list[count++] = &topo->sights[i];
		}
	}
	if (count > 0) {
		qsort(list, count, sizeof(const struct topo_sight *), sight_order);
	}
	for (size_t i = 0; i < count; i++) {
		bool first = i == 0 || list[i - 1]->other != list[i]->other;
		bool last = i + 1 == count || list[i + 1]->other != list[i]->other;
		bool tie = !last && list[i + 1]->rows == list[i]->rows;
		if (first && tie) {
			topo->stats.ambiguous++; /* seen at two edges alike */
		} else if (first) {
			attach(topo, list[i], last);
		}
	}
}
