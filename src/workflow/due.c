/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/due.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "workflow/due_superior.h"

/* One more version at the end of those joined by +. */
static void version_join(struct due *due, size_t *used, const char *version)
{
	size_t room = sizeof(due->calendar_version) - *used;
	if (version != NULL && strlen(version) + 2 <= room) {
		*used += (size_t)snprintf(due->calendar_version + *used, room, "%s%s",
			*used > 0 ? "+" : "", version);
	}
}

static void calendars_join(const struct calendar *calendar, struct due *due)
{
	int32_t first = civil_of_ms(due->start_ms, calendar->offset_min).year;
	int32_t last = civil_of_ms(due->due_ms, calendar->offset_min).year;
	size_t used = 0;
	due->calendar_version[0] = '\0';
	for (int32_t year = first; year <= last; year++) {
		version_join(due, &used, calendar_version(calendar, year));
	}
	for (size_t i = 0; i < calendar->layer_count; i++) {
		version_join(due, &used, calendar->layers[i]);
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

/* Where a derivation has come to. */
struct derived {
	int64_t due_ms;
	bool provisional;
};

static int superior_apply(
	const struct calendar *calendar, struct due_step *step, struct derived *at)
{
	bool guessed = false;
	int error = due_superior_limit(
		calendar, step->at_ms, &step->superior, &step->limit_ms, &guessed);
	step->binds = error == 0 && step->limit_ms < at->due_ms;
	if (step->binds) {
		*at = (struct derived) { step->limit_ms, guessed };
	}
	return error;
}

static int step_apply(
	const struct calendar *calendar, struct due_step *step, struct derived *at)
{
	int64_t other_ms = 0;
	bool guessed = false;
	int error = 0;
	switch (step->kind) {
	case DUE_PAUSE:
		at->due_ms += step->until_ms == DUE_OPEN ? 0 : step->until_ms - step->at_ms;
		return 0;
	case DUE_EXTEND:
		error = calendar_add(calendar, at->due_ms, step->rule, &at->due_ms, &guessed);
		at->provisional = at->provisional || guessed;
		return error;
	case DUE_AT_LEAST:
		error = calendar_add(calendar, step->at_ms, step->rule, &other_ms, &guessed);
		if (error == 0 && other_ms > at->due_ms) {
			*at = (struct derived) { other_ms, guessed };
		}
		return error;
	case DUE_GIVE_BACK:
		at->due_ms += step->until_ms - step->at_ms;
		return 0;
	case DUE_REGRADE:
	case DUE_RECUR:
		return 0;
	case DUE_SUPERIOR:
		return superior_apply(calendar, step, at);
	}
	return E_RANGE;
}

/* Through all steps; what follows within them is filled in. */
static int derive(const struct calendar *calendar, struct due *due, struct derived *ret)
{
	int error = calendar_add(
		calendar, due->start_ms, due_rule_now(due), &ret->due_ms, &ret->provisional);
	for (size_t i = 0; error == 0 && i < due->step_count; i++) {
		error = step_apply(calendar, &due->steps[i], ret);
	}
	return error;
}

static int derive_then(const struct calendar *calendar, struct due *due, struct derived *ret)
{
	if (calendar->day_end_min == due->day_end_min) {
		return derive(calendar, due, ret);
	}
	/* The school has moved the end of its day since; old clocks keep theirs. */
	struct calendar then = *calendar;
	then.day_end_min = due->day_end_min;
	return derive(&then, due, ret);
}

int due_recompute(const struct calendar *calendar, const struct due *due, int64_t *ret_due_ms,
	bool *ret_provisional)
{
	struct due draft = *due;
	struct derived derived = { 0 };
	int error = derive_then(calendar, &draft, &derived);
	if (error == 0) {
		*ret_due_ms = derived.due_ms;
		*ret_provisional = derived.provisional;
	}
	return error;
}

static int settle(const struct calendar *calendar, struct due *due)
{
	struct derived derived = { 0 };
	int error = derive_then(calendar, due, &derived);
	if (error == 0) {
		due->due_ms = derived.due_ms;
		due->provisional = derived.provisional;
		calendars_join(calendar, due);
	}
	return error;
}

int due_recount(const struct calendar *calendar, struct due *due)
{
	struct due draft = *due;
	int error = settle(calendar, &draft);
	if (error == 0) {
		*due = draft;
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
	if (last != NULL && last->kind != DUE_SUPERIOR) {
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
		due->steps[due->step_count++] = (struct due_step) {
			.kind = DUE_PAUSE, .at_ms = at_ms, .until_ms = DUE_OPEN
		};
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
	bool other = kind == DUE_PAUSE || kind == DUE_GIVE_BACK || kind == DUE_SUPERIOR;
	int error = other ? E_RANGE : step_check(due, at_ms, DUE_STEPS_MAX - 1);
	if (error < 0) {
		return error;
	}
	struct due draft = *due;
	draft.steps[draft.step_count++] =
		(struct due_step) { .kind = kind, .at_ms = at_ms, .rule = rule };
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
		(struct due_step) { .kind = DUE_GIVE_BACK, .at_ms = at_ms, .until_ms = now_ms };
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
