/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/calendar_layer.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"

enum { DATE_LEN = 10, ARENA_OCTETS = 4 * 1024 * 1024 };

static int days_read(const struct json *item, int64_t days[2], struct diag *diag)
{
	const struct slice words[2] = { json_get_str(item, "from"), json_get_str(item, "to") };
	for (size_t i = 0; i < 2; i++) {
		int64_t at_ms = 0;
		if (words[i].n != DATE_LEN || civil_parse(words[i], 0, &at_ms) < 0) {
			return diag_set(diag, E_INPUT, 0, 0,
				"\"from\" and \"to\" of a span are dates YYYY-MM-DD");
		}
		days[i] = civil_day_of_ms(at_ms, 0);
	}
	return days[1] < days[0] ? diag_set(diag, E_INPUT, 0, 0, "a span ends before it begins")
				 : 0;
}

static int span_add(struct calendar *calendar, const struct json *item, struct diag *diag)
{
	struct slice kind = json_get_str(item, "kind");
	int64_t days[2] = { 0 };
	bool is_break = slice_is(kind, "break");
	int error = days_read(item, days, diag);
	if (error < 0) {
		return error;
	}
	if (!is_break && !slice_is(kind, "off") && !slice_is(kind, "work")) {
		return diag_set(
			diag, E_INPUT, 0, 0, "a span is \"off\", \"work\" or \"break\"");
	}
	if (calendar->span_count == CALENDAR_SPANS_MAX ||
		calendar->break_count == CALENDAR_BREAKS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more than %d spans or %d breaks",
			CALENDAR_SPANS_MAX, CALENDAR_BREAKS_MAX);
	}
	if (is_break) {
		calendar->breaks[calendar->break_count++] =
			(struct calendar_break) { (int32_t)days[0], (int32_t)days[1] };
	} else {
		calendar->spans[calendar->span_count++] =
			(struct calendar_span) { (int32_t)days[0], (int32_t)days[1],
				slice_is(kind, "work") };
	}
	return 0;
}

static int layer_add(struct calendar *calendar, const struct json *root, struct diag *diag)
{
	struct slice version = json_get_str(root, "version");
	const struct json *spans = json_get(root, "spans");
	int error = 0;
	if (version.n == 0 || version.n >= CALENDAR_VERSION_MAX) {
		return diag_set(diag, E_INPUT, 0, 0, "\"version\" must have 1 to %d octets",
			CALENDAR_VERSION_MAX - 1);
	}
	if (json_type(spans) != JSON_ARRAY) {
		return diag_set(diag, E_INPUT, 0, 0, "\"spans\" is missing or is no list");
	}
	if (calendar->layer_count == CALENDAR_LAYERS_MAX) {
		return diag_set(
			diag, E_LIMIT, 0, 0, "more than %d layers", CALENDAR_LAYERS_MAX);
	}
	(void)snprintf(calendar->layers[calendar->layer_count++], CALENDAR_STAMPED_MAX, "%.*s",
		SLICE_FMT(version));
	for (const struct json *item = json_first(spans); item != NULL && error == 0;
		item = json_next(item)) {
		error = span_add(calendar, item, diag);
	}
	return error;
}

int calendar_add_layer(struct calendar *calendar, struct slice text, struct diag *diag)
{
	if (text.n > CALENDAR_TEXT_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "a calendar's layer has at most %d octets",
			CALENDAR_TEXT_MAX);
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *root = NULL;
	struct calendar draft = *calendar;
	int error = json_parse(arena, text, 0, &root, diag);
	error = error < 0 ? error : layer_add(&draft, root, diag);
	if (error == 0) {
		*calendar = draft;
	}
	return error;
}
