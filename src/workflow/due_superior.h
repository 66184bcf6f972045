/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a superior's deadline leaves a unit: the school keeps back time to
 * gather, seal and send, the shorter of a working day and a share of what is
 * left, and nothing is ever due before it was seen.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "workflow/due.h"

/**
 * Not later than the superior's deadline less its buffer, as seen at at_ms, and
 * never before that.  The first step of a clock, before any other.
 *
 * Returns: 0, E_STATE after another step, E_RANGE; unchanged on failure.
 */
NODISCARD int due_superior(const struct calendar *calendar, struct due *due, int64_t at_ms,
	const struct due_superior *superior);

/** The instant by which a unit must be done for a superior's deadline.  Returns: as calendar_add. */
NODISCARD int due_superior_limit(const struct calendar *calendar, int64_t at_ms,
	const struct due_superior *superior, int64_t *ret_limit_ms, bool *ret_provisional);

/** Did a superior's deadline bring this one forward? */
bool due_superior_binds(const struct due *due);
