/* SPDX-License-Identifier: Apache-2.0 */
/** The tables behind workflow/notice.h, seen by notice.c and notice_table.c. */
#pragma once

#include "workflow/machine.h"
#include "workflow/notice.h"

enum { NOTICE_ROW_COUNT = 57 };

/** What a guard is asked about. */
struct notice_question {
	const struct notice_facts *facts;
	enum role role;
};

extern const struct machine_guard notice_guards[NOTICE_GUARD_COUNT];
extern const struct machine_row notice_rows[NOTICE_ROW_COUNT];
