/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What must be renewed by a day that a person typed in: how many days before
 * it somebody is reminded, and at which hour of the morning.
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/setting.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum { EXPIRY_STEPS_MAX = 8, EXPIRY_DAYS_MAX = 730 };

#define EXPIRY_DAYS_DEFAULT "60, 30, 7, 1"
#define EXPIRY_DAY_MS INT64_C(86400000)

/** Days before the end, longest first; the day itself (0) is always the last. */
struct expiry_steps {
	int32_t days[EXPIRY_STEPS_MAX + 1];
	size_t count;
};

/**
 * Numbers between commas, 、 or blanks; an empty text is EXPIRY_DAYS_DEFAULT.
 *
 * Returns: 0, E_INPUT for what is no number of 1 … EXPIRY_DAYS_MAX, or E_LIMIT
 *          over EXPIRY_STEPS_MAX.
 */
NODISCARD int expiry_parse(struct slice text, struct expiry_steps *ret_steps);

/** When the reminder so many days before is due: nine in the morning of that day. */
int64_t expiry_instant(int64_t end_ms, int32_t days);

/** Days from today to the day of end_ms; negative once it is past. */
int64_t expiry_days_left(int64_t end_ms, int64_t now_ms);

/** The last step due by now, or -1; and the first still to come, or INT64_MAX. */
int64_t expiry_last(const struct expiry_steps *steps, int64_t end_ms, int64_t now_ms);
int64_t expiry_next(const struct expiry_steps *steps, int64_t end_ms, int64_t now_ms);
