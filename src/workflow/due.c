/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/due.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

static void calendars_join(const struct calendar *calendar, struct due *due)
{
	int32_t first = civil_of_ms(due->start_ms, calendar->offset_min).year;
	int32_t last = civil_of_ms(due->due_ms, calendar->offset_min).year;
	size_t used = 0;
	due->calendar_version[0] = '\0';
	for (int32_t year = first; year <= last; year++) {
		const char *version = calendar_version(calendar, year);
		size_t room = sizeof(due->calendar_version) - used;
		if (version != NULL && strlen(version) + 2 <= room) {
			used += (size_t)snprintf(due->calendar_version + used, room, "%s%s",
				used > 0 ? "+" : "", version);
		}
	}
}

struct due_rule due_rule_now(const struct due *due)
{
	struct due_rule rule = due->rule;
	for (size_t i = 0; i < due->step_count; i++) {
		if (due->steps[i].kind == DUE_REGRADE || due->steps[i].kind == DUE_RECUR) {
			rule = due->steps[i].rule;
		}
	}
	return rule;
}

static int step_apply(const struct calendar *calendar, const struct due_step *step,
	int64_t *due_ms, bool *provisional)
{
	int64_t at_ms = 0;
	bool guessed = false;
	int error = 0;
	switch (step->kind) {
	case DUE_PAUSE:
		*due_ms += step->until_ms == DUE_OPEN ? 0 : step->until_ms - step->at_ms;
		return 0;
	case DUE_EXTEND:
		error = calendar_add(calendar, *due_ms, step->rule, due_ms, &guessed);
		*provisional = *provisional || guessed;
		return error;
	case DUE_AT_LEAST:
		error = calendar_add(calendar, step->at_ms, step->rule, &at_ms, &guessed);
		if (error == 0 && at_ms > *due_ms) {
			*due_ms = at_ms;
			*provisional = guessed;
		}
		return error;
	case DUE_GIVE_BACK:
		*due_ms += step->until_ms - step->at_ms;
		return 0;
	case DUE_REGRADE:
	case DUE_RECUR:
		return 0;
	}
	return E_RANGE;
}

static int derive(const struct calendar *calendar, const struct due *due, int64_t *ret_due_ms,
	bool *ret_provisional)
{
	int64_t due_ms = 0;
	bool provisional = false;
	int error =
		calendar_add(calendar, due->start_ms, due_rule_now(due), &due_ms, &provisional);
	for (size_t i = 0; error == 0 && i < due->step_count; i++) {
		error = step_apply(calendar, &due->steps[i], &due_ms, &provisional);
	}
	if (error == 0) {
		*ret_due_ms = due_ms;
		*ret_provisional = provisional;
	}
	return error;
}

int due_recompute(const struct calendar *calendar, const struct due *due, int64_t *ret_due_ms,
	bool *ret_provisional)
{
	if (calendar->day_end_min == due->day_end_min) {
		return derive(calendar, due, ret_due_ms, ret_provisional);
	}
	/* The school has moved the end of its day since; old clocks keep theirs. */
	struct calendar then = *calendar;
	then.day_end_min = due->day_end_min;
	return derive(&then, due, ret_due_ms, ret_provisional);
}

static int settle(const struct calendar *calendar, struct due *due)
{
	int error = due_recompute(calendar, due, &due->due_ms, &due->provisional);
	if (error == 0) {
		calendars_join(calendar, due);
	}
	return error;
}

int due_begin(const struct calendar *calendar, const char *policy_version,
	const char *parameter, int64_t start_ms, struct due_rule rule, struct due *ret_due)
{
	struct due due = {
		.start_ms = start_ms,
		.rule = rule,
		.day_end_min = calendar->day_end_min,
	};
	(void)snprintf(due.policy_version, sizeof(due.policy_version), "%s", policy_version);
	(void)snprintf(due.parameter, sizeof(due.parameter), "%s", parameter);
	int error = settle(calendar, &due);
	if (error == 0) {
		*ret_due = due;
	}
	return error;
}

