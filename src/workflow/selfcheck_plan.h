/* SPDX-License-Identifier: Apache-2.0 */
/**
 * When a self-check is asked for and until when; which question asks for a
 * value this time; whose checks are looked at.  Functions of days, numbers and a
 * seed: whoever has them comes to the same answer.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/selfcheck.h"
#include "workflow/due.h"

struct calendar;
struct policy;

struct selfcheck_period {
	int64_t first_day; /* of the week, or the day; its name */
	int64_t open_ms;   /* given to the unit */
	int64_t remind_ms;
	int64_t end_ms; /* missed from then on */
	struct due due; /* late 迟 after due.due_ms, with its derivation */
};

/**
 * The period that opens on this day for a unit with this calendar.
 *
 * Shape:   a week opens on its first day that is worked and, unless the policy
 *          says otherwise, in term; one without such a day has no check.  Key
 *          systems are asked about on such days; a day of an important period
 *          always opens, whoever is off.
 * Returns: 1, 0 when none opens on it, or as due_begin.
 */
NODISCARD int selfcheck_period(const struct calendar *calendar, const struct policy *policy,
	enum selfcheck_kind kind, int64_t day, struct selfcheck_period *ret_period);

/**
 * What is left of this week, when a unit is asked only now.
 *
 * Returns: 0 or as due_begin.
 */
NODISCARD int selfcheck_week_now(const struct calendar *calendar, const struct policy *policy,
	int64_t now_ms, struct selfcheck_period *ret_period);

/** Local instant of a minute of a day. */
int64_t selfcheck_instant(const struct calendar *calendar, int64_t day, int32_t minute);

/** The Monday of a day's week. */
int64_t selfcheck_monday(int64_t day);

/**
 * Which of the questions asks for a value in this unit's period: each in turn,
 * another unit another one.  count ≥ 1.
 */
size_t selfcheck_value_at(
	enum selfcheck_kind kind, int64_t unit_id, int64_t first_day, size_t count);

/** The first day of the term a day lies in: after the last break, else 1 February or 1 August. */
int64_t selfcheck_term_begin(const struct calendar *calendar, int64_t day);
/** Weeks from this day's to the term's last, both counted; at least 1. */
int64_t selfcheck_weeks_left(const struct calendar *calendar, int64_t day);

struct selfcheck_candidate {
	int64_t id; /* of the check */
	int64_t unit_id;
	bool done_this_term; /* one of the unit's was looked at already */
	/* answered: */
	bool drawn;
	bool by_term; /* drawn only so that every unit has its turn */
	uint64_t rank;
};

/**
 * Draw: percent of all, rounded up, by rank; then of the units not yet looked at
 * this term so many that all have had their turn when it ends.  percent 0 = none at all.
 *
 * Shape:   one candidate a unit; reordered by rank, which follows from seed and unit alone.
 */
void selfcheck_draw(struct slice seed, struct selfcheck_candidate *candidates, size_t count,
	int32_t percent, int64_t weeks_left);

/** SM3 of texts one after another: the same for the same words.  Blanks do not count. */
void selfcheck_words_digest(const struct slice *texts, size_t count, char ret_hex[65]);
