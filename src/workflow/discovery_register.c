/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "workflow/discovery_priv.h"

enum { BITS = 128 };

struct net_entry {
	struct network network;
	int64_t asset;
};

struct name_entry {
	struct slice name;
	int64_t asset;
};

struct mac_entry {
	uint64_t mac;
	int64_t asset;
};

struct discovery_register {
	struct asset_keys *keys; /* of one name at a time */
	struct net_entry *nets;  /* by prefix, longest first, then address */
	size_t net_count;
	size_t first[BITS + 2]; /* of the networks with that prefix */
	struct name_entry *names;
	size_t name_count;
	struct mac_entry *macs;
	size_t mac_count;
};

static int id_order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int net_order(const void *a, const void *b)
{
	const struct net_entry *x = a;
	const struct net_entry *y = b;
	if (x->network.prefix != y->network.prefix) {
		return x->network.prefix > y->network.prefix ? -1 : 1;
	}
	int order = memcmp(x->network.octet, y->network.octet, sizeof(x->network.octet));
	return order != 0 ? order : id_order(x->asset, y->asset);
}

static int name_order(const void *a, const void *b)
{
	const struct name_entry *x = a;
	const struct name_entry *y = b;
	int order = slice_cmp(x->name, y->name);
	return order != 0 ? order : id_order(x->asset, y->asset);
}

static int mac_order(const void *a, const void *b)
{
	const struct mac_entry *x = a;
	const struct mac_entry *y = b;
	if (x->mac != y->mac) {
		return x->mac > y->mac ? 1 : -1;
	}
	return id_order(x->asset, y->asset);
}

static void asset_read(struct discovery_register *reg, const struct discovery_asset *asset)
{
	for (size_t i = 0; i < asset->key_count; i++) {
		const struct asset_key *key = &asset->keys[i];
		if (key->is_domain) {
			reg->names[reg->name_count++] =
				(struct name_entry) { slice_str(key->text), asset->id };
		} else {
			reg->nets[reg->net_count++] =
				(struct net_entry) { key->network, asset->id };
		}
	}
	for (size_t i = 0; i < asset->mac_count; i++) {
		reg->macs[reg->mac_count++] = (struct mac_entry) { asset->macs[i], asset->id };
	}
}

static void sort(
	void *base, size_t count, size_t size, int (*order)(const void *, const void *))
{
	if (count > 0) {
		qsort(base, count, size, order);
	}
}

struct discovery_register *discovery_register_make(
	const struct discovery_input *input, struct arena *scratch)
{
	size_t keys = 1;
	size_t macs = 1;
	for (size_t i = 0; i < input->asset_count; i++) {
		keys += input->assets[i].key_count;
		macs += input->assets[i].mac_count;
	}
	struct discovery_register *reg = arena_take(scratch, sizeof(*reg));
	reg->keys = arena_take(scratch, sizeof(*reg->keys));
	reg->nets = arena_take(scratch, keys * sizeof(*reg->nets));
	reg->names = arena_take(scratch, keys * sizeof(*reg->names));
	reg->macs = arena_take(scratch, macs * sizeof(*reg->macs));
	for (size_t i = 0; i < input->asset_count; i++) {
		asset_read(reg, &input->assets[i]);
	}
	sort(reg->nets, reg->net_count, sizeof(*reg->nets), net_order);
	sort(reg->names, reg->name_count, sizeof(*reg->names), name_order);
	sort(reg->macs, reg->mac_count, sizeof(*reg->macs), mac_order);
	size_t at = 0;
	for (unsigned back = 0; back <= BITS; back++) {
		reg->first[back] = at;
		while (at < reg->net_count && reg->nets[at].network.prefix == BITS - back) {
			at++;
		}
	}
	reg->first[BITS + 1] = at;
	return reg;
}

/* Among networks of one prefix; 0 = none. */
static int64_t net_find(
	const struct discovery_register *reg, unsigned back, const struct network *address)
{
	struct network cut = network_cut(address, (uint8_t)(BITS - back));
	size_t low = reg->first[back];
	size_t end = reg->first[back + 1];
	size_t high = end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(reg->nets[middle].network.octet, cut.octet, sizeof(cut.octet)) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < end &&
		     memcmp(reg->nets[low].network.octet, cut.octet, sizeof(cut.octet)) == 0;
	return found ? reg->nets[low].asset : 0;
}

int64_t discovery_by_address(const struct discovery_register *reg,
	const struct network *address, uint8_t *ret_prefix)
{
	for (unsigned back = 0; back <= BITS; back++) {
		int64_t asset = reg->first[back] < reg->first[back + 1]
					? net_find(reg, back, address)
					: 0;
		if (asset != 0) {
			*ret_prefix = (uint8_t)(BITS - back);
			return asset;
		}
	}
	return 0;
}

int64_t discovery_by_name(const struct discovery_register *reg, struct slice name)
{
	struct asset_keys *keys = reg->keys;
	keys->count = 0;
	struct slice bad = { 0 };
	/* As a person's field is read, so that letters and root dots do not matter. */
	if (name.n == 0 || asset_keys_domains(keys, name, &bad) < 0 || keys->count != 1 ||
		!keys->item[0].is_domain) {
		return 0;
	}
	struct slice text = slice_str(keys->item[0].text);
	size_t low = 0;
	size_t high = reg->name_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (slice_cmp(reg->names[middle].name, text) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < reg->name_count && slice_eq(reg->names[low].name, text);
	return found ? reg->names[low].asset : 0;
}

int64_t discovery_by_mac(const struct discovery_register *reg, uint64_t mac)
{
	size_t low = 0;
	size_t high = mac != 0 ? reg->mac_count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reg->macs[middle].mac < mac) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = mac != 0 && low < reg->mac_count && reg->macs[low].mac == mac;
	return found ? reg->macs[low].asset : 0;
}
