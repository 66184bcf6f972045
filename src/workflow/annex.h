/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a cell of a superior's form may say, and which fact a label asks for.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"
#include "model/name.h"

enum annex_fact {
	/* of the paper and of the school: once a form */
	ANNEX_SCHOOL,
	ANNEX_SUPERIOR,
	ANNEX_PAPER_NO,
	ANNEX_PAPER_TITLE,
	ANNEX_RECEIVED,
	ANNEX_REPLY_DUE,
	ANNEX_TODAY,
	ANNEX_FILLER,
	ANNEX_FILLER_PHONE,
	ANNEX_HANDLER,
	ANNEX_HANDLER_PHONE,
	ANNEX_ANSWER,
	ANNEX_COUNT_ALL,
	ANNEX_COUNT_FIXED,
	ANNEX_COUNT_OPEN,
	ANNEX_ALL_FIXED,
	/* of each finding: once a row */
	ANNEX_N,
	ANNEX_UNIT,
	ANNEX_PROBLEM,
	ANNEX_DETAIL,
	ANNEX_SYSTEM,
	ANNEX_FOUND,
	ANNEX_GRADE,
	ANNEX_NUMBER,
	ANNEX_CAUSE,
	ANNEX_MEASURE,
	ANNEX_DUE,
	ANNEX_DONE,
	ANNEX_RESPONSIBLE,
	ANNEX_PHONE,
	ANNEX_VERDICT,
	ANNEX_FIXED,
	ANNEX_STATE,
};

#define ANNEX_FACT_COUNT (ANNEX_STATE + 1)
#define ANNEX_FACT_FIRST_OF_ROW ANNEX_N

extern const struct name_table annex_fact_names;

/**
 * The fact a label asks for: "整改措施（可另附页）：" is the measure.  in_row: among the
 * headings of a list the same word means that of the row, 联系电话 the unit's.
 *
 * Returns: the fact, or E_ABSENT.
 */
int annex_guess(struct slice label, bool in_row);
