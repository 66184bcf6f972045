/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The keys an asset is found by, out of what a person types into its address
 * and domain fields: several in one field, parted by white space, 、 ， , ； or ;
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/asset_key.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/network.h"

enum { ASSET_KEYS_MAX = 64, ASSET_KEY_MAX_OCTETS = 253 };

struct asset_key {
	bool is_domain;
	struct network network; /* without is_domain */
	char text[ASSET_KEY_MAX_OCTETS +
		  1]; /* domain in lower case, or the network's 32 hex digits */
};

/** Every key once, in the order typed. */
struct asset_keys {
	struct asset_key item[ASSET_KEYS_MAX];
	size_t count;
};

/**
 * Add the networks of an address field: addresses, and networks with a prefix.
 *
 * Returns: 0, E_FORMAT with *ret_bad the part at fault, E_RANGE (prefix), E_LIMIT (ASSET_KEYS_MAX).
 */
NODISCARD int asset_keys_addresses(
	struct asset_keys *keys, struct slice field, struct slice *ret_bad);

/**
 * Add the names of a domain field; of a URL its host, which may be an
 * address.  ASCII letters become small, labels beyond ASCII stay as given.
 *
 * Returns: as asset_keys_addresses.
 */
NODISCARD int asset_keys_domains(
	struct asset_keys *keys, struct slice field, struct slice *ret_bad);

/**
 * A host name: labels of letters, digits, - and _ or octets beyond ASCII,
 * parted by dots, at most 63 octets each and 253 together (RFC 1035 section
 * 2.3.4), the last not all digits.
 */
bool host_name_valid(struct slice text);
