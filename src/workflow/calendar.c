/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/calendar.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

enum { SATURDAY = 5, MINUTE_MS = 60000, HOUR_MS = 3600000 };

/* Solar holidays that every year has (全国年节及纪念日放假办法, as revised in 2024). */
static const struct {
	uint8_t month;
	uint8_t day;
} fixed_holidays[] = { { 1, 1 }, { 5, 1 }, { 5, 2 }, { 10, 1 }, { 10, 2 }, { 10, 3 } };

/* Index is enum due_unit. */
static const char *const unit_ids[] = { "wd", "d", "h", "min" };

void calendar_init(struct calendar *calendar)
{
	*calendar = (struct calendar) {
		.offset_min = CIVIL_CHINA_OFFSET_MIN,
		.day_end_min = CALENDAR_DAY_END_MIN,
	};
}

const char *calendar_version(const struct calendar *calendar, int32_t year)
{
	for (size_t i = 0; i < calendar->year_count; i++) {
		if (calendar->years[i].year == year) {
			return calendar->years[i].version;
		}
	}
	return NULL;
}

static const struct calendar_day *day_find(const struct calendar *calendar, int64_t day)
{
	size_t low = 0;
	size_t high = calendar->day_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (calendar->days[middle].day < day) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < calendar->day_count && calendar->days[low].day == day;
	return found ? &calendar->days[low] : NULL;
}

bool calendar_in_break(const struct calendar *calendar, int64_t day)
{
	for (size_t i = 0; i < calendar->break_count; i++) {
		if (day >= calendar->breaks[i].first_day &&
			day <= calendar->breaks[i].last_day) {
			return true;
		}
	}
	return false;
}

bool calendar_working(const struct calendar *calendar, int64_t day)
{
	for (size_t i = calendar->span_count; i > 0; i--) {
		const struct calendar_span *span = &calendar->spans[i - 1];
		if (day >= span->first_day && day <= span->last_day) {
			return span->work;
		}
	}
	const struct calendar_day *listed = day_find(calendar, day);
	if (listed != NULL) {
		return listed->work;
	}
	if (civil_weekday(day) >= SATURDAY) {
		return false;
	}
	struct civil date = civil_of_day(day);
	if (calendar_version(calendar, date.year) != NULL) {
		return true;
	}
	for (size_t i = 0; i < sizeof(fixed_holidays) / sizeof(fixed_holidays[0]); i++) {
		if (date.month == fixed_holidays[i].month &&
			date.day == fixed_holidays[i].day) {
			return false;
		}
	}
	return true;
}

int64_t calendar_count(const struct calendar *calendar, int64_t first_day, int64_t last_day)
{
	int64_t count = 0;
	for (int64_t day = first_day; day <= last_day; day++) {
		count += calendar_working(calendar, day) ? 1 : 0;
	}
	return count;
}

static bool rule_valid(struct due_rule rule)
{
	uint32_t max = rule.unit == DUE_MINUTES ? CALENDAR_MINUTES_MAX : CALENDAR_ADD_MAX;
	return rule.unit <= DUE_MINUTES && rule.n >= 1 && rule.n <= max;
}

static bool instant_valid(int64_t at_ms)
{
	return at_ms >= civil_day(1971, 1, 1) * CIVIL_DAY_MS &&
	       at_ms < civil_day(9000, 1, 1) * CIVIL_DAY_MS;
}

/* Is any of these days of a year nobody has published? */
static bool guessed(const struct calendar *calendar, int64_t first_day, int64_t last_day)
{
	bool unpublished = false;
	int32_t last_year = civil_of_day(last_day).year;
	for (int32_t year = civil_of_day(first_day).year; year <= last_year; year++) {
		unpublished = unpublished || calendar_version(calendar, year) == NULL;
	}
	return unpublished;
}

/* Spans may leave no day worked: nobody counts further than this many years of days. */
enum { WALK_MAX_DAYS = 366 * 60 };

