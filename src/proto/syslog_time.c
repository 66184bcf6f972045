/* SPDX-License-Identifier: Apache-2.0 */
#include "base/civil.h"
#include "proto/syslog_priv.h"

/* A sender's clock may be this much ahead before its date is taken for last year's. */
#define AHEAD_MS CIVIL_DAY_MS

size_t syslog_take_digits(struct slice *left, size_t max, int64_t *ret_value)
{
	size_t n = 0;
	int64_t value = 0;
	while (n < max && syslog_digit(syslog_at(*left, n))) {
		value = value * 10 + (left->p[n] - '0');
		n++;
	}
	if (n > 0) {
		*ret_value = value;
		*left = slice_skip(*left, n);
	}
	return n;
}

static bool take_char(struct slice *left, uint8_t c)
{
	if (syslog_at(*left, 0) != c || left->n == 0) {
		return false;
	}
	*left = slice_skip(*left, 1);
	return true;
}

static bool take_two(struct slice *left, uint8_t *ret_value)
{
	int64_t value = 0;
	if (syslog_take_digits(left, 2, &value) != 2) {
		return false;
	}
	*ret_value = (uint8_t)value;
	return true;
}

static void skip_spaces(struct slice *left)
{
	while (take_char(left, ' ')) {
	}
}

/* Fraction of a second; further digits are dropped. */
static void take_fraction(struct slice *left, struct civil *civil)
{
	struct slice rest = *left;
	if ((!take_char(&rest, '.') && !take_char(&rest, ',')) ||
		!syslog_digit(syslog_at(rest, 0))) {
		return;
	}
	unsigned ms = 0;
	unsigned weight = 100;
	while (syslog_digit(syslog_at(rest, 0))) {
		ms += weight * (unsigned)(rest.p[0] - '0');
		weight /= 10;
		rest = slice_skip(rest, 1);
	}
	civil->ms = (uint16_t)ms;
	*left = rest;
}

static bool take_clock(struct slice *left, struct civil *civil)
{
	struct slice rest = *left;
	int64_t hour = 0;
	if (syslog_take_digits(&rest, 2, &hour) == 0 || !take_char(&rest, ':') ||
		!take_two(&rest, &civil->minute) || !take_char(&rest, ':') ||
		!take_two(&rest, &civil->second) || syslog_digit(syslog_at(rest, 0))) {
		return false;
	}
	civil->hour = (uint8_t)hour;
	/* RFC 3339 has second 60; the leap second is folded into the one before. */
	civil->second = civil->second == 60 ? 59 : civil->second;
	take_fraction(&rest, civil);
	*left = rest;
	return true;
}

static bool take_month(struct slice *left, uint8_t *ret_month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	if (left->n < 4) {
		return false;
	}
	for (unsigned i = 0; i < 12; i++) {
		if (slice_eq_nocase(slice_head(*left, 3), slice_of(names + 3 * i, 3))) {
			*ret_month = (uint8_t)(i + 1);
			*left = slice_skip(*left, 3);
			return true;
		}
	}
	return false;
}

static bool take_year(struct slice *left, struct civil *civil)
{
	struct slice rest = *left;
	int64_t year = 0;
	if (syslog_take_digits(&rest, 4, &year) != 4 || year < 1970 || year > 2199 ||
		(rest.n > 0 && rest.p[0] != ' ' && rest.p[0] != ':')) {
		return false;
	}
	civil->year = (int32_t)year;
	*left = rest;
	return true;
}

static bool ends_zone(struct slice rest)
{
	return rest.n == 0 || rest.p[0] == ' ' || rest.p[0] == ':';
}

/* +08:00, -0330 */
static bool take_offset(struct slice *left, int32_t *ret_offset_min)
{
	struct slice rest = *left;
	bool minus = syslog_at(rest, 0) == '-';
	uint8_t hours = 0;
	uint8_t minutes = 0;
	if ((!take_char(&rest, '+') && !take_char(&rest, '-')) || !take_two(&rest, &hours)) {
		return false;
	}
	(void)take_char(&rest, ':');
	if (!take_two(&rest, &minutes) || hours > 23 || minutes > 59) {
		return false;
	}
	int32_t total = hours * 60 + minutes;
	*ret_offset_min = minus ? -total : total;
	*left = rest;
	return true;
}

/* Z, an offset, or " UTC:" as Cisco puts it; of other names none says surely which it is. */
static void take_zone(struct slice *left, int32_t *offset_min)
{
	struct slice rest = *left;
	if (take_char(&rest, 'Z') && ends_zone(rest)) {
		*offset_min = 0;
		*left = rest;
		return;
	}
	rest = *left;
	bool spaced = take_char(&rest, ' ');
	if (take_offset(&rest, offset_min)) {
		*left = rest;
		return;
	}
	size_t n = 0;
	while (spaced && syslog_at(rest, n) >= 'A' && syslog_at(rest, n) <= 'Z') {
		n++;
	}
	if (n >= 2 && n <= 5 && syslog_at(rest, n) == ':') {
		struct slice name = slice_head(rest, n);
		*offset_min = slice_is(name, "UTC") || slice_is(name, "GMT") ? 0 : *offset_min;
		*left = slice_skip(rest, n);
	}
}

