/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/baseline.h"

#include <math.h>

#include "base/civil.h"
#include "detect/school_days.h"

#define HOUR_MS INT64_C(3600000)

enum {
	STEPS_AN_OCTAVE = 32,
	LEVEL_BITS = 11,
	LEVEL_MAX = (1 << LEVEL_BITS) - 1,
	SLOT_BITS = 13,
	TIMES_MAX = 3,
	DAYS_A_WEEK = 7,
	HOURS_A_DAY = 24,
	SAMPLES_LEAST = 3, /* of an hour worth learning */
	SPREAD_PARTS = 4,
	DISTANCE_PARTS = 8,
	WEDNESDAY = 2,
};

#define SMALLEST 0.001
#define LEVEL_STEP_MAX 8.0 /* how far one week moves an hour's median, in steps */
#define MEAN_TO_MAD 0.845  /* of a normal distribution */
#define MAD_TO_SIGMA 1.4826
#define SPREAD_LEAST 1.6 /* steps: a MAD below 3.5 % is not believed */
#define UNSURE 1.5       /* how much wider the band is while like days stand in */

static double level_of(double value)
{
	double steps = value > 0 ? STEPS_AN_OCTAVE * log2(1 + value / SMALLEST) : 0;
	return steps < LEVEL_MAX ? steps : LEVEL_MAX;
}

static double value_of(double level)
{
	return (exp2(level / STEPS_AN_OCTAVE) - 1) * SMALLEST;
}

/* ---- 13 bits an hour */

static unsigned slot_get(const struct baseline *b, unsigned hour)
{
	unsigned bit = hour * SLOT_BITS;
	unsigned value = 0;
	for (unsigned i = 0; i < 3 && bit / 8 + i < BASELINE_LEVEL_OCTETS; i++) {
		value |= (unsigned)b->level[bit / 8 + i] << 8 * i;
	}
	return value >> bit % 8 & ((1u << SLOT_BITS) - 1);
}

static void slot_put(struct baseline *b, unsigned hour, unsigned value)
{
	unsigned bit = hour * SLOT_BITS;
	unsigned mask = ((1u << SLOT_BITS) - 1) << bit % 8;
	value <<= bit % 8;
	for (unsigned i = 0; i < 3 && bit / 8 + i < BASELINE_LEVEL_OCTETS; i++) {
		uint8_t keep = (uint8_t)(b->level[bit / 8 + i] & ~(mask >> 8 * i));
		b->level[bit / 8 + i] = (uint8_t)(keep | (value >> 8 * i & 0xff));
	}
}

static unsigned times_of(unsigned slot)
{
	return slot >> LEVEL_BITS;
}

static double level_in(unsigned slot)
{
	return slot & LEVEL_MAX;
}

/* ---- what is usual */

struct usual {
	double level;
	unsigned times; /* the hour itself was learnt */
	int64_t days;   /* as many days stand behind it */
};

static double middle(double *items, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		for (unsigned k = i; k > 0 && items[k - 1] > items[k]; k--) {
			double other = items[k];
			items[k] = items[k - 1];
			items[k - 1] = other;
		}
	}
	return n % 2 == 1 ? items[n / 2] : (items[n / 2 - 1] + items[n / 2]) / 2;
}

/* The same hour of like days. */
static bool usual_alike(const struct baseline *b, unsigned hour, struct usual *ret)
{
	bool weekend = hour / HOURS_A_DAY >= DAYS_A_WEEK - 2;
	double levels[DAYS_A_WEEK];
	unsigned n = 0;
	int64_t days = 0;
	for (unsigned day = weekend ? 5 : 0; day < (weekend ? 7u : 5u); day++) {
		unsigned slot = slot_get(b, day * HOURS_A_DAY + hour % HOURS_A_DAY);
		days += times_of(slot);
		if (times_of(slot) > 0) {
			levels[n++] = level_in(slot);
		}
	}
	if (n > 0) {
		*ret = (struct usual) { middle(levels, n), 0, days };
	}
	return n > 0;
}

static bool usual_at(
	const struct baseline *b, unsigned hour, int64_t min_days, struct usual *ret)
{
	unsigned slot = slot_get(b, hour);
	int64_t weeks = min_days / DAYS_A_WEEK;
	weeks = weeks < 1 ? 1 : weeks > TIMES_MAX ? TIMES_MAX : weeks;
	if (times_of(slot) >= 2 && times_of(slot) >= weeks) {
		*ret = (struct usual) { level_in(slot), times_of(slot), min_days };
		return true;
	}
	return usual_alike(b, hour, ret);
}

static unsigned week_hour(int64_t local_hour, enum school_day day)
{
	int64_t weekday = (int64_t)civil_weekday(local_hour / HOURS_A_DAY);
	weekday = day == SCHOOL_DAY_WORK ? WEDNESDAY : weekday;
	return (unsigned)(weekday * HOURS_A_DAY + local_hour % HOURS_A_DAY);
}

static int64_t local_ms(const struct school_days *days, int64_t at_ms)
{
	return at_ms +
	       (days != NULL ? days->offset_min : CIVIL_CHINA_OFFSET_MIN) * INT64_C(60000);
}

