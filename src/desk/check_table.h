/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The table of checks as probe is given it.
 *
 * Layer: desk.  Threading: as its connection.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"

struct db;

/**
 * Append every enabled check as a JSON array of {"id","kind","name","target",
 * "params","interval_s","retries","severity","parents"}; the severity is that of
 * the asset's importance where the check says so.
 *
 * Returns: 0 or as db_step; E_LIMIT when out is full.
 */
NODISCARD int check_table_put(struct db *db, struct buf *out);
