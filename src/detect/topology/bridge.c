/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bridge table says behind which port a device stands, not how far.  In a
 * tree two ends are one wire when nothing lies between: no third bridge sees
 * the two devices on different ports of its own, while they see it there
 * (Breitbart et al., "Topology discovery in heterogeneous IP networks",
 * section 4, for tables that are complete; here each gap costs confidence).
 */
#include <stdlib.h>

#include "detect/topology/topology_priv.h"

enum {
	VOTES_MAX = 64,
	AGAINST_MAX = 3, /* more than rows out of date explain */
};

struct pair {
	uint32_t device[2];
	uint32_t port[2];
	uint32_t against; /* bridges that say something lies between, but stand elsewhere */
	uint32_t gaps;    /* bridges that may lie between and do not say */
	uint32_t votes;   /* stations one sees behind the wire and the other beyond it */
	bool mutual;      /* each sees the other */
};

struct pairs {
	struct pair *item;
	size_t count;
	size_t room;
};

static void pair_put(struct topo *topo, struct pairs *pairs, const struct pair *pair)
{
	if (pairs->count == pairs->room) {
		size_t room = pairs->room > 0 ? pairs->room * 2 : 256;
		struct pair *item = arena_take(topo->scratch, room * sizeof(*item));
		if (pairs->count > 0) {
			memcpy(item, pairs->item, pairs->count * sizeof(*item));
		}
		pairs->item = item;
		pairs->room = room;
	}
	pairs->item[pairs->count++] = *pair;
}

static bool is_free(const struct topo *topo, uint32_t port)
{
	return port != NONE && !topo->ports[port].taken && !topo->ports[port].stranger;
}

/* ---- what lies between */

enum place { ASIDE, BETWEEN, AGAINST, GAP };

/* Does this device stand on that port of the other: 1 yes, -1 no, 0 not seen. */
static int stands(const struct topo *topo, uint32_t seer, uint32_t port, uint32_t device)
{
	uint32_t seen = topo_sees(topo, seer, device);
	if (seen == NONE || port == NONE) {
		return 0;
	}
	return seen == port ? 1 : -1;
}

static enum place place_of(const struct topo *topo, const struct pair *pair, uint32_t third)
{
	uint32_t to_a = topo_sees(topo, third, pair->device[0]);
	uint32_t to_b = topo_sees(topo, third, pair->device[1]);
	int by_a = stands(topo, pair->device[0], pair->port[0], third);
	int by_b = stands(topo, pair->device[1], pair->port[1], third);
	if (to_a == NONE || to_b == NONE) {
		return by_a > 0 && by_b > 0 ? GAP : ASIDE;
	}
	if (to_a == to_b) { /* off the wire, and nothing hangs off a wire */
		return by_a > 0 && by_b > 0 ? AGAINST : ASIDE;
	}
	return by_a >= 0 && by_b >= 0 && by_a + by_b > 0 ? BETWEEN : AGAINST;
}

/* False when a bridge lies between. */
static bool look(struct topo *topo, struct pair *pair, unsigned side)
{
	size_t count = 0;
	const struct topo_sight *behind =
		topo_behind(topo, pair->device[side], pair->port[side], &count);
	if (pair->port[side] == NONE) {
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t third = behind[i].other;
		if (third == pair->device[!side] || !topo_is_bridge(topo, third) ||
			(side == 1 &&
				stands(topo, pair->device[0], pair->port[0], third) > 0)) {
			continue; /* the second time it was looked at before */
		}
		enum place place = place_of(topo, pair, third);
		if (place == BETWEEN) {
			(void)topo_step(topo, i + 1);
			return false;
		}
		pair->against += place == AGAINST;
		pair->gaps += place == GAP;
	}
	return topo_step(topo, count + 1);
}

/* Stations that a has behind the wire and b beyond it, or the other way round. */
static uint32_t votes(struct topo *topo, const struct pair *pair, unsigned side)
{
	uint32_t seer = pair->device[side];
	uint32_t other = pair->device[!side];
	uint32_t found = 0;
	unsigned asked = 0;
	for (size_t i = topo->first_station[seer];
		i < topo->first_station[seer + 1] && asked < VOTES_MAX; i++) {
		if (topo->stations[i].port != pair->port[side]) {
			continue;
		}
		uint32_t there = topo_station_port(topo, other, topo->stations[i].mac);
		asked++;
		found += there != NONE && pair->port[!side] != NONE &&
			 there != pair->port[!side];
	}
	(void)topo_step(topo, topo->first_station[seer + 1] - topo->first_station[seer]);
	return found;
}

/* ---- pairs worth a look */

struct ballot {
	uint32_t port;
	unsigned count;
};

static uint32_t winner(const struct ballot *ballots, size_t count)
{
	struct ballot best = { NONE, 0 };
	for (size_t i = 0; i < count; i++) {
		best = ballots[i].count > best.count ? ballots[i] : best;
	}
	return best.port;
}

/* The other's port towards us when it does not see us: where it sees the stations that we
 * have beyond the wire. */
