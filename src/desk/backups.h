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

/** What decides whether the day's backup is begun. */
struct backup_due {
	int64_t hour; /* local; -1 = never by itself */
	int64_t now_ms;
	int64_t last_ms; /* of the last good one, 0 = none */
	bool settled;    /* the platform has been up for a while */
};

/** By the hour; and for a machine that was off at that hour, later the same day. */
bool backup_is_due(const struct backup_due *due);

/** Keep the outcome of one.  Returns: 0 or as db_step. */
NODISCARD int backup_record(struct txn *txn, const struct backup_made *made);
