/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One deadline with its whole derivation: which policy and calendar, from when,
 * by what rule, what was paused, extended or regraded since.  The due instant
 * is stored and never follows from "now"; due_recompute shows that it still
 * follows from what is stored with it.
 *
 * A pause moves the due instant by exactly its length.  An extension counts
 * from the due instant, so it never shortens.  A new grade changes the rule and
 * keeps the start, so time already used stays used.  A superior's own deadline
 * may bring it forward, less what the school needs to gather and answer; never
 * before that was said.
 *
 * Layer: workflow.  Threading: one owner.  Fuzz target: fuzz/due.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "workflow/calendar.h"

struct diag;
struct jw;

enum {
	DUE_STEPS_MAX = 32,
	DUE_POLICY_MAX = 57, /* "school-2023-v1@1a2b3c4d" */
	DUE_PARAMETER_MAX = 48,
	DUE_CALENDARS_MAX =
		(CALENDAR_YEARS_MAX + CALENDAR_LAYERS_MAX) * (CALENDAR_STAMPED_MAX + 1),
	DUE_TEXT_MAX = 16 * 1024, /* octets of one stored derivation */
};

/** until_ms of a pause that has not ended. */
#define DUE_OPEN INT64_MAX

enum due_step_kind {
	DUE_PAUSE,     /* the clock stood from at_ms until until_ms */
	DUE_EXTEND,    /* rule granted on top of the due instant */
	DUE_AT_LEAST,  /* not earlier than rule after at_ms */
	DUE_REGRADE,   /* rule instead of the first one, from the same start */
	DUE_GIVE_BACK, /* the time from at_ms until until_ms is given back */
	DUE_RECUR,    /* it has come back: rule instead of the first one, from the same start */
	DUE_SUPERIOR, /* not later than a superior's deadline less a buffer, seen at at_ms */
};

/** A superior's deadline, and what is kept back of it: the shorter of the buffer and the share. */
struct due_superior {
	int64_t due_ms;
	struct due_rule buffer;
	int32_t percent;     /* of the time left */
	int32_t short_hours; /* with less left than this only the share counts */
};

struct due_step {
	enum due_step_kind kind;
	int64_t at_ms;
	int64_t until_ms;     /* pauses and what is given back */
	struct due_rule rule; /* all but those and a superior's */
	/* DUE_SUPERIOR only: */
	struct due_superior superior;
	int64_t limit_ms; /* follows from the others */
	bool binds;       /* it is earlier than what was due without it; follows too */
};

struct due {
	char policy_version[DUE_POLICY_MAX];
	char parameter[DUE_PARAMETER_MAX];        /* "remediation.high" */
	char calendar_version[DUE_CALENDARS_MAX]; /* of the years touched, joined by + */
	int64_t start_ms;
	struct due_rule rule;
	int32_t day_end_min; /* as the calendar had it */
	size_t step_count;
	struct due_step steps[DUE_STEPS_MAX]; /* in order of time */
	int64_t due_ms;
	bool provisional; /* a year it counts through is not published yet */
};

/**
 * Start a clock.
 *
 * Shape:   version and parameter are cut at their maxima; both may be "".
 * Returns: 0 or E_RANGE, as calendar_add.
 */
NODISCARD int due_begin(const struct calendar *calendar, const char *policy_version,
	const char *parameter, int64_t start_ms, struct due_rule rule, struct due *ret_due);

/** Returns: 0, E_STATE when it stands already, E_RANGE before an earlier step, E_LIMIT. */
NODISCARD int due_pause(struct due *due, int64_t at_ms);
/** Returns: 0, E_STATE when it runs, E_RANGE before the pause began. */
NODISCARD int due_resume(const struct calendar *calendar, struct due *due, int64_t at_ms);
/**
 * DUE_EXTEND, DUE_AT_LEAST, DUE_REGRADE or DUE_RECUR.  Only while the clock runs.  The last
 * place is kept for a pause, so that a submission can always stop the clock.
 * Returns: 0, E_STATE while it stands, E_RANGE, E_LIMIT; unchanged on failure.
 */
NODISCARD int due_adjust(const struct calendar *calendar, struct due *due,
	enum due_step_kind kind, int64_t at_ms, struct due_rule rule);

/** DUE_GIVE_BACK until now.  Returns: as due_adjust; E_RANGE for a time before an earlier step. */
NODISCARD int due_give_back(
	const struct calendar *calendar, struct due *due, int64_t from_ms, int64_t now_ms);

/** Does the clock stand? */
bool due_paused(const struct due *due);
/** Time used until now, pauses taken out. */
int64_t due_elapsed_ms(const struct due *due, int64_t now_ms);
/** The rule in force: the last regrade's, else the first. */
struct due_rule due_rule_now(const struct due *due);

/** The due instant that follows from the derivation.  Returns: 0 or E_RANGE. */
NODISCARD int due_recompute(const struct calendar *calendar, const struct due *due,
	int64_t *ret_due_ms, bool *ret_provisional);

/** Count the whole derivation anew by another calendar and take what comes out.  Returns: 0 or E_RANGE, unchanged. */
NODISCARD int due_recount(const struct calendar *calendar, struct due *due);

/** One JSON object. */
void due_put_json(struct jw *jw, const struct due *due);
/** What due_put_json wrote.  Returns: 0, or what json_parse and E_INPUT say, with diag. */
NODISCARD int due_parse_json(struct slice text, struct due *ret_due, struct diag *diag);
