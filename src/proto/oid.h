/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Object identifiers as values: borrowed runs of sub-identifiers, and room of
 * a fixed size to build one in.
 *
 * Source: RFC 2578 section 3.5 (at most 128 sub-identifiers of 32 bits each).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmprec.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum { OID_IDS_MAX = 128 };

/** Borrowed, as a slice is. */
struct oid {
	const uint32_t *id;
	size_t n; /* sub-identifiers */
};

/** One of one's own. */
struct oid_room {
	size_t n;
	uint32_t id[OID_IDS_MAX];
};

static inline struct oid oid_of(const struct oid_room *room)
{
	return (struct oid) { room->id, room->n };
}

/** Without its first n; empty when shorter. */
static inline struct oid oid_skip(struct oid oid, size_t n)
{
	n = n < oid.n ? n : oid.n;
	return n == 0 ? oid : (struct oid) { oid.id + n, oid.n - n };
}

/**
 * Dotted decimal, with or without a dot in front; the whole text is one identifier.
 *
 * Returns: 0, E_FORMAT, E_RANGE for a part above 2^32-1, or E_LIMIT for too many parts.
 */
NODISCARD int oid_parse(struct slice text, struct oid_room *ret_oid);

/** Dotted decimal without a dot in front; nothing for the empty one. */
void oid_put(struct buf *buf, struct oid oid);

/** Order of a MIB walk: by sub-identifier, the shorter first on a tie.  <0, 0, >0. */
int oid_cmp(struct oid a, struct oid b);

/** Does oid begin with all of prefix? */
bool oid_starts(struct oid oid, struct oid prefix);

/** Put more behind.  Returns: 0, or E_LIMIT and nothing was put. */
NODISCARD int oid_append(struct oid_room *room, struct oid more);
