/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Days on which a campus does not live by its week: holidays, breaks, and
 * weekend days that are worked.  Filled by the caller from its calendars.
 *
 * Layer: detect.  Threading: reentrant; only read once filled.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct diag;
struct json;

enum school_day {
	SCHOOL_DAY_USUAL,
	SCHOOL_DAY_OFF,  /* holiday or break: less than usual is usual */
	SCHOOL_DAY_WORK, /* a weekend day that is worked */
};

enum { SCHOOL_SPANS_MAX = 512 };

struct school_span {
	int64_t first_day; /* civil_day */
	int64_t last_day;
	enum school_day kind;
};

struct school_days {
	int32_t offset_min; /* zone of the school */
	size_t count;
	size_t own_count; /* of these, first: what the school has decided itself */
	struct school_span spans[SCHOOL_SPANS_MAX]; /* the first that holds a day decides */
};

/**
 * Add the days of one text: {"off":[…],"work":[…]} of a calendar of working
 * days, or {"breaks":[{"from","to"}]} of the school's terms; dates YYYY-MM-DD.
 *
 * Returns: 0, json_parse's errors, E_INPUT for a date that is none, or E_LIMIT.
 */
NODISCARD int school_days_add(struct school_days *days, struct slice text, struct diag *diag);

/**
 * Put the school's own days before all others, in place of those put before:
 * a list of {"from","to","kind"}, kind work, off or break, as a calendar layer
 * (workflow/calendar_layer.h) keeps them; a NULL list is an empty one.
 *
 * Returns: as school_days_add; the days are unchanged on failure.
 */
NODISCARD int school_days_set_own(struct school_days *days, const struct json *spans);

/** What a civil_day is; days may be NULL: every day is usual. */
enum school_day school_days_of(const struct school_days *days, int64_t day);
