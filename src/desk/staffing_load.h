/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How many people the centre has now, and whether the school runs in
 * 小单位模式 (setting small_school).
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct staffing;
struct txn;

/** People with an account in force and a role of the centre.  0 or as db_step. */
NODISCARD int staffing_load(struct txn *txn, struct staffing *ret_staffing);
