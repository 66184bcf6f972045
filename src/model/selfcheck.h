/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Self-checks 自查 of a unit: how one stands, how often it is asked for, what
 * is asked, what may be answered, and why one is looked at by somebody else.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stddef.h>

#include "model/name.h"

struct slice;

enum selfcheck_state {
	SELFCHECK_SCHEDULED, /* nobody of the unit could be asked yet */
	SELFCHECK_ASSIGNED,
	SELFCHECK_SUBMITTED,
	SELFCHECK_SAMPLED, /* 抽查 */
	SELFCHECK_CONFIRMED,
	SELFCHECK_CONTRADICTED,
	SELFCHECK_CLOSED,
	SELFCHECK_MISSED, /* 漏查 */
	SELFCHECK_VOIDED, /* its unit is no more */
};

#define SELFCHECK_COUNT (SELFCHECK_VOIDED + 1)

extern const struct name_table selfcheck_state_names;

/** What it covers and how often. */
enum selfcheck_kind {
	SELFCHECK_WEEK, /* all that is asked, once a week */
	SELFCHECK_DAY,  /* the same every day of an important period */
	SELFCHECK_KEY,  /* whether the unit's key systems are well, every working day */
	SELFCHECK_ZERO, /* 零报告: that nothing has happened, every day of such a period */
};

#define SELFCHECK_KIND_COUNT (SELFCHECK_ZERO + 1)

extern const struct name_table selfcheck_kind_names;

/** Asked so that 无 is always what one hopes for. */
enum selfcheck_answer {
	SELFCHECK_NONE,           /* 无 */
	SELFCHECK_SOME,           /* 有（填报） */
	SELFCHECK_NOT_APPLICABLE, /* 不适用, with a reason */
};

#define SELFCHECK_ANSWER_COUNT (SELFCHECK_NOT_APPLICABLE + 1)

extern const struct name_table selfcheck_answer_names;

/** Why it is looked at by the centre. */
enum selfcheck_sample {
	SELFCHECK_SAMPLE_DRAWN,
	SELFCHECK_SAMPLE_TERM, /* every unit once a term */
	SELFCHECK_SAMPLE_SAME_TEXT,
	SELFCHECK_SAMPLE_CONTRADICTION, /* what the platform sees says otherwise */
	SELFCHECK_SAMPLE_BY_HAND,
};

#define SELFCHECK_SAMPLE_COUNT (SELFCHECK_SAMPLE_BY_HAND + 1)

extern const struct name_table selfcheck_sample_names;

/** One question; article 10 has four items, the second of which asks three. */
struct selfcheck_question {
	const char *id;
	int clause; /* item of article 10; 0 = the school's own */
	const char *text;
	const char *text_en;
	const char *value; /* what a number or date is asked for, once in a while */
	const char *value_en;
	const char *finding_kind; /* what a finding of it is, and which ones speak against 无 */
};

enum { SELFCHECK_FIXED = 6 };

/** The questions article 10 fixes, in its order; none may be left out. */
extern const struct selfcheck_question selfcheck_questions[SELFCHECK_FIXED];

/** Index of a fixed question, or -1. */
int selfcheck_question_find(struct slice id);
