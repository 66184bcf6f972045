/* SPDX-License-Identifier: Apache-2.0 */
#include "base/civil.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"

/* Days in whole 400-year cycles; the era starts on 1 March of year 0. */
enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

int64_t civil_day(int32_t year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t shifted_month = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
	int64_t day_of_year = (153 * shifted_month + 2) / 5 + (int64_t)day - 1;
	int64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

struct civil civil_of_day(int64_t day)
{
	int64_t z = day + DAYS_TO_1970;
	int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	int64_t day_of_era = z - era * DAYS_PER_ERA;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) /
		365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;
	int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	return (struct civil) {
		.year = (int32_t)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
		.month = (uint8_t)month,
		.day = (uint8_t)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
	};
}

unsigned civil_weekday(int64_t day)
{
	/* 1970-01-01 was a Thursday. */
	int64_t weekday = (day + 3) % 7;
	return (unsigned)(weekday < 0 ? weekday + 7 : weekday);
}

bool civil_valid(const struct civil *civil)
{
	if (civil->year < 1 || civil->year > 9999 || civil->month < 1 || civil->month > 12 ||
		civil->day < 1 || civil->day > 31 || civil->hour > 23 || civil->minute > 59 ||
		civil->second > 59 || civil->ms > 999) {
		return false;
	}
	struct civil back = civil_of_day(civil_day(civil->year, civil->month, civil->day));
	return back.month == civil->month && back.day == civil->day;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return a % b < 0 ? q - 1 : q;
}

int64_t civil_day_of_ms(int64_t unix_ms, int32_t offset_min)
{
	return floor_div(unix_ms + (int64_t)offset_min * 60000, CIVIL_DAY_MS);
}

struct civil civil_of_ms(int64_t unix_ms, int32_t offset_min)
{
	int64_t local = unix_ms + (int64_t)offset_min * 60000;
	int64_t day = floor_div(local, CIVIL_DAY_MS);
	int64_t in_day = local - day * CIVIL_DAY_MS;
	struct civil civil = civil_of_day(day);
	civil.hour = (uint8_t)(in_day / 3600000);
	civil.minute = (uint8_t)(in_day / 60000 % 60);
	civil.second = (uint8_t)(in_day / 1000 % 60);
	civil.ms = (uint16_t)(in_day % 1000);
	return civil;
}

int64_t civil_to_ms(const struct civil *civil, int32_t offset_min)
{
	int64_t day = civil_day(civil->year, civil->month, civil->day);
	int64_t in_day = ((int64_t)civil->hour * 60 + civil->minute) * 60000 +
			 (int64_t)civil->second * 1000 + civil->ms;
	return day * CIVIL_DAY_MS + in_day - (int64_t)offset_min * 60000;
}

void civil_put_rfc3339(struct buf *buf, int64_t unix_ms)
{
	struct civil c = civil_of_ms(unix_ms, 0);
	buf_printf(buf, "%04d-%02u-%02uT%02u:%02u:%02u.%03uZ", (int)c.year, c.month, c.day,
		c.hour, c.minute, c.second, c.ms);
}

static bool digits_take(struct slice *text, size_t n, unsigned *ret_value)
{
	uint64_t value = 0;
	if (text->n < n || num_u64(slice_head(*text, n), 9999, &value) < 0) {
		return false;
	}
	*text = slice_skip(*text, n);
	*ret_value = (unsigned)value;
	return true;
}

static bool mark_take(struct slice *text, char mark)
{
	if (text->n == 0 || text->p[0] != (uint8_t)mark) {
		return false;
	}
	*text = slice_skip(*text, 1);
	return true;
}

/* ":06.123" with any number of fraction digits; digits past the third are dropped. */
static bool seconds_take(struct slice *text, unsigned *second, unsigned *ms)
{
	if (!mark_take(text, ':')) {
		return true;
	}
	if (!digits_take(text, 2, second)) {
		return false;
	}
	if (!mark_take(text, '.')) {
		return true;
	}
	unsigned scale = 100;
	size_t count = 0;
	while (text->n > 0 && text->p[0] >= '0' && text->p[0] <= '9') {
		*ms += (unsigned)(text->p[0] - '0') * scale;
		scale /= 10;
		*text = slice_skip(*text, 1);
		count++;
	}
	return count > 0;
}

static bool zone_take(struct slice *text, int32_t *offset_min)
{
	if (text->n == 0) {
		return true;
	}
	if (mark_take(text, 'Z') || mark_take(text, 'z')) {
		*offset_min = 0;
		return true;
	}
	int32_t sign = mark_take(text, '-') ? -1 : 1;
	if (sign == 1 && !mark_take(text, '+')) {
		return false;
	}
	unsigned hours = 0;
	unsigned minutes = 0;
	if (!digits_take(text, 2, &hours)) {
		return false;
	}
	(void)mark_take(text, ':'); /* ISO 8601 basic form leaves it out */
	if (!digits_take(text, 2, &minutes)) {
		return false;
	}
	*offset_min = sign * (int32_t)(hours * 60 + minutes);
	return hours <= 23 && minutes <= 59;
}

int civil_parse(struct slice text, int32_t offset_min, int64_t *ret_unix_ms)
{
	unsigned year = 0;
	unsigned month = 0;
	unsigned day = 0;
	unsigned hour = 0;
	unsigned minute = 0;
	unsigned second = 0;
	unsigned ms = 0;
	bool ok = digits_take(&text, 4, &year) && mark_take(&text, '-') &&
		  digits_take(&text, 2, &month) && mark_take(&text, '-') &&
		  digits_take(&text, 2, &day);
	if (ok && text.n > 0) {
		ok = (mark_take(&text, 'T') || mark_take(&text, ' ')) &&
		     digits_take(&text, 2, &hour) && mark_take(&text, ':') &&
		     digits_take(&text, 2, &minute) && seconds_take(&text, &second, &ms) &&
		     zone_take(&text, &offset_min);
	}
	if (!ok || text.n > 0) {
		return E_FORMAT;
	}
	struct civil civil = { (int32_t)year, (uint8_t)month, (uint8_t)day, (uint8_t)hour,
		(uint8_t)minute, (uint8_t)second, (uint16_t)ms };
	if (!civil_valid(&civil)) {
		return E_RANGE;
	}
	*ret_unix_ms = civil_to_ms(&civil, offset_min);
	return 0;
}
