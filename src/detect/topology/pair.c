/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

/* ---- one claim a device, port and peer */

static int order_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static uint32_t low_of(const struct topo_claim *claim)
{
	return claim->device < claim->peer ? claim->device : claim->peer;
}

static uint32_t high_of(const struct topo_claim *claim)
{
	return claim->device < claim->peer ? claim->peer : claim->device;
}

/* Claims of two devices about each other stand together, the smaller one's first. */
static int claim_order(const void *a, const void *b)
{
	const struct topo_claim *x = a;
	const struct topo_claim *y = b;
	int order = order_u32(low_of(x), low_of(y));
	order = order != 0 ? order : order_u32(high_of(x), high_of(y));
	order = order != 0 ? order : order_u32(x->device, y->device);
	order = order != 0 ? order : order_u32(x->port, y->port);
	order = order != 0 ? order : order_u32(x->peer_port, y->peer_port);
	return order != 0 ? order : order_u32(x->sources, y->sources);
}

/* The same said by LLDP and CDP, or once with and once without the far port. */
static bool same_claim(const struct topo_claim *a, const struct topo_claim *b)
{
	return a->device == b->device && a->peer == b->peer && a->port == b->port &&
	       (a->peer_port == b->peer_port || b->peer_port == NONE);
}

static void claims_settle(struct topo *topo)
{
	if (topo->claim_count > 0) {
		qsort(topo->claims, topo->claim_count, sizeof(*topo->claims), claim_order);
	}
	size_t kept = 0;
	for (size_t i = 0; i < topo->claim_count; i++) {
		struct topo_claim *last = kept > 0 ? &topo->claims[kept - 1] : NULL;
		if (last != NULL && same_claim(last, &topo->claims[i])) {
			last->sources |= topo->claims[i].sources;
			last->doubtful = last->doubtful && topo->claims[i].doubtful;
		} else {
			topo->claims[kept++] = topo->claims[i];
		}
	}
	topo->claim_count = kept;
}

/* ---- mates */

static uint32_t end_of(const struct topo *topo, uint32_t port)
{
	return port != NONE ? topo->ports[port].end : NONE;
}

enum fit { FIT_EXACT, FIT_AGGREGATE, FIT_HALF, FIT_VAGUE, FIT_COUNT };

static bool fits(const struct topo *topo, const struct topo_claim *a,
	const struct topo_claim *b, enum fit fit)
{
	bool a_says = a->peer_port == b->port;
	bool b_says = b->peer_port == a->port;
	switch (fit) {
	case FIT_EXACT:
		return a_says && b_says;
	case FIT_AGGREGATE: /* some agents tell the aggregate where a member is meant */
		return end_of(topo, a->peer_port) == end_of(topo, b->port) &&
		       end_of(topo, b->peer_port) == end_of(topo, a->port);
	case FIT_HALF:
		return (a_says && b->peer_port == NONE) || (b_says && a->peer_port == NONE);
	case FIT_VAGUE:
		return a->peer_port == NONE && b->peer_port == NONE;
	case FIT_COUNT:
	default:
		return false;
	}
}

static void wire(struct topo *topo, uint32_t port, uint32_t peer)
{
	struct topo_port *end = &topo->ports[port];
	if (end->wired_to != NONE && end->wired_to != peer) {
		end->shared = true;
	}
	end->wired_to = peer;
}

static void mate(struct topo *topo, struct topo_claim *a, struct topo_claim *b, enum fit fit)
{
	a->mate = b;
	b->mate = a;
	a->vague = fit == FIT_VAGUE;
	b->vague = a->vague;
	wire(topo, a->port, a->peer);
	wire(topo, b->port, b->peer);
}

/* a: claims of the smaller device, b: of the other. */
static void mate_pair(struct topo *topo, struct topo_claim *a, size_t a_count, size_t b_count)
{
	struct topo_claim *b = a + a_count;
	for (enum fit fit = FIT_EXACT; fit < FIT_COUNT; fit++) {
		if (fit == FIT_VAGUE && (a_count != 1 || b_count != 1)) {
			continue;
		}
		for (size_t i = 0; i < a_count * b_count; i++) {
			struct topo_claim *x = &a[i / b_count];
			struct topo_claim *y = &b[i % b_count];
			if (x->mate == NULL && y->mate == NULL && fits(topo, x, y, fit)) {
				mate(topo, x, y, fit);
			}
		}
	}
}

