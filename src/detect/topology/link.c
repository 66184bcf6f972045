/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

enum { EVIDENCE_FEW = 2 };

struct topo_link *topo_link_add(
	struct topo *topo, const uint32_t device[2], const uint32_t port[2])
{
	if (topo->link_count == topo->link_room) {
		size_t room = topo->link_room > 0 ? topo->link_room * 2 : 256;
		struct topo_link *links = arena_take(topo->scratch, room * sizeof(*links));
		if (topo->link_count > 0) {
			memcpy(links, topo->links, topo->link_count * sizeof(*links));
		}
		topo->links = links;
		topo->link_room = room;
	}
	const struct topology_device *devices = topo->in->devices;
	unsigned swap = devices[device[0]].id > devices[device[1]].id;
	struct topo_link *link = &topo->links[topo->link_count++];
	*link = (struct topo_link) { .wires = 1, .mark = TOPOLOGY_FOUND };
	for (unsigned i = 0; i < 2; i++) {
		link->device[i] = device[i ^ swap];
		link->port[i] = port[i ^ swap] != NONE ? topo->ports[port[i ^ swap]].end : NONE;
	}
	return link;
}

static bool same_word(const struct topology_evidence *a, const struct topology_evidence *b)
{
	return a->source == b->source && a->device == b->device && a->port == b->port;
}

/* Most links have two words; one that has more gets room for all that are kept. */
static void evidence_room(const struct topo *topo, struct topo_link *link)
{
	if (link->evidence_count != 0 && link->evidence_count != EVIDENCE_FEW) {
		return;
	}
	size_t room = link->evidence_count == 0 ? EVIDENCE_FEW : TOPOLOGY_EVIDENCE_MAX;
	struct topology_evidence *grown = arena_take(topo->arena, room * sizeof(*grown));
	for (uint32_t i = 0; i < link->evidence_count; i++) {
		grown[i] = link->evidence[i];
	}
	link->evidence = grown;
}

static void word_add(
	const struct topo *topo, struct topo_link *link, const struct topology_evidence *word)
{
	for (uint32_t i = 0; i < link->evidence_count; i++) {
		if (same_word(&link->evidence[i], word)) {
			return;
		}
	}
	if (link->evidence_count < TOPOLOGY_EVIDENCE_MAX) {
		evidence_room(topo, link);
		link->evidence[link->evidence_count++] = *word;
	}
	link->sources |= (uint8_t)(1u << word->source);
}

void topo_link_say(const struct topo *topo, struct topo_link *link, enum topology_source source,
	uint32_t device, uint32_t port)
{
	struct topology_evidence word = { .source = (uint8_t)source,
		.device = device != NONE ? topo->in->devices[device].id : 0,
		.port = port != NONE ? topo->ports[port].row->if_index : 0 };
	word_add(topo, link, &word);
}

/* ---- out of claims */

static void say_claim(
	const struct topo *topo, struct topo_link *link, const struct topo_claim *claim)
{
	for (unsigned source = TOPOLOGY_LLDP; source <= TOPOLOGY_CDP; source++) {
		if ((claim->sources >> source & 1) != 0) {
			topo_link_say(topo, link, (enum topology_source)source, claim->device,
				claim->port);
		}
	}
}

static void claim_link(struct topo *topo, const struct topo_claim *claim)
{
	const struct topo_claim *mate = claim->mate;
	uint32_t far = claim->peer_port;
	far = far == NONE && mate != NULL ? mate->port : far;
	struct topo_link *link =
		topo_link_add(topo, (uint32_t[2]) { claim->device, claim->peer },
			(uint32_t[2]) { claim->port, far });
	say_claim(topo, link, claim);
	link->confidence = claim->rival ? TOPOLOGY_POSSIBLE : TOPOLOGY_LIKELY;
	link->shared = claim->rival;
	if (mate == NULL) {
		return;
	}
	say_claim(topo, link, mate);
	link->shared = topo->ports[claim->port].shared || topo->ports[mate->port].shared;
	link->confidence = link->shared || claim->vague ? TOPOLOGY_LIKELY : TOPOLOGY_CERTAIN;
}

