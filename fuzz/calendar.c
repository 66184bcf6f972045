/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "workflow/calendar_layer.h"

/* A year that is read leaves the days sorted and the working days of a week between 0 and 7. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct calendar calendar;
	calendar_init(&calendar);
	if (calendar_add_breaks(&calendar, slice_of(data, size), NULL) < 0 &&
		calendar.break_count != 0) {
		abort();
	}
	if (calendar_add_layer(&calendar, slice_of(data, size), NULL) < 0 &&
		calendar.layer_count + calendar.span_count != 0) {
		abort();
	}
	calendar_init(&calendar);
	if (calendar_add_json(&calendar, slice_of(data, size), NULL) < 0) {
		if (calendar.year_count != 0 || calendar.day_count != 0) {
			abort();
		}
		return 0;
	}
	int64_t first = civil_day(calendar.years[0].year, 1, 1);
	int64_t worked = calendar_count(&calendar, first, first + 6);
	int64_t due_ms = 0;
	bool provisional = false;
	struct due_rule rule = { 5, DUE_WORKING_DAYS };
	int error = calendar_add(&calendar, first * CIVIL_DAY_MS, rule, &due_ms, &provisional);
	if (worked < 0 || worked > 7 || error < 0 || due_ms <= first * CIVIL_DAY_MS) {
		abort();
	}
	return 0;
}
