/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Maintenance windows: once from an instant to another, or every week on some
 * days for some hours, if need be only on working days or only on days off, only
 * in term or only in the breaks between terms.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct calendar;

enum {
	WINDOW_LENGTH_MAX_MIN = 24 * 60,
	WINDOW_LOOK_AHEAD_DAYS = 400, /* an edge further off is none */
	WINDOW_WEEKDAYS = 7,
};

#define WINDOW_NEVER INT64_MAX

enum window_days { WINDOW_ANY, WINDOW_WORKING, WINDOW_OFF };
enum window_season { WINDOW_YEAR, WINDOW_TERM, WINDOW_BREAK };

struct window {
	bool weekly;
	int64_t from_ms;     /* once: begins; weekly: not before; 0 = not said */
	int64_t to_ms;       /* once: ends; weekly: not from then on; 0 = not said */
	unsigned weekdays;   /* weekly: bit 0 = Monday */
	int32_t from_min;    /* weekly: local minute of the day, 0 to 1439 */
	int32_t length_min;  /* weekly: 1 to WINDOW_LENGTH_MAX_MIN, past midnight if need be */
	enum window_days on; /* weekly: the day it begins on */
	enum window_season season; /* weekly: only in term, or only between terms */
};

/** Does it make sense: an end after its beginning, at least one day, its limits kept? */
bool window_valid(const struct window *window);

/** Is it open at this instant? */
bool window_open(const struct window *window, const struct calendar *calendar, int64_t at_ms);

/** The next instant after this one at which it may open or close; WINDOW_NEVER without one. */
int64_t window_edge(
	const struct window *window, const struct calendar *calendar, int64_t after_ms);
