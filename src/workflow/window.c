/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/window.h"

#include "workflow/calendar.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (INT64_C(24) * 60 * MINUTE_MS)

struct span {
	int64_t from_ms;
	int64_t to_ms; /* from_ms = none */
};

bool window_valid(const struct window *window)
{
	bool ordered = window->to_ms == 0 || window->from_ms < window->to_ms;
	if (!window->weekly) {
		return window->from_ms > 0 && window->to_ms > 0 && ordered;
	}
	return ordered && window->weekdays > 0 && window->weekdays < 1u << WINDOW_WEEKDAYS &&
	       window->from_min >= 0 && window->from_min < 24 * 60 && window->length_min > 0 &&
	       window->length_min <= WINDOW_LENGTH_MAX_MIN;
}

static int64_t day_of(const struct calendar *calendar, int64_t at_ms)
{
	int64_t local_ms = at_ms + calendar->offset_min * MINUTE_MS;
	int64_t day = local_ms / DAY_MS;
	return local_ms < day * DAY_MS ? day - 1 : day;
}

static bool wanted(const struct window *window, const struct calendar *calendar, int64_t day)
{
	/* 1970-01-01 was a Thursday. */
	unsigned weekday = (unsigned)((day % 7 + 7 + 3) % 7);
	if ((window->weekdays >> weekday & 1u) == 0) {
		return false;
	}
	if (window->season != WINDOW_YEAR &&
		(window->season == WINDOW_BREAK) != calendar_in_break(calendar, day)) {
		return false;
	}
	return window->on == WINDOW_ANY ||
	       (window->on == WINDOW_WORKING) == calendar_working(calendar, day);
}

/* The part of a weekly window that begins on this day. */
static struct span span_of(
	const struct window *window, const struct calendar *calendar, int64_t day)
{
	struct span none = { 0, 0 };
	if (!wanted(window, calendar, day)) {
		return none;
	}
	int64_t from_ms = day * DAY_MS + (window->from_min - calendar->offset_min) * MINUTE_MS;
	int64_t to_ms = from_ms + window->length_min * MINUTE_MS;
	from_ms = from_ms < window->from_ms ? window->from_ms : from_ms;
	to_ms = window->to_ms != 0 && to_ms > window->to_ms ? window->to_ms : to_ms;
	return from_ms < to_ms ? (struct span) { from_ms, to_ms } : none;
}

bool window_open(const struct window *window, const struct calendar *calendar, int64_t at_ms)
{
	if (!window->weekly) {
		return at_ms >= window->from_ms && at_ms < window->to_ms;
	}
	int64_t day = day_of(calendar, at_ms);
	for (int64_t d = day - 1; d <= day; d++) {
		struct span span = span_of(window, calendar, d);
		if (at_ms >= span.from_ms && at_ms < span.to_ms) {
			return true;
		}
	}
	return false;
}

static int64_t edge_of(struct span span, int64_t after_ms)
{
	return span.from_ms > after_ms ? span.from_ms
	       : span.to_ms > after_ms ? span.to_ms
				       : WINDOW_NEVER;
}

int64_t window_edge(
	const struct window *window, const struct calendar *calendar, int64_t after_ms)
{
	if (!window->weekly) {
		return edge_of((struct span) { window->from_ms, window->to_ms }, after_ms);
	}
	int64_t begin_ms = window->from_ms > after_ms ? window->from_ms : after_ms;
	int64_t day = day_of(calendar, begin_ms);
	int64_t first = WINDOW_NEVER;
	for (int64_t d = day - 1; d <= day + WINDOW_LOOK_AHEAD_DAYS; d++) {
		int64_t edge = edge_of(span_of(window, calendar, d), after_ms);
		first = edge < first ? edge : first;
		/* One that begins later cannot come first any more. */
		if (first != WINDOW_NEVER && d > day) {
			break;
		}
	}
	return first;
}
