/* SPDX-License-Identifier: Apache-2.0 */
#include "api/route.h"

#include <stdlib.h>

/* What is found fits its path: the ids are positive, and a key lies inside it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf path, allow;
	struct slice method = { 0 };
	struct slice raw = { 0 };
	struct route_hit hit = { 0 };
	buf_init(&path, 4096);
	buf_init(&allow, 256);
	(void)slice_cut(slice_of(data, size), ' ', &method, &raw);
	if (route_path_decode(raw, &path) < 0) {
		return 0;
	}
	if (slice_find(buf_slice(&path), slice_of("", 1)) != SIZE_MAX || path.n > raw.n) {
		abort();
	}
	if (route_find(method, buf_slice(&path), &hit) == 0 &&
		(hit.record < 0 || hit.sub < 0 || hit.key.n > ROUTE_KEY_OCTETS_MAX ||
			(hit.key.n > 0 && (hit.key.p < path.p ||
						  hit.key.p + hit.key.n > path.p + path.n)))) {
		abort();
	}
	route_put_allow(buf_slice(&path), &allow);
	return 0;
}
