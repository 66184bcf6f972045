/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "detect/topology/topology_priv.h"

uint32_t topo_port_index(const struct topo *topo, uint32_t device, uint32_t if_index)
{
	uint32_t low = topo->first_port[device];
	uint32_t end = topo->first_port[device + 1];
	uint32_t high = end;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (topo->ports[middle].row->if_index < if_index) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < end && topo->ports[low].row->if_index == if_index ? low : NONE;
}

uint32_t topo_port_local(const struct topo *topo, uint32_t device, uint32_t number)
{
	for (uint32_t p = topo->first_port[device]; p < topo->first_port[device + 1]; p++) {
		if (topo->ports[p].row->local_number == number && number != 0) {
			return p;
		}
	}
	return topo_port_index(topo, device, number);
}

/* ---- by what a text says */

/* Octets before the first digit. */
static size_t letters(struct slice name)
{
	size_t n = 0;
	while (n < name.n && (name.p[n] < '0' || name.p[n] > '9')) {
		n++;
	}
	return n;
}

/* "Gi1/0/1" and "GigabitEthernet1/0/1": the same numbers behind a word and its beginning. */
static bool same_port(struct slice a, struct slice b)
{
	size_t la = letters(a);
	size_t lb = letters(b);
	size_t shorter = la < lb ? la : lb;
	return shorter >= 2 && la < a.n && lb < b.n &&
	       slice_eq(slice_skip(a, la), slice_skip(b, lb)) &&
	       slice_eq_nocase(slice_head(a, shorter), slice_head(b, shorter));
}

enum field { NAME, DESCR, ALIAS };

static struct slice field_of(const struct topo_port *port, enum field field)
{
	if (field == NAME) {
		return port->row->name;
	}
	return field == DESCR ? port->row->descr : port->row->alias;
}

/* The one port whose field is the text; NONE when several are. */
static uint32_t by_text(const struct topo *topo, uint32_t device, struct slice text,
	enum field field, bool loosely)
{
	uint32_t found = NONE;
	for (uint32_t p = topo->first_port[device];
		text.n > 0 && p < topo->first_port[device + 1]; p++) {
		struct slice value = field_of(&topo->ports[p], field);
		if (loosely ? !same_port(value, text) : !slice_eq_nocase(value, text)) {
			continue;
		}
		if (found != NONE) {
			return NONE;
		}
		found = p;
	}
	return found;
}

static uint32_t by_texts(const struct topo *topo, uint32_t device, struct slice text)
{
	static const struct {
		enum field field;
		bool loosely;
	} way[] = { { NAME, false }, { DESCR, false }, { NAME, true }, { DESCR, true },
		{ ALIAS, false } };
	uint32_t found = NONE;
	for (size_t i = 0; found == NONE && i < sizeof(way) / sizeof(way[0]); i++) {
		found = by_text(topo, device, text, way[i].field, way[i].loosely);
	}
	return found;
}

static uint32_t by_mac(const struct topo *topo, uint32_t device, uint64_t mac)
{
	uint32_t found = NONE;
	for (uint32_t p = topo->first_port[device];
		mac != 0 && p < topo->first_port[device + 1]; p++) {
		if (topo->ports[p].row->mac != mac) {
			continue;
		}
		if (found != NONE) {
			return NONE; /* many boxes give every port the address of the box */
		}
		found = p;
	}
	return found;
}

static uint32_t by_number(const struct topo *topo, uint32_t device, struct slice text)
{
	uint64_t number = 0;
	return num_u64(text, UINT32_MAX, &number) < 0
		       ? NONE
		       : topo_port_local(topo, device, (uint32_t)number);
}

static uint32_t by_id(const struct topo *topo, uint32_t device, const struct topology_id *id)
{
	uint32_t found = NONE;
	switch (id->kind) {
	case TOPOLOGY_PORT_MAC:
		return by_mac(topo, device, topo_mac(id->octets));
	case TOPOLOGY_PORT_ALIAS:
		found = by_text(topo, device, id->octets, ALIAS, false);
		return found != NONE ? found : by_texts(topo, device, id->octets);
	case TOPOLOGY_PORT_LOCAL:
		found = by_number(topo, device, id->octets);
		return found != NONE ? found : by_texts(topo, device, id->octets);
	case TOPOLOGY_PORT_NAME:
	case TOPOLOGY_PORT_COMPONENT:
		return by_texts(topo, device, id->octets);
	default:
		return NONE;
	}
}

uint32_t topo_port_named(
	const struct topo *topo, uint32_t device, const struct topology_neighbour *row)
{
	uint32_t found = by_id(topo, device, &row->port);
	return found != NONE ? found : by_texts(topo, device, row->port_descr);
}
