/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From single answers of a check to its state, without flapping: bad when
 * fail_n of the last window answers are bad, good again only after recover_n
 * good ones in a row.  A check that has no state yet believes its first good
 * answer at once.
 *
 * Layer: workflow.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/check.h"

enum check_result {
	CHECK_RESULT_OK,
	CHECK_RESULT_SLOW, /* answered, above its warning threshold */
	CHECK_RESULT_FAILED,
	CHECK_RESULT_UNREACHABLE, /* failed while something in between is down */
	CHECK_RESULT_UNABLE,      /* we could not ask */
};

#define CHECK_RESULT_COUNT (CHECK_RESULT_UNABLE + 1)

enum { CHECK_WINDOW_MAX = 16 };

struct check_rule {
	uint8_t fail_n;    /* 1 … window */
	uint8_t window;    /* 1 … CHECK_WINDOW_MAX */
	uint8_t recover_n; /* 1 … CHECK_WINDOW_MAX */
	int64_t stale_ms;  /* no answer for this long is unknown; 0 = never */
};

struct check_status {
	enum check_state state;
	uint8_t count;                     /* answers kept */
	uint8_t results[CHECK_WINDOW_MAX]; /* enum check_result, newest first */
	bool maintenance;
	int64_t since_ms;    /* when state last changed */
	int64_t answered_ms; /* newest answer; 0 = none */
};

struct check_change {
	bool changed;
	enum check_state from;
	enum check_state to;
	bool ask_soon; /* the newest answer disagrees with the state: retry without waiting */
};

/** Unknown since at_ms. */
void check_status_init(struct check_status *status, int64_t at_ms);

/** Returns: is this rule one the functions below accept? */
bool check_rule_valid(const struct check_rule *rule);

/** One answer came in. */
struct check_change check_answer(struct check_status *status, const struct check_rule *rule,
	enum check_result result, int64_t at_ms);

/** Time passed without one. */
struct check_change check_tick(
	struct check_status *status, const struct check_rule *rule, int64_t at_ms);

/** Maintenance begins or ends.  Ending forgets what was answered meanwhile. */
struct check_change check_maintain(
	struct check_status *status, bool maintenance, int64_t at_ms);
