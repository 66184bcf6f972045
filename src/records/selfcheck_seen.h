/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the platform sees beside a question of a unit's self-check: open findings
 * of its kind, and checks of the unit's systems that fail.  Acts hold an answer
 * against it, reads show it.
 *
 * Layer: records.  Threading: as the connection.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;

struct selfcheck_seen {
	int64_t findings; /* open, not reported by the unit itself */
	int64_t checks;   /* of the systems that were put down for it */
	int64_t down;     /* of them, for a while */
};

struct selfcheck_asked {
	int64_t id; /* of the check */
	int64_t unit_id;
	struct slice item;
	struct slice finding_kind;
};

/** Findings of before an instant, checks as of now.  Returns: 0 or as db_step. */
NODISCARD int selfcheck_seen_load(struct db *db, const struct selfcheck_asked *asked,
	int64_t before_ms, int64_t now_ms, struct selfcheck_seen *ret_seen);
