/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The table of checks as probe is given it.
 *
 * Layer: desk.  Threading: as its connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

struct arena;
struct db;
struct secret_key;

/**
 * Append every enabled check as a JSON array of {"id","kind","name","target",
 * "params","interval_s","retries","severity","parents"}; the severity is that of
 * the asset's importance where the check says so.  Secrets are in it, in clear:
 * the caller wipes out with secret_wipe.  Without a key, or where one cannot
 * be opened, the parameter is left out.
 *
 * Returns: 0 or as db_step; E_LIMIT when out is full.
 */
NODISCARD int check_table_put(struct db *db, const struct secret_key *key, struct buf *out);

/** How long children may take once their parent is back, in seconds: the setting "reach".  0 or as db_step. */
NODISCARD int check_settle_s(struct db *db, struct arena *arena, uint32_t *ret_settle_s);
