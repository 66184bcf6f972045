/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The digest of a stored row, over its columns as they stand on disk, in the
 * form of audit/row.h; alike on both back ends.
 *
 * Layer: records.  Threading: as its connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"

struct db;

/**
 * Shape:   table is a name of our schema with columns id and version.
 * Returns: 1, 0 (no such row) or as db_step; E_LIMIT when the row is larger
 *          than AUDIT_ROW_MAX_OCTETS.
 */
NODISCARD int rowdigest_of(struct db *db, const char *table, int64_t id,
	struct digest *ret_digest, int64_t *ret_version);