static uint32_t guess_port(struct topo *topo, uint32_t device, uint32_t port, uint32_t other)
{
	struct ballot ballots[VOTES_MAX];
	size_t count = 0;
	unsigned asked = 0;
	for (size_t i = topo->first_station[device];
		i < topo->first_station[device + 1] && asked < VOTES_MAX; i++) {
		if (topo->stations[i].port == port) {
			continue;
		}
		asked++;
		uint32_t there = topo_station_port(topo, other, topo->stations[i].mac);
		size_t at = 0;
		while (at < count && ballots[at].port != there) {
			at++;
		}
		if (there != NONE && at == count) {
			ballots[count++] = (struct ballot) { .port = there };
		}
		if (there != NONE) {
			ballots[at].count++;
		}
	}
	(void)topo_step(topo, topo->first_station[device + 1] - topo->first_station[device]);
	return winner(ballots, count);
}

static void pair_try(struct topo *topo, struct pairs *pairs, const struct topo_sight *sight)
{
	uint32_t back = topo_sees(topo, sight->other, sight->device);
	struct pair pair = { .device = { sight->device, sight->other },
		.port = { sight->port, back },
		.mutual = back != NONE };
	if (pair.mutual && sight->other < sight->device) {
		return; /* seen from the other side */
	}
	if (!pair.mutual) {
		pair.port[1] = guess_port(topo, sight->device, sight->port, sight->other);
	}
	if (!is_free(topo, pair.port[1])) {
		return;
	}
	if (topo->stats.steps > TOPOLOGY_STEPS_MAX) {
		topo->stats.cut_short++;
		return;
	}
	if (look(topo, &pair, 0) && look(topo, &pair, 1) &&
		pair.against + pair.gaps <= AGAINST_MAX) {
		pair.votes = votes(topo, &pair, 0) + votes(topo, &pair, 1);
		pair_put(topo, pairs, &pair);
	}
}

/* ---- the best first */

static int rank_order(const struct pair *x, const struct pair *y)
{
	if (x->against != y->against) {
		return x->against > y->against ? 1 : -1;
	}
	if (x->gaps != y->gaps) {
		return x->gaps > y->gaps ? 1 : -1;
	}
	if (x->mutual != y->mutual) {
		return x->mutual ? -1 : 1;
	}
	return (x->votes < y->votes) - (x->votes > y->votes);
}

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a;
	const struct pair *y = b;
	int order = rank_order(x, y);
	for (unsigned i = 0; order == 0 && i < 2; i++) {
		order = (x->device[i] > y->device[i]) - (x->device[i] < y->device[i]);
	}
	return order;
}

static struct topo_link *accept(struct topo *topo, const struct pair *pair)
{
	struct topo_link *link = topo_link_add(topo, pair->device, pair->port);
	topo_link_say(topo, link, TOPOLOGY_FDB, pair->device[0], pair->port[0]);
	if (pair->mutual) {
		topo_link_say(topo, link, TOPOLOGY_FDB, pair->device[1], pair->port[1]);
	}
	bool whole = pair->mutual && pair->gaps == 0;
	link->confidence = whole ? TOPOLOGY_LIKELY : TOPOLOGY_POSSIBLE;
	for (unsigned i = 0; i < 2; i++) {
		if (pair->port[i] != NONE) {
			topo->ports[pair->port[i]].taken = true;
		}
	}
	return link;
}

static bool touches(const struct pair *pair, uint32_t port)
{
	return port != NONE && (pair->port[0] == port || pair->port[1] == port);
}

void topo_bridge(struct topo *topo)
{
	struct pairs pairs = { 0 };
	for (size_t i = 0; i < topo->sight_count; i++) {
		const struct topo_sight *sight = &topo->sights[i];
		if (topo_is_bridge(topo, sight->device) && topo_is_bridge(topo, sight->other) &&
			is_free(topo, sight->port)) {
			pair_try(topo, &pairs, sight);
		}
	}
	if (pairs.count > 0) {
		qsort(pairs.item, pairs.count, sizeof(*pairs.item), pair_order);
	}
	const struct pair *last = NULL;
	struct topo_link *last_link = NULL;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *pair = &pairs.item[i];
		bool tie = last != NULL && rank_order(last, pair) == 0 &&
			   (touches(last, pair->port[0]) || touches(last, pair->port[1]));
		bool room = is_free(topo, pair->port[0]) && is_free(topo, pair->port[1]);
		if (!room && !tie) {
			topo->stats.conflicts++;
			continue;
		}
		size_t at = last_link != NULL ? (size_t)(last_link - topo->links) : 0;
		struct topo_link *link = accept(topo, pair);
		if (tie) { /* nothing tells which of them: a segment of its own, perhaps */
			link->confidence = TOPOLOGY_POSSIBLE;
			link->shared = true;
			topo->links[at].confidence = TOPOLOGY_POSSIBLE;
			topo->links[at].shared = true;
		}
		last = pair;
		last_link = link;
	}
}
