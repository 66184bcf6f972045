/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Civil dates and unix milliseconds, without the C library's zone database.
 * The zone is a fixed offset; China has had one (UTC+8) since 1991.
 *
 * Layer: base.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum { CIVIL_CHINA_OFFSET_MIN = 480 };

#define CIVIL_DAY_MS INT64_C(86400000)

struct civil {
	int32_t year;
	uint8_t month;  /* 1..12 */
	uint8_t day;    /* 1..31 */
	uint8_t hour;   /* 0..23 */
	uint8_t minute; /* 0..59 */
	uint8_t second; /* 0..59 */
	uint16_t ms;    /* 0..999 */
};

/** Days since 1970-01-01 of a proleptic Gregorian date; months outside 1..12 are not allowed. */
int64_t civil_day(int32_t year, unsigned month, unsigned day);
/** The date of a day number. */
struct civil civil_of_day(int64_t day);
/** 0 = Monday … 6 = Sunday (ISO 8601 order). */
unsigned civil_weekday(int64_t day);
/** Is this a real date between years 1 and 9999 and a real time? */
bool civil_valid(const struct civil *civil);

struct civil civil_of_ms(int64_t unix_ms, int32_t offset_min);
int64_t civil_to_ms(const struct civil *civil, int32_t offset_min);
/** Day number, in the zone, of an instant. */
int64_t civil_day_of_ms(int64_t unix_ms, int32_t offset_min);

/** "2026-11-22T15:24:06.123Z". */
void civil_put_rfc3339(struct buf *buf, int64_t unix_ms);

/**
 * Parse "2026-11-22", "2026-11-22T15:24", "…:06", "…:06.123" with "Z",
 * "+08:00" or no zone, in which case offset_min is taken.  A space may stand for T.
 *
 * Source:  RFC 3339 section 5.6, plus the two shorter forms.
 * Returns: 0, E_FORMAT, or E_RANGE for a date that does not exist.
 */
NODISCARD int civil_parse(struct slice text, int32_t offset_min, int64_t *ret_unix_ms);
