/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_key.h"

#include <stdlib.h>

/* A name that was taken is taken again as it stands, as one key. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct asset_keys keys;
	static struct asset_keys again;
	struct slice bad = { 0 };
	keys.count = 0;
	(void)!asset_keys_addresses(&keys, slice_of(data, size), &bad);
	(void)!asset_keys_domains(&keys, slice_of(data, size), &bad);
	for (size_t i = 0; i < keys.count; i++) {
		again.count = 0;
		if (keys.item[i].is_domain &&
			(asset_keys_domains(&again, slice_str(keys.item[i].text), &bad) < 0 ||
				again.count != 1)) {
			abort();
		}
	}
	return 0;
}
