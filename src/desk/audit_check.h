/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Verifications of the audit log as records: who asked for one, and what each
 * found.  The work is done by a process of its own.
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

/** POST /audit/verify: the act itself; core then has it done. */
NODISCARD int desk_audit_verify(struct desk *desk);

struct audit_checked {
	int64_t began_at_ms;
	bool ran; /* else error says why not */
	int64_t entries;
	int64_t personal;
	int64_t erased;
	struct slice erased_by; /* JSON: numbers of entries */
	int64_t problems;
	struct slice found; /* JSON: the first problems in words */
	struct slice error;
};

/** Keep the outcome of one.  Returns: 0 or as db_step. */
NODISCARD int audit_check_record(struct txn *txn, const struct audit_checked *checked);
