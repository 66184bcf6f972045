/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who may be asked for a unit's self-check, and who hears of it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk_env;
struct selfcheck_row;
struct txn;

struct selfcheck_mail {
	const char *event;
	struct slice subject;
	struct slice text; /* the link is added */
};

/** Does somebody answer for the unit who may be asked?  1, 0 or as db_step. */
NODISCARD int selfcheck_staffed(struct txn *txn, int64_t unit_id);
/** Its officers and specialists, or its head where there are none.  0 or as db_step. */
NODISCARD int selfcheck_tell_unit(struct txn *txn, const struct desk_env *env,
	const struct selfcheck_row *row, const struct selfcheck_mail *mail);
/** Whoever has the role: in the unit, or in the school with unit_id 0.  0 or as db_step. */
NODISCARD int selfcheck_tell_role(struct txn *txn, const struct desk_env *env,
	const struct selfcheck_row *row, const char *role, int64_t unit_id,
	const struct selfcheck_mail *mail);
/** "数学系", in the command's arena; empty when there is none. */
NODISCARD int selfcheck_unit_name(struct txn *txn, int64_t unit_id, struct slice *ret_name);
