/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Object identifiers as they lie in a message, compared and shown without
 * being unpacked: the fast road of the poller and its simulator.
 *
 * Source:  ITU-T X.690 section 8.19; RFC 2578 section 3.5 (at most 128 parts of 32 bits).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmp.c.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"
#include "proto/oid.h"

struct buf;

enum { BEROID_OCTETS_MAX = 5 * OID_IDS_MAX };

/**
 * Is this the content of an OBJECT IDENTIFIER that we take?
 *
 * Returns: 0; E_SHORT when the last part does not end; E_RANGE for a part past
 *          32 bits; E_LIMIT past OID_IDS_MAX; E_FORMAT when empty or padded.
 */
NODISCARD int beroid_check(struct slice oid);

/** Order of the parts as numbers, the shorter first: <0, 0, >0.  Both passed beroid_check. */
int beroid_cmp(struct slice a, struct slice b);

/** Is oid base itself or below it? */
bool beroid_under(struct slice base, struct slice oid);

/**
 * Unpacked, for tables.
 *
 * Returns: 0, or as beroid_check.
 */
NODISCARD int beroid_unpack(struct slice oid, struct oid_room *ret_oid);

/**
 * Appended to buf in its octets.
 *
 * Returns: 0, or E_RANGE when the first two parts have no encoding; then buf is as before.
 */
NODISCARD int beroid_put(struct buf *buf, struct oid oid);

/** "1.3.6.1.2.1.1.3.0". */
void beroid_put_text(struct buf *buf, struct slice oid);

/** From dotted text.  Returns: 0, as oid_parse, or as beroid_put; then buf is as before. */
NODISCARD int beroid_put_parsed(struct buf *buf, struct slice text);
