/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Papers of records other than notices: what each kind's form is told.  The
 * rest, and who makes them, is desk/paper_job.h's.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;
struct desk_env;
struct filing_row;
struct incoming_row;
struct txn;

/** 网络安全员备案表: without a number to be signed and sealed, with one as it was filed.  As paper_job_put. */
NODISCARD int filing_form_paper(
	struct txn *txn, const struct desk_env *env, const struct filing_row *row);
/** 交接清单: what the unit has under way the day the post changes hands.  As paper_job_put. */
NODISCARD int filing_list_paper(
	struct txn *txn, const struct desk_env *env, const struct filing_row *row);

/** 收文处理单 of a paper that is no state secret, as far as it has come.  *ret_id may be NULL.  As paper_job_put. */
NODISCARD int incoming_sheet_paper(
	struct desk *desk, const struct incoming_row *row, int64_t *ret_id);

/**
 * The stub of a 开通单, to be signed by who took it: everything but the code,
 * which is in clear nowhere but in the answer that told it.
 *
 * Shape:   account is his login name; the code is good until until_ms.
 * Returns: 0 or as paper_job_put.
 */
NODISCARD int access_stub_paper(
	struct desk *desk, int64_t person_id, struct slice account, int64_t until_ms);

/** POST /units/ledger: 单位安全台账 of one unit, or of several in one PDF, each from the front of a sheet. */
NODISCARD int desk_units_ledger(struct desk *desk);
/** POST /incoming/{id}/print: 收文处理单 to be carried round. */
NODISCARD int desk_incoming_print(struct desk *desk);
