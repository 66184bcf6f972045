/* SPDX-License-Identifier: Apache-2.0 */
#include "model/target.h"

#include <stdlib.h>

#include "model/asset_key.h"

/* What is taken names a host that is an address or a valid name, within the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size);
	for (enum check_kind kind = CHECK_ICMP; kind < CHECK_KIND_COUNT; kind++) {
		struct target target = { 0 };
		if (kind == CHECK_HOST || target_parse(kind, text, &target) < 0) {
			continue;
		}
		bool inside =
			target.host.p >= data && target.host.p + target.host.n <= data + size;
		if (!inside || (!target.is_address && !host_name_valid(target.host)) ||
			(kind == CHECK_TCP && target.port == 0)) {
			abort();
		}
	}
	return 0;
}
