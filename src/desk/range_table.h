/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What probe may sweep: the ranges, the freezes, the pace and where it stopped.
 *
 * Layer: desk.  Threading: one owner of db.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct buf;
struct db;
struct secret_key;

/**
 * Append {"ranges":[{network, active, community?}],"freezes":[[from,to]],
 * "per_second":n,"round_ms":n,"state":{…}}; state as probe last told it, or null.
 * Communities are in clear: wipe the buf.
 *
 * Shape:   key NULL = no community can be opened.
 * Returns: 0, E_LIMIT (the buf) or as db_step.
 */
NODISCARD int range_table_put(
	struct db *db, const struct secret_key *key, int64_t now_ms, struct buf *out);
