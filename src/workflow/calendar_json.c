/* SPDX-License-Identifier: Apache-2.0 */
/* The year file of a calendar, read apart from the arithmetic in calendar.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "workflow/calendar.h"

enum { SATURDAY = 5, DATE_LEN = 10, ARENA_OCTETS = 1024 * 1024 };

static int day_compare(const void *a, const void *b)
{
	const struct calendar_day *x = (const struct calendar_day *)a;
	const struct calendar_day *y = (const struct calendar_day *)b;
	return (x->day > y->day) - (x->day < y->day);
}

/* A year's paper may already give away the last days of the December before it. */
static bool belongs(struct civil date, int32_t year)
{
	return date.year == year || (date.year == year - 1 && date.month == 12);
}

static int date_add(struct calendar *calendar, struct slice text, int32_t year, bool work,
	struct diag *diag)
{
	int64_t at_ms = 0;
	if (text.n != DATE_LEN || civil_parse(text, 0, &at_ms) < 0) {
		return diag_set(diag, E_INPUT, 0, 0, "\"%.*s\" is not a date YYYY-MM-DD",
			SLICE_FMT(slice_head(text, 40)));
	}
	int64_t day = civil_day_of_ms(at_ms, 0);
	if (!belongs(civil_of_day(day), year)) {
		return diag_set(diag, E_INPUT, 0, 0,
			"%.*s does not belong to the calendar of %d", SLICE_FMT(text),
			(int)year);
	}
	if (work && civil_weekday(day) < SATURDAY) {
		return diag_set(diag, E_INPUT, 0, 0,
			"%.*s stands under work and is not a weekend day", SLICE_FMT(text));
	}
	if (calendar->day_count == CALENDAR_DAYS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more than %d days in all calendars",
			CALENDAR_DAYS_MAX);
	}
	calendar->days[calendar->day_count++] = (struct calendar_day) { (int32_t)day, work };
	return 0;
}

static int dates_add(struct calendar *calendar, const struct json *root, const char *name,
	int32_t year, struct diag *diag)
{
	const struct json *list = json_get(root, name);
	if (json_type(list) != JSON_ARRAY) {
		return diag_set(diag, E_INPUT, 0, 0, "\"%s\" is missing or is no list", name);
	}
	bool work = strcmp(name, "work") == 0;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int error = date_add(calendar, json_str(item), year, work, diag);
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

static int year_begin(struct calendar *calendar, const struct json *root, struct diag *diag)
{
	int64_t year = json_get_int(root, "year", 0);
	struct slice version = json_get_str(root, "version");
	if (year < 1971 || year > 8999) {
		return diag_set(
			diag, E_INPUT, 0, 0, "\"year\" is missing or outside 1971..8999");
	}
	if (version.n == 0 || version.n >= CALENDAR_VERSION_MAX) {
		return diag_set(diag, E_INPUT, 0, 0, "\"version\" must have 1 to %d octets",
			CALENDAR_VERSION_MAX - 1);
	}
	if (calendar_version(calendar, (int32_t)year) != NULL) {
		return diag_set(
			diag, E_EXISTS, 0, 0, "the year %d is there already", (int)year);
	}
	if (calendar->year_count == CALENDAR_YEARS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more than %d years", CALENDAR_YEARS_MAX);
	}
	struct calendar_year *entry = &calendar->years[calendar->year_count++];
	entry->year = (int32_t)year;
	(void)snprintf(entry->version, sizeof(entry->version), "%.*s", SLICE_FMT(version));
	return (int)year;
}

static int days_sort(struct calendar *calendar, struct diag *diag)
{
	qsort(calendar->days, calendar->day_count, sizeof(calendar->days[0]), day_compare);
	for (size_t i = 1; i < calendar->day_count; i++) {
		if (calendar->days[i].day == calendar->days[i - 1].day) {
			struct civil date = civil_of_day(calendar->days[i].day);
			return diag_set(diag, E_INPUT, 0, 0,
				"%04d-%02u-%02u stands there twice", (int)date.year, date.month,
				date.day);
		}
	}
	return 0;
}

int calendar_add_json(struct calendar *calendar, struct slice text, struct diag *diag)
{
	if (text.n > CALENDAR_TEXT_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "a calendar year has at most %d octets",
			CALENDAR_TEXT_MAX);
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS * 4);
	const struct json *root = NULL;
	int error = json_parse(arena, text, 0, &root, diag);
	if (error < 0) {
		return error;
	}
	struct calendar draft = *calendar;
	int year = year_begin(&draft, root, diag);
	if (year < 0) {
		return year;
	}
	error = dates_add(&draft, root, "off", year, diag);
	error = error < 0 ? error : dates_add(&draft, root, "work", year, diag);
	error = error < 0 ? error : days_sort(&draft, diag);
	if (error == 0) {
		*calendar = draft;
	}
	return error;
}

static int break_add(struct calendar *calendar, const struct json *item, struct diag *diag)
{
	bool span = json_type(item) == JSON_OBJECT;
	struct slice words[2] = { span ? json_get_str(item, "from") : json_str(item),
		span ? json_get_str(item, "to") : json_str(item) };
	int64_t days[2] = { 0 };
	for (size_t i = 0; i < 2; i++) {
		int64_t at_ms = 0;
		if (words[i].n != DATE_LEN || civil_parse(words[i], 0, &at_ms) < 0) {
			return diag_set(diag, E_INPUT, 0, 0,
				"a break is a date, or has \"from\" and \"to\"");
		}
		days[i] = civil_day_of_ms(at_ms, 0);
	}
	if (days[1] < days[0]) {
		return diag_set(diag, E_INPUT, 0, 0, "a break ends before it begins");
	}
	if (calendar->break_count == CALENDAR_BREAKS_MAX) {
		return diag_set(
			diag, E_LIMIT, 0, 0, "more than %d breaks", CALENDAR_BREAKS_MAX);
	}
	calendar->breaks[calendar->break_count++] =
		(struct calendar_break) { (int32_t)days[0], (int32_t)days[1] };
	return 0;
}

int calendar_add_breaks(struct calendar *calendar, struct slice text, struct diag *diag)
{
	if (text.n > CALENDAR_TEXT_MAX) {
		return diag_set(
			diag, E_LIMIT, 0, 0, "terms have at most %d octets", CALENDAR_TEXT_MAX);
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS * 4);
	const struct json *root = NULL;
	size_t before = calendar->break_count;
	int error = json_parse(arena, text, 0, &root, diag);
	const struct json *list = error < 0 ? NULL : json_get(root, "breaks");
	for (const struct json *item = json_first(list); item != NULL && error >= 0;
		item = json_next(item)) {
		error = break_add(calendar, item, diag);
	}
	calendar->break_count = error < 0 ? before : calendar->break_count;
	return error < 0 ? error : 0;
}