static const struct due_step *last_step(const struct due *due)
{
	return due->step_count > 0 ? &due->steps[due->step_count - 1] : NULL;
}

bool due_paused(const struct due *due)
{
	const struct due_step *last = last_step(due);
	return last != NULL && last->kind == DUE_PAUSE && last->until_ms == DUE_OPEN;
}

static int step_check(const struct due *due, int64_t at_ms, size_t places)
{
	const struct due_step *last = last_step(due);
	int64_t floor_ms = due->start_ms;
	if (last != NULL) {
		bool lasts = last->kind == DUE_PAUSE || last->kind == DUE_GIVE_BACK;
		floor_ms = lasts ? last->until_ms : last->at_ms;
	}
	if (due_paused(due)) {
		return E_STATE;
	}
	if (at_ms < floor_ms || at_ms >= civil_day(9000, 1, 1) * CIVIL_DAY_MS) {
		return E_RANGE;
	}
	return due->step_count >= places ? E_LIMIT : 0;
}

int due_pause(struct due *due, int64_t at_ms)
{
	int error = step_check(due, at_ms, DUE_STEPS_MAX);
	if (error == 0) {
		due->steps[due->step_count++] = (struct due_step) { DUE_PAUSE, at_ms, DUE_OPEN,
			{ 0, DUE_WORKING_DAYS } };
	}
	return error;
}

int due_resume(const struct calendar *calendar, struct due *due, int64_t at_ms)
{
	if (!due_paused(due)) {
		return E_STATE;
	}
	struct due draft = *due;
	struct due_step *pause = &draft.steps[draft.step_count - 1];
	if (at_ms < pause->at_ms || at_ms >= civil_day(9000, 1, 1) * CIVIL_DAY_MS) {
		return E_RANGE;
	}
	pause->until_ms = at_ms;
	int error = settle(calendar, &draft);
	if (error == 0) {
		*due = draft;
	}
	return error;
}

int due_adjust(const struct calendar *calendar, struct due *due, enum due_step_kind kind,
	int64_t at_ms, struct due_rule rule)
{
	bool spans = kind == DUE_PAUSE || kind == DUE_GIVE_BACK;
	int error = spans ? E_RANGE : step_check(due, at_ms, DUE_STEPS_MAX - 1);
	if (error < 0) {
		return error;
	}
	struct due draft = *due;
	draft.steps[draft.step_count++] = (struct due_step) { kind, at_ms, 0, rule };
	error = settle(calendar, &draft);
	if (error == 0) {
		*due = draft;
	}
	return error;
}

int due_give_back(
	const struct calendar *calendar, struct due *due, int64_t from_ms, int64_t now_ms)
{
	/* Before the clock began there was nothing to give. */
	int64_t at_ms = from_ms > due->start_ms ? from_ms : due->start_ms;
	int error = step_check(due, at_ms, DUE_STEPS_MAX - 1);
	if (error < 0 || now_ms <= at_ms) {
		return error;
	}
	struct due draft = *due;
	draft.steps[draft.step_count++] =
		(struct due_step) { DUE_GIVE_BACK, at_ms, now_ms, { 0, DUE_WORKING_DAYS } };
	error = settle(calendar, &draft);
	if (error == 0) {
		*due = draft;
	}
	return error;
}

int64_t due_elapsed_ms(const struct due *due, int64_t now_ms)
{
	int64_t elapsed_ms = now_ms - due->start_ms;
	for (size_t i = 0; i < due->step_count; i++) {
		const struct due_step *step = &due->steps[i];
		bool lasts = step->kind == DUE_PAUSE || step->kind == DUE_GIVE_BACK;
		if (lasts && step->at_ms < now_ms) {
			int64_t until_ms = step->until_ms < now_ms ? step->until_ms : now_ms;
			elapsed_ms -= until_ms - step->at_ms;
		}
	}
	return elapsed_ms;
}
