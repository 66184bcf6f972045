/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/selfcheck_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/digest.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"

#define MINUTE_MS (INT64_C(60) * 1000)

enum { WEEK = 7, TERM_DAYS_MAX = 200 };

int64_t selfcheck_instant(const struct calendar *calendar, int64_t day, int32_t minute)
{
	return day * CIVIL_DAY_MS + (minute - calendar->offset_min) * MINUTE_MS;
}

int64_t selfcheck_monday(int64_t day)
{
	return day - (int64_t)civil_weekday(day);
}

static bool asked_on(const struct calendar *calendar, const struct policy *policy, int64_t day)
{
	return calendar_working(calendar, day) &&
	       (policy->selfcheck.in_breaks != 0 || !calendar_in_break(calendar, day));
}

/* Of the days from one on to the week's end, those one is asked on. */
struct week {
	int64_t first; /* 0 = none */
	int64_t last;
	int64_t before_last;
	uint32_t after_first;
};

static struct week week_of(
	const struct calendar *calendar, const struct policy *policy, int64_t from)
{
	struct week week = { 0 };
	for (int64_t day = from; day < selfcheck_monday(from) + WEEK; day++) {
		if (!asked_on(calendar, policy, day)) {
			continue;
		}
		week.after_first += week.first != 0;
		week.first = week.first != 0 ? week.first : day;
		week.before_last = week.last != 0 ? week.last : day;
		week.last = day;
	}
	return week;
}

static int begin(const struct calendar *calendar, const struct policy *policy, bool weekly,
	struct due_rule rule, struct selfcheck_period *period)
{
	int error = due_begin(calendar, policy->version,
		weekly ? "selfcheck.due.week" : "selfcheck.due.day", period->open_ms, rule,
		&period->due);
	/* Late before it is over: a rule of hours may be longer than what is left of the week. */
	if (error == 0 && period->due.due_ms >= period->end_ms) {
		struct due_rule left = {
			(uint32_t)((period->end_ms - period->open_ms) / MINUTE_MS) - 1,
			DUE_MINUTES
		};
		error = due_begin(calendar, policy->version, period->due.parameter,
			period->open_ms, left, &period->due);
	}
	return error < 0 ? error : 1;
}

static int week_begin(const struct calendar *calendar, const struct policy *policy,
	const struct week *week, struct selfcheck_period *period)
{
	struct due_rule rule = policy->selfcheck.due_week;
	bool counted = rule.unit == DUE_WORKING_DAYS || rule.unit == DUE_DAYS;
	bool weekly = week->after_first > 0;
	if (!weekly) {
		rule = policy->selfcheck.due_day;
	} else if (counted && rule.n > week->after_first) {
		rule = (struct due_rule) { week->after_first, DUE_WORKING_DAYS };
	}
	return begin(calendar, policy, weekly, rule, period);
}

static int week_period(const struct calendar *calendar, const struct policy *policy,
	int64_t day, struct selfcheck_period *period)
{
	int64_t monday = selfcheck_monday(day);
	struct week week = week_of(calendar, policy, monday);
	if (week.first != day) {
		return 0;
	}
	period->first_day = monday;
	period->open_ms = selfcheck_instant(calendar, day, policy->selfcheck.open_min);
	period->remind_ms =
		selfcheck_instant(calendar, week.before_last, policy->selfcheck.remind_min);
	period->end_ms = selfcheck_instant(calendar, monday + WEEK, 0);
	return week_begin(calendar, policy, &week, period);
}

int selfcheck_week_now(const struct calendar *calendar, const struct policy *policy,
	int64_t now_ms, struct selfcheck_period *ret_period)
{
	int64_t today = civil_day_of_ms(now_ms, calendar->offset_min);
	int64_t monday = selfcheck_monday(today);
	struct week week = week_of(calendar, policy, today);
	struct selfcheck_period period = { .first_day = monday,
		.open_ms = now_ms,
		.end_ms = selfcheck_instant(calendar, monday + WEEK, 0) };
	/* From a day off on the rest of the week is counted from its first working day. */
	week.after_first += week.first != 0 && week.first != today;
	period.remind_ms = week.first == 0 ? 0
					   : selfcheck_instant(calendar, week.before_last,
						     policy->selfcheck.remind_min);
	int error = week_begin(calendar, policy, &week, &period);
	if (error == 1) {
		*ret_period = period;
	}
	return error < 0 ? error : 0;
}

