/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Working days as the State Council publishes them each year: which weekdays
 * are off and which weekend days are worked.  Filled by the caller from the
 * texts in policy/calendar; a year nobody has published yet is computed by
 * weekday and fixed holidays, and said to be provisional.
 *
 * Layer: workflow.  Threading: reentrant; a filled calendar is only read.
 * Fuzz target: fuzz/calendar.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/civil.h"
#include "base/slice.h"

struct buf;
struct diag;

enum {
	CALENDAR_YEARS_MAX = 16,
	CALENDAR_DAYS_MAX = 1024,  /* off and work days of all years together */
	CALENDAR_BREAKS_MAX = 64,  /* of the school's terms */
	CALENDAR_SPANS_MAX = 256,  /* of the school's and a unit's own layer together */
	CALENDAR_LAYERS_MAX = 2,   /* the school's and a unit's */
	CALENDAR_VERSION_MAX = 32, /* of the text's own name */
	CALENDAR_STAMPED_MAX = CALENDAR_VERSION_MAX + 9,
	CALENDAR_TEXT_MAX = 64 * 1024,       /* octets of one year's file */
	CALENDAR_DAY_END_MIN = 17 * 60 + 30, /* local minute at which a working day ends */
	CALENDAR_ADD_MAX = 3660, /* largest n of any rule, in any unit but minutes */
	CALENDAR_MINUTES_MAX = 60 * 24 * 31,
};

enum due_unit {
	DUE_WORKING_DAYS, /* excludes the start day, ends at day_end_min of the last */
	DUE_DAYS,         /* the same over calendar days */
	DUE_HOURS,        /* round the clock */
	DUE_MINUTES,      /* round the clock */
};

/** "5 wd", "24 h": how long something may take. */
struct due_rule {
	uint32_t n;
	enum due_unit unit;
};

struct calendar_day {
	int32_t day; /* days since 1970-01-01 */
	bool work;
};

/** From the first day to the last, both included; days since 1970-01-01. */
struct calendar_break {
	int32_t first_day;
	int32_t last_day;
};

struct calendar_year {
	int32_t year;
	char version[CALENDAR_STAMPED_MAX];
};

/** Days the school or a unit has decided on for itself; a later span wins over an earlier. */
struct calendar_span {
	int32_t first_day;
	int32_t last_day;
	bool work;
};

struct calendar {
	int32_t offset_min;  /* zone of the school */
	int32_t day_end_min; /* minute of the day at which n working days end */
	size_t year_count;
	size_t day_count;
	size_t break_count; /* 0 = nobody has told the school's terms */
	size_t span_count;
	size_t layer_count;
	char layers[CALENDAR_LAYERS_MAX]
		   [CALENDAR_STAMPED_MAX]; /* versions, in the order they were laid */
	struct calendar_span spans[CALENDAR_SPANS_MAX];
	struct calendar_break breaks[CALENDAR_BREAKS_MAX];
	struct calendar_year years[CALENDAR_YEARS_MAX];
	struct calendar_day days[CALENDAR_DAYS_MAX]; /* ascending by day */
};

/** No year published yet; China's zone; days end at 17:30. */
void calendar_init(struct calendar *calendar);

/**
 * Add one year from its JSON text {"year","version","off":[…],"work":[…]}.
 *
 * Shape:   dates as YYYY-MM-DD, of that year or of the December before it, each
 *          once; a day to be worked is a Saturday or Sunday.
 * Returns: 0, E_EXISTS for a year that is there, E_LIMIT, or what json_parse
 *          and E_INPUT say, with diag; the calendar is then unchanged.
 */
NODISCARD int calendar_add_json(
	struct calendar *calendar, struct slice text, struct diag *diag);

/**
 * Add the breaks between the school's terms from {"breaks":[{"from","to"}]}.
 *
 * Shape:   a date alone is a break of one day; dates as YYYY-MM-DD, the last not before the first.
 * Returns: as calendar_add_json; the calendar is unchanged on failure.
 */
NODISCARD int calendar_add_breaks(
	struct calendar *calendar, struct slice text, struct diag *diag);

/** Does the day lie in a break between terms? */
bool calendar_in_break(const struct calendar *calendar, int64_t day);

/** Is this day number (civil_day) worked?  An unpublished year is guessed. */
bool calendar_working(const struct calendar *calendar, int64_t day);

/** Version of a published year, or NULL. */
const char *calendar_version(const struct calendar *calendar, int32_t year);

/** Working days from first to last, both included; 0 when last is before first. */
int64_t calendar_count(const struct calendar *calendar, int64_t first_day, int64_t last_day);

/**
 * The instant that lies a rule after another.
 *
 * Shape:   rule.n from 1 to CALENDAR_ADD_MAX (CALENDAR_MINUTES_MAX for minutes).
 * Returns: 0, or E_RANGE for a rule or an instant outside years 1971..9000.
 *          *ret_provisional is true when a working day was counted in a year
 *          that is not published.
 */
NODISCARD int calendar_add(const struct calendar *calendar, int64_t start_ms,
	struct due_rule rule, int64_t *ret_due_ms, bool *ret_provisional);

/**
 * The latest instant that leaves a rule's time before another: n working days
 * earlier is the end of the n-th working day before that day.
 *
 * Returns: as calendar_add.
 */
NODISCARD int calendar_before(const struct calendar *calendar, int64_t end_ms,
	struct due_rule rule, int64_t *ret_at_ms, bool *ret_provisional);

/** "5 wd", "10 d", "24 h", "30 min".  Returns: 0, E_FORMAT or E_RANGE. */
NODISCARD int due_rule_parse(struct slice text, struct due_rule *ret_rule);
/** The same text back. */
void due_rule_put(struct buf *buf, struct due_rule rule);

/** Local time with its zone: "2026-02-25T17:30:00+08:00". */
void calendar_put_local(const struct calendar *calendar, int64_t at_ms, struct buf *buf);