bool syslog_take_iso(struct slice *left, const struct syslog_context *context, int64_t *ret_ms)
{
	struct slice rest = *left;
	struct civil civil = { 0 };
	int64_t year = 0;
	if (syslog_take_digits(&rest, 4, &year) != 4) {
		return false;
	}
	uint8_t dash = syslog_at(rest, 0);
	if ((dash != '-' && dash != '/') || !take_char(&rest, dash) ||
		!take_two(&rest, &civil.month) || !take_char(&rest, dash) ||
		!take_two(&rest, &civil.day) ||
		(!take_char(&rest, 'T') && !take_char(&rest, ' ')) ||
		!take_clock(&rest, &civil)) {
		return false;
	}
	civil.year = (int32_t)year;
	int32_t offset_min = context->offset_min;
	take_zone(&rest, &offset_min);
	if (!civil_valid(&civil)) {
		return false;
	}
	*ret_ms = civil_to_ms(&civil, offset_min);
	*left = rest;
	return true;
}

/* The latest year that puts the date at or before now, a clock's error granted. */
static bool infer_year(struct civil *civil, int64_t recv_ms, int32_t offset_min)
{
	int32_t year = civil_of_ms(recv_ms, offset_min).year + 1;
	for (int back = 0; back < 10; back++) {
		civil->year = year - back;
		if (civil_valid(civil) &&
			civil_to_ms(civil, offset_min) <= recv_ms + AHEAD_MS) {
			return true;
		}
	}
	return false;
}

/* "[yyyy] Mmm dd " with any number of spaces before and after the day. */
static bool take_date(struct slice *left, struct civil *civil)
{
	int64_t day = 0;
	(void)(take_year(left, civil) && take_char(left, ' '));
	if (!take_month(left, &civil->month) || !take_char(left, ' ')) {
		return false;
	}
	skip_spaces(left);
	if (syslog_take_digits(left, 2, &day) == 0 || !take_char(left, ' ')) {
		return false;
	}
	skip_spaces(left);
	civil->day = (uint8_t)day;
	return true;
}

/* "Mmm dd [yyyy] hh:mm:ss[.f] [yyyy] [zone]", with a year in front as NX-OS has it. */
static bool take_bsd(struct slice *left, const struct syslog_context *context, int64_t *ret_ms)
{
	struct slice rest = *left;
	struct civil civil = { 0 };
	if (!take_date(&rest, &civil)) {
		return false;
	}
	if (civil.year == 0 && take_year(&rest, &civil)) {
		skip_spaces(&rest);
	}
	if (!take_clock(&rest, &civil)) {
		return false;
	}
	struct slice after = slice_skip(rest, 1);
	if (civil.year == 0 && syslog_at(rest, 0) == ' ' && take_year(&after, &civil)) {
		rest = after;
	}
	int32_t offset_min = context->offset_min;
	take_zone(&rest, &offset_min);
	if (civil.year == 0 && !infer_year(&civil, context->recv_ms, offset_min)) {
		return false;
	}
	if (!civil_valid(&civil)) {
		return false;
	}
	*ret_ms = civil_to_ms(&civil, offset_min);
	*left = rest;
	return true;
}

/* Seconds since 1970 with a fraction, ten digits: 2001 to 2286. */
static bool take_epoch(struct slice *left, int64_t *ret_ms)
{
	struct slice rest = *left;
	struct civil part = { 0 };
	int64_t seconds = 0;
	if (syslog_take_digits(&rest, 10, &seconds) != 10 || syslog_at(rest, 0) != '.') {
		return false;
	}
	take_fraction(&rest, &part);
	if (syslog_at(rest, 0) != ' ') {
		return false;
	}
	*ret_ms = seconds * 1000 + part.ms;
	*left = rest;
	return true;
}

bool syslog_take_time(struct slice *left, const struct syslog_context *context, int64_t *ret_ms)
{
	struct slice rest = *left;
	/* Cisco: * = clock never set, . = set and since lost its source */
	if (syslog_at(rest, 0) == '*' || syslog_at(rest, 0) == '.') {
		rest = slice_skip(rest, 1);
	}
	if (!take_bsd(&rest, context, ret_ms) && !syslog_take_iso(&rest, context, ret_ms) &&
		!take_epoch(&rest, ret_ms)) {
		return false;
	}
	*left = rest;
	return true;
}
