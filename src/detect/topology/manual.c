/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/topology/topology_priv.h"

/* A manual link with its devices as places, the smaller id first. */
struct word {
	uint32_t device[2];
	uint32_t port[2]; /* ends; NONE = any or unknown */
	bool removed;
};

static bool port_of(
	const struct topo *topo, uint32_t device, uint32_t if_index, uint32_t *ret_port)
{
	uint32_t port = if_index != 0 ? topo_port_index(topo, device, if_index) : NONE;
	*ret_port = port != NONE ? topo->ports[port].end : NONE;
	return if_index == 0 || port != NONE;
}

static bool word_of(
	const struct topo *topo, const struct topology_manual *manual, struct word *ret_word)
{
	bool swap = manual->device_a > manual->device_b;
	int64_t id[2] = { manual->device_a, manual->device_b };
	uint32_t port[2] = { manual->port_a, manual->port_b };
	struct word word = { .removed = manual->removed };
	for (unsigned i = 0; i < 2; i++) {
		word.device[i] = topo_device(topo, id[i ^ swap]);
		if (word.device[i] == NONE ||
			!port_of(topo, word.device[i], port[i ^ swap], &word.port[i])) {
			return false;
		}
	}
	*ret_word = word;
	return word.device[0] != word.device[1];
}

static bool same_ends(const struct topo_link *link, const struct word *word)
{
	bool same = true;
	for (unsigned i = 0; i < 2; i++) {
		same = same && link->device[i] == word->device[i] &&
		       (word->port[i] == NONE || link->port[i] == NONE ||
			       link->port[i] == word->port[i]);
	}
	return same;
}

/* Does the link use a port that a person says leads elsewhere? */
static bool in_the_way(
	const struct topo *topo, const struct topo_link *link, const struct word *word)
{
	bool way = false;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t port = word->port[i / 2];
		way = way || (port != NONE && !topo->ports[port].aggregate &&
				     link->port[i % 2] == port);
	}
	return way && link->mark == TOPOLOGY_FOUND;
}

static void say(const struct topo *topo, struct topo_link *link, enum topology_mark mark)
{
	link->mark = mark;
	topo_link_say(topo, link, TOPOLOGY_HAND, NONE, NONE);
}

static void draw(struct topo *topo, const struct word *word)
{
	bool known = false;
	for (size_t i = 0; i < topo->link_count; i++) {
		struct topo_link *link = &topo->links[i];
		if (same_ends(link, word)) {
			say(topo, link, TOPOLOGY_DRAWN);
			for (unsigned k = 0; k < 2; k++) {
				link->port[k] =
					link->port[k] == NONE ? word->port[k] : link->port[k];
			}
			known = true;
		} else if (in_the_way(topo, link, word)) {
			say(topo, link, TOPOLOGY_STRUCK);
		}
	}
	if (!known) {
		struct topo_link *link = topo_link_add(topo, word->device, word->port);
		link->confidence = TOPOLOGY_CERTAIN;
		say(topo, link, TOPOLOGY_DRAWN);
	}
}

static void strike(struct topo *topo, const struct word *word)
{
	for (size_t i = 0; i < topo->link_count; i++) {
		if (same_ends(&topo->links[i], word)) {
			say(topo, &topo->links[i], TOPOLOGY_STRUCK);
		}
	}
}

void topo_links_manual(struct topo *topo)
{
	for (size_t i = 0; i < topo->in->manual_count; i++) {
		struct word word = { 0 };
		if (!word_of(topo, &topo->in->manual[i], &word)) {
			topo->stats.unknown++;
		} else if (word.removed) {
			strike(topo, &word);
		} else {
			draw(topo, &word);
		}
	}
}
