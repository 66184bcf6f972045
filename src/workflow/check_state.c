/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/check_state.h"

#include <assert.h>
#include <string.h>

void check_status_init(struct check_status *status, int64_t at_ms)
{
	*status = (struct check_status) { .state = CHECK_UNKNOWN, .since_ms = at_ms };
}

bool check_rule_valid(const struct check_rule *rule)
{
	return rule->fail_n >= 1 && rule->fail_n <= rule->window &&
	       rule->window <= CHECK_WINDOW_MAX && rule->recover_n >= 1 &&
	       rule->recover_n <= CHECK_WINDOW_MAX && rule->stale_ms >= 0;
}

static unsigned count_of(
	const struct check_status *status, unsigned window, unsigned results_mask)
{
	unsigned n = 0;
	for (unsigned i = 0; i < window && i < status->count; i++) {
		n += (results_mask >> status->results[i]) & 1U;
	}
	return n;
}

/* How many of the newest answers in a row are of these kinds? */
static unsigned streak_of(const struct check_status *status, unsigned results_mask)
{
	unsigned n = 0;
	while (n < status->count && ((results_mask >> status->results[n]) & 1U) != 0) {
		n++;
	}
	return n;
}

enum {
	OK = 1 << CHECK_RESULT_OK,
	SLOW = 1 << CHECK_RESULT_SLOW,
	FAILED = 1 << CHECK_RESULT_FAILED,
	AWAY = 1 << CHECK_RESULT_UNREACHABLE,
	UNABLE = 1 << CHECK_RESULT_UNABLE,
};

/* Down or unreachable; between the two only an unbroken run decides. */
static enum check_state judge_bad(const struct check_status *status, unsigned recover_n)
{
	bool bad = status->state == CHECK_DOWN || status->state == CHECK_UNREACHABLE;
	bool agreed =
		streak_of(status, FAILED) >= recover_n || streak_of(status, AWAY) >= recover_n;
	if (bad && !agreed) {
		return status->state;
	}
	bool away = status->results[0] == CHECK_RESULT_UNREACHABLE;
	return away ? CHECK_UNREACHABLE : CHECK_DOWN;
}

/*
 * Worse needs fail_n of window, better an unbroken run of recover_n: answers
 * that alternate can lead to one change and never back.
 */
static enum check_state judge(const struct check_status *status, const struct check_rule *rule)
{
	bool fresh = status->state == CHECK_UNKNOWN || status->state == CHECK_MAINTENANCE;
	bool worsens = status->state == CHECK_UP || fresh;
	unsigned recover_n = fresh ? 1 : rule->recover_n;
	if (streak_of(status, OK) >= recover_n) {
		return CHECK_UP;
	}
	if (count_of(status, rule->window, FAILED | AWAY) >= rule->fail_n) {
		return judge_bad(status, recover_n);
	}
	unsigned slow = worsens ? count_of(status, rule->window, SLOW | FAILED | AWAY)
				: streak_of(status, OK | SLOW);
	if (slow >= (worsens ? rule->fail_n : recover_n)) {
		return CHECK_DEGRADED;
	}
	bool unable = count_of(status, rule->window, UNABLE) >= rule->fail_n;
	return unable ? CHECK_UNKNOWN : status->state;
}

static struct check_change move(struct check_status *status, enum check_state to, int64_t at_ms)
{
	struct check_change change = { to != status->state, status->state, to, false };
	if (change.changed) {
		status->state = to;
		status->since_ms = at_ms;
		status->count = 0; /* an answer is evidence for one change only */
	}
	return change;
}

static bool agrees(enum check_state state, enum check_result result)
{
	static const enum check_state of[CHECK_RESULT_COUNT] = { CHECK_UP, CHECK_DEGRADED,
		CHECK_DOWN, CHECK_UNREACHABLE, CHECK_UNKNOWN };
	return of[result] == state;
}

struct check_change check_answer(struct check_status *status, const struct check_rule *rule,
	enum check_result result, int64_t at_ms)
{
	assert(check_rule_valid(rule) && result < CHECK_RESULT_COUNT);
	memmove(status->results + 1, status->results, CHECK_WINDOW_MAX - 1);
	status->results[0] = (uint8_t)result;
	status->count = (uint8_t)(status->count + (status->count < CHECK_WINDOW_MAX ? 1 : 0));
	status->answered_ms = at_ms;
	if (status->maintenance) {
		return move(status, CHECK_MAINTENANCE, at_ms);
	}
	struct check_change change = move(status, judge(status, rule), at_ms);
	change.ask_soon = !agrees(status->state, result);
	return change;
}

struct check_change check_tick(
	struct check_status *status, const struct check_rule *rule, int64_t at_ms)
{
	int64_t last_ms = status->answered_ms > 0 ? status->answered_ms : status->since_ms;
	bool stale = rule->stale_ms > 0 && at_ms - last_ms >= rule->stale_ms;
	if (!stale || status->maintenance) {
		return move(status, status->state, at_ms);
	}
	status->count = 0;
	return move(status, CHECK_UNKNOWN, at_ms);
}

struct check_change check_maintain(struct check_status *status, bool maintenance, int64_t at_ms)
{
	if (maintenance != status->maintenance) {
		status->maintenance = maintenance;
		return move(status, maintenance ? CHECK_MAINTENANCE : CHECK_UNKNOWN, at_ms);
	}
	return move(status, status->state, at_ms);
}