void topo_links_of_claims(struct topo *topo)
{
	for (size_t i = 0; i < topo->claim_count; i++) {
		const struct topo_claim *claim = &topo->claims[i];
		bool second = claim->mate != NULL && claim->mate < claim;
		if (!claim->refused && !second) {
			claim_link(topo, claim);
		}
	}
	for (size_t i = 0; i < topo->link_count; i++) {
		for (unsigned side = 0; side < 2; side++) {
			if (topo->links[i].port[side] != NONE) {
				topo->ports[topo->links[i].port[side]].taken = true;
			}
		}
	}
}

/* ---- put together */

static int64_t id_of(const struct topo *topo, const struct topo_link *link, unsigned side)
{
	return topo->in->devices[link->device[side]].id;
}

static int order_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* Devices are in order of their ids by now only within a link, so ids decide. */
static int link_order(const void *a, const void *b)
{
	const struct topo_link *x = a;
	const struct topo_link *y = b;
	int order = order_u32(x->device[0], y->device[0]);
	order = order != 0 ? order : order_u32(x->device[1], y->device[1]);
	order = order != 0 ? order : order_u32(x->port[0], y->port[0]);
	order = order != 0 ? order : order_u32(x->port[1], y->port[1]);
	return order != 0 ? order : (int)y->confidence - (int)x->confidence;
}

static bool aggregate(const struct topo *topo, uint32_t port)
{
	return port != NONE && topo->ports[port].aggregate;
}

/* The same wire told twice, or a further wire of one aggregate. */
static bool folds(const struct topo *topo, const struct topo_link *a, const struct topo_link *b)
{
	if (a->device[0] != b->device[0] || a->device[1] != b->device[1]) {
		return false;
	}
	bool same[2];
	bool open[2];
	for (unsigned i = 0; i < 2; i++) {
		same[i] = a->port[i] == b->port[i] && a->port[i] != NONE;
		open[i] = a->port[i] == NONE || b->port[i] == NONE;
	}
	if ((same[0] && (same[1] || open[1])) || (same[1] && open[0])) {
		return true;
	}
	return (same[0] && aggregate(topo, a->port[0])) ||
	       (same[1] && aggregate(topo, a->port[1]));
}

/* Wires of an aggregate: the members that bore witness on the side that has most. */
static uint32_t wires_of(const struct topo *topo, const struct topo_link *link)
{
	uint32_t most = 1;
	for (unsigned side = 0; side < 2; side++) {
		uint32_t count = 0;
		for (uint32_t i = 0; i < link->evidence_count; i++) {
			const struct topology_evidence *word = &link->evidence[i];
			bool again = false;
			for (uint32_t k = 0; k < i; k++) {
				again = again || (link->evidence[k].device == word->device &&
							 link->evidence[k].port == word->port);
			}
			uint32_t port = topo_port_index(topo, link->device[side], word->port);
			count += !again && word->device == id_of(topo, link, side) &&
				 port != NONE && !topo->ports[port].aggregate;
		}
		most = count > most ? count : most;
	}
	return most;
}

static void fold_into(
	const struct topo *topo, struct topo_link *into, const struct topo_link *link)
{
	for (unsigned i = 0; i < 2; i++) {
		into->port[i] = into->port[i] == NONE ? link->port[i] : into->port[i];
	}
	into->shared = into->shared && link->shared;
	into->confidence =
		link->confidence > into->confidence ? link->confidence : into->confidence;
	for (uint32_t i = 0; i < link->evidence_count; i++) {
		word_add(topo, into, &link->evidence[i]);
	}
}

void topo_links_fold(struct topo *topo)
{
	if (topo->link_count > 0) {
		qsort(topo->links, topo->link_count, sizeof(*topo->links), link_order);
	}
	size_t kept = 0;
	size_t first = 0; /* of the links between the two devices at hand */
	for (size_t i = 0; i < topo->link_count; i++) {
		const struct topo_link link = topo->links[i];
		bool fresh = kept == 0 || topo->links[kept - 1].device[0] != link.device[0] ||
			     topo->links[kept - 1].device[1] != link.device[1];
		first = fresh ? kept : first;
		struct topo_link *into = NULL;
		for (size_t k = first; into == NULL && k < kept; k++) {
			into = folds(topo, &topo->links[k], &link) ? &topo->links[k] : NULL;
		}
		if (into != NULL) {
			fold_into(topo, into, &link);
		} else {
			topo->links[kept++] = link;
		}
	}
	topo->link_count = kept;
	for (size_t i = 0; i < kept; i++) {
		topo->links[i].wires = wires_of(topo, &topo->links[i]);
	}
}