int selfcheck_period(const struct calendar *calendar, const struct policy *policy,
	enum selfcheck_kind kind, int64_t day, struct selfcheck_period *ret_period)
{
	struct selfcheck_period period = { .first_day = day };
	int found = 0;
	if (kind == SELFCHECK_WEEK) {
		found = week_period(calendar, policy, day, &period);
	} else if (kind != SELFCHECK_KEY || asked_on(calendar, policy, day)) {
		period.open_ms = selfcheck_instant(calendar, day, policy->selfcheck.open_min);
		period.remind_ms =
			selfcheck_instant(calendar, day, policy->selfcheck.remind_min);
		period.end_ms = selfcheck_instant(calendar, day + 1, 0);
		found = begin(calendar, policy, false, policy->selfcheck.due_day, &period);
	}
	if (found == 1) {
		*ret_period = period;
	}
	return found;
}

static uint64_t rank_of(struct slice seed, int64_t number)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "/%lld", (long long)number);
	const struct slice parts[] = { seed, slice_of(text, (size_t)n) };
	struct digest digest = digest_of_parts(DIGEST_SM3, parts, 2);
	uint64_t rank = 0;
	for (unsigned i = 0; i < sizeof(rank); i++) {
		rank = rank << 8 | digest.octet[i];
	}
	return rank;
}

size_t selfcheck_value_at(
	enum selfcheck_kind kind, int64_t unit_id, int64_t first_day, size_t count)
{
	uint64_t start = rank_of(SLICE("value"), unit_id) % count;
	int64_t turn = kind == SELFCHECK_WEEK ? first_day / WEEK : first_day;
	return (size_t)((start + (uint64_t)turn) % count);
}

/* 1 February or 1 August, the last one not after a day, or the first one after it. */
static int64_t half_year(int64_t day, bool after)
{
	struct civil date = civil_of_day(day);
	int32_t year = date.year;
	unsigned month = date.month < 2 ? 8 : date.month < 8 ? 2 : 8;
	year -= date.month < 2;
	if (!after) {
		return civil_day(year, month, 1);
	}
	return month == 2 ? civil_day(year, 8, 1) : civil_day(year + 1, 2, 1);
}

int64_t selfcheck_term_begin(const struct calendar *calendar, int64_t day)
{
	for (int64_t i = day; i > day - TERM_DAYS_MAX && calendar->break_count > 0; i--) {
		if (calendar_in_break(calendar, i)) {
			return i == day ? day : i + 1;
		}
	}
	return half_year(day, false);
}

int64_t selfcheck_weeks_left(const struct calendar *calendar, int64_t day)
{
	int64_t end = half_year(day, true);
	for (int64_t i = day; i < day + TERM_DAYS_MAX && calendar->break_count > 0; i++) {
		if (calendar_in_break(calendar, i)) {
			end = i;
			break;
		}
	}
	int64_t weeks = (selfcheck_monday(end - 1) - selfcheck_monday(day)) / WEEK + 1;
	return weeks < 1 ? 1 : weeks;
}

static int by_rank(const void *a, const void *b)
{
	const struct selfcheck_candidate *x = (const struct selfcheck_candidate *)a;
	const struct selfcheck_candidate *y = (const struct selfcheck_candidate *)b;
	if (x->rank != y->rank) {
		return x->rank < y->rank ? -1 : 1;
	}
	return x->unit_id < y->unit_id ? -1 : x->unit_id > y->unit_id;
}

void selfcheck_draw(struct slice seed, struct selfcheck_candidate *candidates, size_t count,
	int32_t percent, int64_t weeks_left)
{
	size_t wanted = (count * (size_t)percent + 99) / 100;
	size_t waiting = 0;
	size_t turns = 0;
	for (size_t i = 0; i < count; i++) {
		candidates[i].rank = rank_of(seed, candidates[i].unit_id);
		waiting += !candidates[i].done_this_term;
	}
	if (count > 0) {
		qsort(candidates, count, sizeof(candidates[0]), by_rank);
	}
	size_t weeks = weeks_left < 1 ? 1 : (size_t)weeks_left;
	size_t owed = percent == 0 ? 0 : (waiting + weeks - 1) / weeks;
	for (size_t i = 0; i < count; i++) {
		candidates[i].drawn = i < wanted;
		candidates[i].by_term = false;
		turns += candidates[i].drawn && !candidates[i].done_this_term;
	}
	for (size_t i = 0; i < count && turns < owed; i++) {
		if (!candidates[i].drawn && !candidates[i].done_this_term) {
			candidates[i].drawn = candidates[i].by_term = true;
			turns++;
		}
	}
}

void selfcheck_words_digest(const struct slice *texts, size_t count, char ret_hex[65])
{
	struct digest_stream *stream = digest_stream_create(DIGEST_SM3);
	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < texts[t].n; i++) {
			uint8_t c = texts[t].p[i];
			if (c > ' ') {
				digest_stream_add(stream, slice_of(&texts[t].p[i], 1));
			}
		}
		digest_stream_add(stream, SLICE("\n"));
	}
	struct digest digest = digest_stream_end(stream);
	digest_hex(&digest, ret_hex);
	(void)digest_stream_destroy(stream);
}
