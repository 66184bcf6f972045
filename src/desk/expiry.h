/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reminders before a site's domain name or its ICP registration ends, or a
 * line's contract: a mail to the officers of the owning unit at each step of the
 * setting, and once the day has come.  A new date ends what the old one had set.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct desk_env;
struct timer;
struct txn;

/**
 * An "asset" or "circuit" was saved: what its dates had set is cancelled, the next
 * reminder set; one whose step has passed already is due now, unless it was given.
 *
 * Returns: 0 or as db_step.
 */
NODISCARD int expiry_set(struct txn *txn, const char *table, int64_t id);

/** The steps have changed: the same of every record with a date.  0 or as db_step. */
NODISCARD int expiry_refresh(struct txn *txn);

/** A timer of kind expiry.domain, expiry.icp or expiry.contract.  0 or as db_step. */
NODISCARD int expiry_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