/* The n-th working day after start_day, or before it with step -1; 0 when there is none. */
static int64_t nth_working_day(
	const struct calendar *calendar, int64_t start_day, uint32_t n, int step)
{
	int64_t day = start_day;
	for (int32_t walked = 0; n > 0; walked++) {
		if (walked == WALK_MAX_DAYS) {
			return 0;
		}
		day += step;
		n -= calendar_working(calendar, day) ? 1 : 0;
	}
	return day;
}

static int64_t day_end_ms(const struct calendar *calendar, int64_t day)
{
	int64_t end_min = (int64_t)calendar->day_end_min - calendar->offset_min;
	return day * CIVIL_DAY_MS + end_min * MINUTE_MS;
}

int calendar_add(const struct calendar *calendar, int64_t start_ms, struct due_rule rule,
	int64_t *ret_due_ms, bool *ret_provisional)
{
	if (!rule_valid(rule) || !instant_valid(start_ms)) {
		return E_RANGE;
	}
	bool provisional = false;
	if (rule.unit == DUE_HOURS || rule.unit == DUE_MINUTES) {
		int64_t step_ms = rule.unit == DUE_HOURS ? HOUR_MS : MINUTE_MS;
		*ret_due_ms = start_ms + (int64_t)rule.n * step_ms;
	} else {
		int64_t start_day = civil_day_of_ms(start_ms, calendar->offset_min);
		bool counted = rule.unit == DUE_WORKING_DAYS;
		int64_t last_day = counted ? nth_working_day(calendar, start_day, rule.n, 1)
					   : start_day + rule.n;
		if (counted && last_day == 0) {
			return E_RANGE;
		}
		provisional = counted && guessed(calendar, start_day + 1, last_day);
		*ret_due_ms = day_end_ms(calendar, last_day);
	}
	*ret_provisional = provisional;
	return 0;
}

int calendar_before(const struct calendar *calendar, int64_t end_ms, struct due_rule rule,
	int64_t *ret_at_ms, bool *ret_provisional)
{
	if (!rule_valid(rule) || !instant_valid(end_ms)) {
		return E_RANGE;
	}
	if (rule.unit == DUE_HOURS || rule.unit == DUE_MINUTES) {
		*ret_at_ms = end_ms -
			     (int64_t)rule.n * (rule.unit == DUE_HOURS ? HOUR_MS : MINUTE_MS);
		*ret_provisional = false;
		return 0;
	}
	int64_t end_day = civil_day_of_ms(end_ms, calendar->offset_min);
	bool counted = rule.unit == DUE_WORKING_DAYS;
	int64_t day =
		counted ? nth_working_day(calendar, end_day, rule.n, -1) : end_day - rule.n;
	if (!instant_valid(day * CIVIL_DAY_MS)) {
		return E_RANGE;
	}
	*ret_provisional = counted && guessed(calendar, day, end_day);
	*ret_at_ms = day_end_ms(calendar, day);
	return 0;
}

int due_rule_parse(struct slice text, struct due_rule *ret_rule)
{
	struct slice number;
	struct slice unit;
	if (!slice_cut(text, ' ', &number, &unit)) {
		return E_FORMAT;
	}
	uint64_t n = 0;
	int error = num_u64(number, CALENDAR_MINUTES_MAX, &n);
	for (unsigned i = 0; error == 0 && i < sizeof(unit_ids) / sizeof(unit_ids[0]); i++) {
		if (slice_is(unit, unit_ids[i])) {
			struct due_rule rule = { (uint32_t)n, (enum due_unit)i };
			if (!rule_valid(rule)) {
				return E_RANGE;
			}
			*ret_rule = rule;
			return 0;
		}
	}
	return error < 0 ? error : E_FORMAT;
}

void due_rule_put(struct buf *buf, struct due_rule rule)
{
	buf_printf(buf, "%u %s", rule.n, unit_ids[rule.unit]);
}

void calendar_put_local(const struct calendar *calendar, int64_t at_ms, struct buf *buf)
{
	struct civil c = civil_of_ms(at_ms, calendar->offset_min);
	int32_t offset = calendar->offset_min;
	buf_printf(buf, "%04d-%02u-%02uT%02u:%02u:%02u%c%02d:%02d", (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second, offset < 0 ? '-' : '+',
		(offset < 0 ? -offset : offset) / 60, (offset < 0 ? -offset : offset) % 60);
}