static void mates(struct topo *topo)
{
	for (size_t i = 0; i < topo->claim_count;) {
		struct topo_claim *first = &topo->claims[i];
		size_t count[2] = { 0 };
		for (; i < topo->claim_count && low_of(&topo->claims[i]) == low_of(first) &&
			high_of(&topo->claims[i]) == high_of(first);
			i++) {
			count[topo->claims[i].device != low_of(first)]++;
		}
		mate_pair(topo, first, count[0], count[1]);
	}
}

/* ---- what only one end says */

static bool wired(const struct topo *topo, uint32_t port)
{
	return port != NONE && topo->ports[port].wired_to != NONE;
}

static void refuse(struct topo_claim *claim, uint64_t *counter)
{
	claim->refused = true;
	(*counter)++;
}

/* Both ends of a claim, the far one when it is known. */
static void touch(struct topo *topo, const struct topo_claim *claim)
{
	topo->ports[claim->port].claimants++;
	if (claim->peer_port != NONE) {
		topo->ports[claim->peer_port].claimants++;
	}
}

static bool contested(const struct topo *topo, const struct topo_claim *claim)
{
	return topo->ports[claim->port].claimants > 1 ||
	       (claim->peer_port != NONE && topo->ports[claim->peer_port].claimants > 1);
}

/* Do the bridge tables see the peer on that very port?  1 yes, -1 elsewhere, 0 they do not say. */
static int bridge_says(const struct topo *topo, uint32_t device, uint32_t port, uint32_t peer)
{
	uint32_t seen = topo_sees(topo, device, peer);
	if (seen == NONE || port == NONE) {
		return 0;
	}
	return seen == end_of(topo, port) ? 1 : -1;
}

static int weight(const struct topo *topo, const struct topo_claim *claim)
{
	return bridge_says(topo, claim->device, claim->port, claim->peer) +
	       bridge_says(topo, claim->peer, claim->peer_port, claim->device);
}

static bool open_claim(const struct topo_claim *claim)
{
	return claim->mate == NULL && !claim->refused;
}

static void touch_all(struct topo *topo)
{
	for (uint32_t p = 0; p < topo->port_count; p++) {
		topo->ports[p].claimants = 0;
	}
	for (size_t i = 0; i < topo->claim_count; i++) {
		if (open_claim(&topo->claims[i])) {
			touch(topo, &topo->claims[i]);
		}
	}
}

static void back(struct topo *topo)
{
	for (size_t i = 0; i < topo->claim_count; i++) {
		const struct topo_claim *claim = &topo->claims[i];
		if (!open_claim(claim) || weight(topo, claim) <= 0) {
			continue;
		}
		topo->ports[claim->port].backed = true;
		if (claim->peer_port != NONE) {
			topo->ports[claim->peer_port].backed = true;
		}
	}
}

static bool outweighed(const struct topo *topo, const struct topo_claim *claim)
{
	int own = weight(topo, claim);
	return own < 0 || (own == 0 && (topo->ports[claim->port].backed ||
					       (claim->peer_port != NONE &&
						       topo->ports[claim->peer_port].backed)));
}

/* A blocked port of a ring sees nobody in its bridge table and has an honest neighbour: so
 * the tables only judge between claims that cannot all hold. */
static void weigh(struct topo *topo)
{
	touch_all(topo);
	back(topo);
	for (size_t i = 0; i < topo->claim_count; i++) {
		struct topo_claim *claim = &topo->claims[i];
		if (open_claim(claim) && contested(topo, claim) && outweighed(topo, claim)) {
			refuse(claim, &topo->stats.stale);
		}
	}
	touch_all(topo);
	for (size_t i = 0; i < topo->claim_count; i++) {
		struct topo_claim *claim = &topo->claims[i];
		claim->rival = open_claim(claim) && contested(topo, claim);
	}
}

void topo_pair(struct topo *topo)
{
	claims_settle(topo);
	mates(topo);
	for (size_t i = 0; i < topo->claim_count; i++) {
		struct topo_claim *claim = &topo->claims[i];
		if (claim->mate != NULL) {
			continue;
		}
		if (claim->doubtful) {
			refuse(claim, &topo->stats.ambiguous);
		} else if (wired(topo, claim->port) || wired(topo, claim->peer_port)) {
			refuse(claim, &topo->stats.conflicts);
		} else if (claim->peer_port != NONE &&
			   topo->ports[claim->peer_port].row->down) {
			refuse(claim, &topo->stats.stale);
		}
	}
	weigh(topo);
}
