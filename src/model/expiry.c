/* SPDX-License-Identifier: Apache-2.0 */
#include "model/expiry.h"

#include <stdbool.h>

#include "base/civil.h"
#include "base/err.h"
#include "base/num.h"

enum { MORNING_H = 9 };

static bool is_between(uint8_t octet)
{
	return octet < '0' || octet > '9';
}

static int step_add(struct expiry_steps *steps, struct slice number)
{
	uint64_t days = 0;
	if (num_u64(number, EXPIRY_DAYS_MAX, &days) < 0 || days == 0) {
		return E_INPUT;
	}
	size_t at = 0;
	while (at < steps->count && steps->days[at] > (int32_t)days) {
		at++;
	}
	if (at < steps->count && steps->days[at] == (int32_t)days) {
		return 0;
	}
	if (steps->count == EXPIRY_STEPS_MAX) {
		return E_LIMIT;
	}
	for (size_t i = steps->count++; i > at; i--) {
		steps->days[i] = steps->days[i - 1];
	}
	steps->days[at] = (int32_t)days;
	return 0;
}

/* Commas of both widths, 、 and blanks stand between numbers; nothing else does. */
static size_t gap(struct slice text)
{
	static const char *const gaps[] = { ",", " ", "，", "、", "/" };
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		if (slice_starts(text, slice_str(gaps[i]))) {
			return slice_str(gaps[i]).n;
		}
	}
	return 0;
}

int expiry_parse(struct slice text, struct expiry_steps *ret_steps)
{
	struct expiry_steps steps = { .count = 0 };
	struct slice left = slice_trim(text);
	int error = 0;
	left = left.n > 0 ? left : SLICE(EXPIRY_DAYS_DEFAULT);
	while (left.n > 0 && error == 0) {
		size_t skipped = gap(left);
		size_t digits = 0;
		while (skipped == 0 && digits < left.n && !is_between(left.p[digits])) {
			digits++;
		}
		error = skipped > 0 ? 0 : step_add(&steps, slice_head(left, digits));
		left = slice_skip(left, skipped > 0 ? skipped : digits);
	}
	if (error == 0 && steps.count == 0) {
		error = E_INPUT;
	}
	if (error == 0) {
		steps.days[steps.count++] = 0;
		*ret_steps = steps;
	}
	return error;
}

static int64_t day_start(int64_t at_ms)
{
	struct civil civil = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	struct civil day = { .year = civil.year, .month = civil.month, .day = civil.day };
	return civil_to_ms(&day, CIVIL_CHINA_OFFSET_MIN);
}

int64_t expiry_instant(int64_t end_ms, int32_t days)
{
	return day_start(end_ms) - days * EXPIRY_DAY_MS + MORNING_H * INT64_C(3600000);
}

int64_t expiry_days_left(int64_t end_ms, int64_t now_ms)
{
	return (day_start(end_ms) - day_start(now_ms)) / EXPIRY_DAY_MS;
}

int64_t expiry_last(const struct expiry_steps *steps, int64_t end_ms, int64_t now_ms)
{
	int64_t last_ms = -1;
	for (size_t i = 0; i < steps->count; i++) {
		int64_t at_ms = expiry_instant(end_ms, steps->days[i]);
		last_ms = at_ms <= now_ms ? at_ms : last_ms;
	}
	return last_ms;
}

int64_t expiry_next(const struct expiry_steps *steps, int64_t end_ms, int64_t now_ms)
{
	for (size_t i = 0; i < steps->count; i++) {
		int64_t at_ms = expiry_instant(end_ms, steps->days[i]);
		if (at_ms > now_ms) {
			return at_ms;
		}
	}
	return INT64_MAX;
}
