/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From method and path to a route of schema/api.toml.
 *
 * Layer: api.  Threading: reentrant.  Fuzz target: fuzz/route.c.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "schema/routes.h"

/** Longest {key} or {kind}; the frames' limit. */
enum { ROUTE_KEY_OCTETS_MAX = 128 };

struct route_hit {
	enum route_id id;
	int64_t record;   /* {id}; 0 when the path has none */
	int64_t sub;      /* {sub} */
	struct slice key; /* {key} or {kind}, borrowed from the path */
};

/**
 * Undo the percent signs of a request's path.
 *
 * Source:  RFC 3986 section 2.1.
 * Shape:   raw is the target without its query.
 * Returns: 0; E_FORMAT for a broken escape, NUL or an escaped slash; E_UTF8;
 *          E_LIMIT when out is full.
 */
NODISCARD int route_path_decode(struct slice raw, struct buf *out);

/**
 * Find the route.  A fixed segment wins over a variable one, and ids are
 * positive decimal numbers.
 *
 * Shape:   path is decoded and below /api/v1 ("/notices/7"); HEAD is GET.
 * Returns: 0; E_ABSENT for a path nobody has; E_STATE for a path that has
 *          other methods only (405).
 */
NODISCARD int route_find(struct slice method, struct slice path, struct route_hit *ret_hit);

/** Methods a path has, as the Allow field wants them: "GET, HEAD, POST". */
void route_put_allow(struct slice path, struct buf *out);
