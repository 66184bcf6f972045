/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a running clock would read under another policy: the same start, the
 * same pauses and extensions, the rule as the other policy has it.  Nothing is
 * changed by asking.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "model/scale.h"
#include "workflow/due.h"

struct policy;

/** How a clock moves; overdue is meant at the moment asked for. */
enum policy_move {
	POLICY_SAME,
	POLICY_EARLIER,
	POLICY_LATER,
	POLICY_BECOMES_OVERDUE,
	POLICY_NO_LONGER_OVERDUE,
};

#define POLICY_MOVE_COUNT (POLICY_NO_LONGER_OVERDUE + 1)

/**
 * Move a remediation clock to the rules of another policy.
 *
 * Shape:   calendar has the other policy's end of the working day; a further round, which had half
 *          of its grade's time, has half of the other's.
 * Returns: 0, E_ABSENT (its derivation names no rule of a grade), or as due_begin and due_adjust.
 */
NODISCARD int policy_move_due(const struct calendar *calendar, const struct policy *policy,
	enum grade grade, const struct due *due, struct due *ret_due);

/** What became of a due instant. */
enum policy_move policy_move_of(int64_t before_ms, int64_t after_ms, int64_t now_ms);
