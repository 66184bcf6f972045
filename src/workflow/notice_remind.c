/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/notice_remind.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/civil.h"

enum { REMINDERS = 4, DAYS_OFF_MAX = 366 };

#define MINUTE_MS (INT64_C(60) * 1000)
#define HOUR_MS (60 * MINUTE_MS)

static int64_t minute_of(const struct calendar *calendar, int64_t day, int32_t minute)
{
	return day * CIVIL_DAY_MS + (minute - calendar->offset_min) * MINUTE_MS;
}

int64_t notice_loud(const struct notice_timing *timing, int64_t at_ms)
{
	const struct calendar *calendar = timing->calendar;
	const int32_t from = timing->policy->night_from_min;
	const int32_t to = timing->policy->night_to_min;
	int64_t day = civil_day_of_ms(at_ms, calendar->offset_min);
	int64_t minute = (at_ms - minute_of(calendar, day, 0)) / MINUTE_MS;
	bool over_midnight = from > to;
	if (timing->grade <= GRADE_EXTREME) {
		return at_ms;
	}
	if (over_midnight && minute >= from) {
		day++;
		at_ms = minute_of(calendar, day, to);
	} else if (minute < to && (over_midnight || minute >= from)) {
		at_ms = minute_of(calendar, day, to);
	}
	for (int off = 0; off < DAYS_OFF_MAX && !calendar_working(calendar, day); off++) {
		day++;
		at_ms = minute_of(calendar, day, to);
	}
	return at_ms;
}

struct plan {
	const struct notice_timing *timing;
	const struct due *due;
	int64_t at_ms[REMINDERS]; /* ascending */
	size_t count;
};

static void plan_put(struct plan *plan, int64_t at_ms)
{
	size_t i = plan->count;
	if (at_ms <= plan->due->start_ms) {
		return;
	}
	at_ms = notice_loud(plan->timing, at_ms);
	if (at_ms >= plan->due->due_ms) {
		return;
	}
	for (; i > 0 && plan->at_ms[i - 1] > at_ms; i--) {
		plan->at_ms[i] = plan->at_ms[i - 1];
	}
	plan->at_ms[i] = at_ms;
	plan->count++;
}

/* The share of all the time there is, from what is used of it at now. */
static void share_put(struct plan *plan, int32_t percent)
{
	int64_t now_ms = plan->timing->now_ms;
	int64_t used_ms = due_elapsed_ms(plan->due, now_ms);
	int64_t all_ms = used_ms + plan->due->due_ms - now_ms;
	if (percent > 0) {
		plan_put(plan, now_ms - used_ms + all_ms / 100 * percent);
	}
}

static int days_put(struct plan *plan, int32_t days)
{
	struct due_rule rule = { (uint32_t)days, DUE_WORKING_DAYS };
	int64_t at_ms = 0;
	bool provisional = false;
	if (days == 0) {
		return 0;
	}
	int error = calendar_before(
		plan->timing->calendar, plan->due->due_ms, rule, &at_ms, &provisional);
	if (error == 0) {
		plan_put(plan, at_ms);
	}
	return error;
}

int notice_remind_next(const struct notice_timing *timing, const struct due *due,
	int64_t last_ms, int64_t *ret_at_ms)
{
	const struct policy_reminders *when = &timing->policy->reminders;
	struct plan plan = { .timing = timing, .due = due };
	int64_t gap_ms = when->gap_hours * HOUR_MS;
	int64_t quiet_ms = (last_ms > due->start_ms ? last_ms : due->start_ms) + gap_ms;
	int64_t later_ms = INT64_MAX;
	int found = 0;
	share_put(&plan, when->first_percent);
	share_put(&plan, when->second_percent);
	if (when->hours_before > 0) {
		plan_put(&plan, due->due_ms - when->hours_before * HOUR_MS);
	}
	int error = days_put(&plan, when->days_before);
	/* From the end: the reminder closest to it is the one that stays. */
	for (size_t i = plan.count; i-- > 0 && error == 0;) {
		int64_t at_ms = plan.at_ms[i];
		if (at_ms > later_ms - gap_ms || at_ms == later_ms) {
			continue;
		}
		later_ms = at_ms;
		if (at_ms > timing->now_ms && at_ms >= quiet_ms) {
			*ret_at_ms = at_ms;
			found = 1;
		}
	}
	return error < 0 ? error : found;
}