/* Between the middles of two hours by a straight line; days do not jump at the full hour. */
static bool usual_when(const struct baseline *b, const struct school_days *days, int64_t at_ms,
	int64_t min_days, struct usual *ret)
{
	int64_t local = local_ms(days, at_ms);
	int64_t hour = local / HOUR_MS;
	double part = (double)(local % HOUR_MS) / (double)HOUR_MS - 0.5;
	int64_t other = part < 0 ? hour - 1 : hour + 1;
	struct usual next = { 0 };
	enum school_day kind = school_days_of(days, hour / HOURS_A_DAY);
	if (!usual_at(b, week_hour(hour, kind), min_days, ret)) {
		return false;
	}
	kind = school_days_of(days, other / HOURS_A_DAY);
	if (usual_at(b, week_hour(other, kind), min_days, &next)) {
		ret->level += (next.level - ret->level) * fabs(part);
		ret->times = next.times < ret->times ? next.times : ret->times;
	}
	return true;
}

static double spread_at(const struct baseline *b, const struct school_days *days, int64_t at_ms)
{
	int64_t hour = local_ms(days, at_ms) / HOUR_MS % HOURS_A_DAY;
	double widest = 0;
	for (int i = 0; i < BASELINE_SPREADS && b->spread[hour / 2] == 0; i++) {
		widest = b->spread[i] > widest ? b->spread[i] : widest;
	}
	double mad = b->spread[hour / 2] != 0 ? b->spread[hour / 2] : widest;
	mad /= SPREAD_PARTS;
	return MAD_TO_SIGMA * (mad > SPREAD_LEAST ? mad : SPREAD_LEAST);
}

bool baseline_look(const struct baseline *baseline, const struct school_days *days,
	int64_t at_ms, double value, int64_t min_days, struct baseline_view *ret_view)
{
	struct usual usual = { 0 };
	int64_t day = local_ms(days, at_ms) / CIVIL_DAY_MS;
	if (!usual_when(baseline, days, at_ms, min_days, &usual) || usual.days < min_days) {
		return false;
	}
	double sigma = spread_at(baseline, days, at_ms) * (usual.times > 1 ? 1 : UNSURE);
	double expected = value_of(usual.level);
	struct baseline_view view = { .expected = expected,
		.deviations = (level_of(value) - usual.level) / sigma,
		.percent = expected > 0 ? 100 * (value - expected) / expected : 0,
		.sure = usual.times > 1 };
	if (expected <= 0 && value > 0) {
		view.percent = 100 * value / SMALLEST;
	}
	if (school_days_of(days, day) != SCHOOL_DAY_USUAL && view.deviations < 0) {
		view.deviations = 0;
	}
	*ret_view = view;
	return true;
}

/* ---- learning */

static void level_close(struct baseline *b, unsigned hour)
{
	unsigned slot = slot_get(b, hour);
	unsigned times = times_of(slot);
	double seen = (double)b->level_sum / b->samples;
	double level = level_in(slot);
	double step = (seen - level) / (times < TIMES_MAX ? times + 1 : TIMES_MAX + 1);
	double most = times > 1 ? LEVEL_STEP_MAX : LEVEL_MAX;
	step = step > most ? most : step < -most ? -most : step;
	level = times == 0 ? seen : level + step;
	times += times < TIMES_MAX;
	slot_put(b, hour, times << LEVEL_BITS | ((unsigned)(level + 0.5) & LEVEL_MAX));
}

static void spread_close(struct baseline *b, unsigned hour)
{
	uint8_t *spread = &b->spread[hour % HOURS_A_DAY / 2];
	double seen = MEAN_TO_MAD * SPREAD_PARTS * (double)b->distance_sum / DISTANCE_PARTS /
		      b->samples;
	double most = 2.0 * *spread + SPREAD_PARTS;
	double next =
		*spread == 0 ? seen : *spread + ((seen < most ? seen : most) - *spread) / 4;
	*spread = (uint8_t)(next < 1 ? 1 : next > UINT8_MAX ? UINT8_MAX : next + 0.5);
}

static void hour_close(struct baseline *b, const struct school_days *days)
{
	enum school_day kind = school_days_of(days, b->hour / HOURS_A_DAY);
	if (b->samples >= SAMPLES_LEAST && kind == SCHOOL_DAY_USUAL) {
		unsigned hour = week_hour(b->hour, kind);
		struct usual usual = { 0 };
		bool known = usual_at(b, hour, 1, &usual);
		level_close(b, hour);
		if (known && b->distance_sum > 0) {
			spread_close(b, hour);
		}
	}
	b->level_sum = 0;
	b->distance_sum = 0;
	b->samples = 0;
}

void baseline_learn(
	struct baseline *baseline, const struct school_days *days, int64_t at_ms, double value)
{
	int32_t hour = (int32_t)(local_ms(days, at_ms) / HOUR_MS);
	double level = level_of(value);
	struct usual usual = { 0 };
	if (hour != baseline->hour) {
		hour_close(baseline, days);
		baseline->hour = hour;
	}
	if (baseline->samples == UINT16_MAX) {
		return;
	}
	if (usual_when(baseline, days, at_ms, 1, &usual)) {
		baseline->distance_sum +=
			(uint32_t)(fabs(level - usual.level) * DISTANCE_PARTS);
	}
	baseline->level_sum += (uint32_t)(level + 0.5);
	baseline->samples++;
}
