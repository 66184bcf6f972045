/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What speaks against a self-check, and which ones the centre looks at.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/selfcheck.h"

struct desk_env;
struct selfcheck_item_row;
struct selfcheck_row;
struct txn;

/**
 * Hold every 无 against what is seen; row->against names the questions it
 * speaks against.  Returns: how many, or as db_step.
 */
NODISCARD int selfcheck_against(struct txn *txn, struct selfcheck_row *row,
	struct selfcheck_item_row *items, int count);

/** It is to be looked at, by the machine, for this reason.  0 or as db_step. */
NODISCARD int selfcheck_sample_begin(struct txn *txn, const struct desk_env *env,
	struct selfcheck_row *row, enum selfcheck_sample why);
/** The centre has to have looked at it by then.  0 or as calendar_add. */
NODISCARD int selfcheck_sample_due(
	const struct desk_env *env, int64_t from_ms, int64_t *ret_due_ms);

/** The draw of the week before a day's, once.  0 or as db_step. */
NODISCARD int selfcheck_draw_week(struct txn *txn, const struct desk_env *env, int64_t day);
/** One that was drawn.  0 or as db_step. */
NODISCARD int selfcheck_drawn(
	struct txn *txn, const struct desk_env *env, int64_t id, bool by_term);
