/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/school_days.h"

#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"

static int day_of(struct slice text, int64_t *ret_day)
{
	int64_t at_ms = 0;
	if (text.n != 10 || civil_parse(text, 0, &at_ms) < 0) {
		return E_INPUT;
	}
	*ret_day = civil_day_of_ms(at_ms, 0);
	return 0;
}

static int add(
	struct school_days *days, struct slice from, struct slice to, enum school_day kind)
{
	struct school_span span = { .kind = kind };
	if (days->count == SCHOOL_SPANS_MAX) {
		return E_LIMIT;
	}
	int error = day_of(from, &span.first_day);
	error = error < 0 ? error : day_of(to, &span.last_day);
	if (error == 0) {
		days->spans[days->count++] = span;
	}
	return error;
}

static int add_list(struct school_days *days, const struct json *list, enum school_day kind)
{
	int error = 0;
	for (const struct json *d = json_first(list); d != NULL && error == 0;
		d = json_next(d)) {
		bool span = json_type(d) == JSON_OBJECT;
		error = add(days, span ? json_get_str(d, "from") : json_str(d),
			span ? json_get_str(d, "to") : json_str(d), kind);
	}
	return error;
}

int school_days_add(struct school_days *days, struct slice text, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	size_t before = days->count;
	int error = json_parse(arena, arena_dup(arena, text), 4, &root, diag);
	error = error < 0 ? error : add_list(days, json_get(root, "work"), SCHOOL_DAY_WORK);
	error = error < 0 ? error : add_list(days, json_get(root, "off"), SCHOOL_DAY_OFF);
	error = error < 0 ? error : add_list(days, json_get(root, "breaks"), SCHOOL_DAY_OFF);
	if (error < 0) {
		days->count = before;
	}
	return error;
}

int school_days_set_own(struct school_days *days, const struct json *spans)
{
	struct school_days next = { .offset_min = days->offset_min };
	int error = 0;
	for (const struct json *s = json_first(spans); s != NULL && error == 0;
		s = json_next(s)) {
		bool works = slice_is(json_get_str(s, "kind"), "work");
		error = add(&next, json_get_str(s, "from"), json_get_str(s, "to"),
			works ? SCHOOL_DAY_WORK : SCHOOL_DAY_OFF);
	}
	next.own_count = next.count;
	size_t rest = days->count - days->own_count;
	if (error == 0 && rest > SCHOOL_SPANS_MAX - next.count) {
		error = E_LIMIT;
	}
	if (error == 0) {
		memcpy(next.spans + next.count, days->spans + days->own_count,
			rest * sizeof(next.spans[0]));
		next.count += rest;
		*days = next;
	}
	return error;
}

enum school_day school_days_of(const struct school_days *days, int64_t day)
{
	for (size_t i = 0; days != NULL && i < days->count; i++) {
		if (day >= days->spans[i].first_day && day <= days->spans[i].last_day) {
			return days->spans[i].kind;
		}
	}
	return SCHOOL_DAY_USUAL;
}
