/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/due_superior.h"

#include "base/err.h"

enum { HOUR_MS = 3600000 };

int due_superior_limit(const struct calendar *calendar, int64_t at_ms,
	const struct due_superior *superior, int64_t *ret_limit_ms, bool *ret_provisional)
{
	int64_t left_ms = superior->due_ms - at_ms;
	/* Whole hours, or the limit would fall on the odd minute a paper was typed in. */
	int64_t share_ms =
		left_ms > 0 ? left_ms / 100 * superior->percent / HOUR_MS * HOUR_MS : 0;
	int64_t limit_ms = superior->due_ms - share_ms;
	bool provisional = false;
	if (left_ms >= (int64_t)superior->short_hours * HOUR_MS && left_ms > 0) {
		int64_t before_ms = 0;
		int error = calendar_before(
			calendar, superior->due_ms, superior->buffer, &before_ms, &provisional);
		if (error < 0) {
			return error;
		}
		provisional = provisional && before_ms > limit_ms;
		limit_ms = before_ms > limit_ms ? before_ms : limit_ms;
	}
	*ret_limit_ms = limit_ms > at_ms ? limit_ms : at_ms;
	*ret_provisional = provisional;
	return 0;
}

bool due_superior_binds(const struct due *due)
{
	return due->step_count > 0 && due->steps[0].kind == DUE_SUPERIOR && due->steps[0].binds;
}

int due_superior(const struct calendar *calendar, struct due *due, int64_t at_ms,
	const struct due_superior *superior)
{
	if (due->step_count > 0) {
		return E_STATE;
	}
	struct due draft = *due;
	draft.steps[draft.step_count++] = (struct due_step) {
		.kind = DUE_SUPERIOR, .at_ms = at_ms, .superior = *superior
	};
	int error = due_recount(calendar, &draft);
	if (error == 0) {
		*due = draft;
	}
	return error;
}
