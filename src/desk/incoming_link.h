/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What comes out of a superior's paper names it: findings and notices of source
 * 上级通报, whose deadline heeds the superior's.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct desk;

/**
 * The body's incoming_id; 0 without one.
 *
 * Returns: 0, E_INPUT refused for one that is absent, over, or a state secret, or as db_step.
 */
NODISCARD int incoming_link_read(struct desk *desk, int64_t *ret_id);

/** Tie a new finding to its paper; 0 = none.  Returns: 0 or as db_step. */
NODISCARD int incoming_link_finding(struct desk *desk, int64_t finding_id, int64_t id);

/** Tie a notice to the paper, or, with 0, to that of its findings.  Returns: 0 or as db_step. */
NODISCARD int incoming_link_notice(struct desk *desk, int64_t notice_id, int64_t id);
