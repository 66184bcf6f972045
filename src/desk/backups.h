/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Backups as records: who asked for one, and what became of each.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;
struct txn;

/** POST /backups: the act itself; core then has it made. */
NODISCARD int desk_backup_run(struct desk *desk);

struct backup_made {
	bool ok;
	struct slice path;
	int64_t octets;
	struct slice error;
};

/** Keep the outcome of one.  Returns: 0 or as db_step. */
NODISCARD int backup_record(struct txn *txn, const struct backup_made *made);
