/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/baseline.h"

#include <math.h>

#include "base/civil.h"

#define HOUR_MS INT64_C(3600000)

enum {
	STEPS_AN_OCTAVE = 32,
	LEVEL_BITS = 11,
	LEVEL_MAX = (1 << LEVEL_BITS) - 1,
	SLOT_BITS = 13,
	SLOT_MASK = (1 << SLOT_BITS) - 1,
	TIMES_MAX = 3,
	WEEKS_LEAST = 2, /* for an hour of the week to stand for itself */
	DAYS_A_WEEK = 7,
	WEEKDAYS = 5,
	LIKE_DAYS_MAX = WEEKDAYS,
	HOURS_A_DAY = 24,
	DAY_OCTETS = HOURS_A_DAY * SLOT_BITS / 8, /* from an hour to that of the next day */
	SAMPLES_LEAST = 3,                        /* of an hour worth learning */
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

/* The three octets in which an hour's slot lies. */
static unsigned octets_at(const uint8_t *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16;
}

static unsigned slot_get(const struct baseline *b, unsigned hour)
{
	unsigned bit = hour * SLOT_BITS;
	return octets_at(&b->level[bit / 8]) >> bit % 8 & SLOT_MASK;
}

static void slot_put(struct baseline *b, unsigned hour, unsigned value)
{
	unsigned bit = hour * SLOT_BITS;
	uint8_t *p = &b->level[bit / 8];
	unsigned mask = (unsigned)SLOT_MASK << bit % 8;
	unsigned octets = (octets_at(p) & ~mask) | value << bit % 8;
	p[0] = (uint8_t)octets;
	p[1] = (uint8_t)(octets >> 8);
	p[2] = (uint8_t)(octets >> 16);
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

enum { ABSENT = LEVEL_MAX + 1 };

static void in_order(unsigned *a, unsigned *b)
{
	unsigned low = *a < *b ? *a : *b;
	*b = *a < *b ? *b : *a;
	*a = low;
}

/* The middle of the first n by size of five.  No branch: what comes next cannot be foreseen. */
static double middle(unsigned items[LIKE_DAYS_MAX], unsigned n)
{
	static const uint8_t steps[][2] = { { 0, 3 }, { 1, 4 }, { 0, 2 }, { 1, 3 }, { 0, 1 },
		{ 2, 4 }, { 1, 2 }, { 3, 4 }, { 2, 3 } };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		in_order(&items[steps[i][0]], &items[steps[i][1]]);
	}
	return (double)(items[n / 2] + items[(n - 1) / 2]) / 2;
}

/* The same hour of like days: Monday to Friday, or the weekend. */
static bool usual_alike(const struct baseline *b, unsigned hour, struct usual *ret)
{
	bool weekend = hour / HOURS_A_DAY >= DAYS_A_WEEK - 2;
	unsigned bit =
		((weekend ? WEEKDAYS * HOURS_A_DAY : 0) + hour % HOURS_A_DAY) * SLOT_BITS;
	const uint8_t *p = &b->level[bit / 8];
	unsigned levels[LIKE_DAYS_MAX] = { ABSENT, ABSENT, ABSENT, ABSENT, ABSENT };
	unsigned n = 0;
	unsigned days = 0;
	for (unsigned day = 0; day < (weekend ? 2u : LIKE_DAYS_MAX); day++, p += DAY_OCTETS) {
		unsigned slot = octets_at(p) >> bit % 8 & SLOT_MASK;
		days += times_of(slot);
		n += times_of(slot) > 0;
		levels[day] = times_of(slot) > 0 ? slot & LEVEL_MAX : ABSENT;
	}
	if (n > 0) {
		*ret = (struct usual) { middle(levels, n), 0, days };
	}
	return n > 0;
}

/* An hour that was learnt in as many weeks speaks for itself. */
static bool usual_at(const struct baseline *b, unsigned hour, unsigned weeks, struct usual *ret)
{
	unsigned slot = slot_get(b, hour);
	if (times_of(slot) >= weeks) {
		*ret = (struct usual) { level_in(slot), times_of(slot), INT64_MAX };
		return true;
	}
	return usual_alike(b, hour, ret);
}

/* Between the middles of two hours by a straight line; days do not jump at the full hour. */
static bool usual_when(const struct baseline *b, const struct baseline_moment *moment,
	unsigned weeks, struct usual *ret)
{
	struct usual next = { 0 };
	if (!usual_at(b, moment->week_hour[1], weeks, ret)) {
		return false;
	}
	if (usual_at(b, moment->week_hour[moment->nearer], weeks, &next)) {
		ret->level += (next.level - ret->level) * moment->part;
		ret->times = next.times < ret->times ? next.times : ret->times;
	}
	return true;
}

static unsigned week_hour(int64_t local_hour, enum school_day day)
{
	int64_t weekday = (int64_t)civil_weekday(local_hour / HOURS_A_DAY);
	weekday = day == SCHOOL_DAY_WORK ? WEDNESDAY : weekday;
	return (unsigned)(weekday * HOURS_A_DAY + local_hour % HOURS_A_DAY);
}

void baseline_moment_set(struct baseline_moment *moment, int64_t at_ms)
{
	const struct school_days *days = moment->days;
	int64_t zone_min = days != NULL ? days->offset_min : CIVIL_CHINA_OFFSET_MIN;
	int64_t local_ms = at_ms + zone_min * INT64_C(60000);
	int64_t hour = local_ms / HOUR_MS;
	double part = (double)(local_ms % HOUR_MS) / (double)HOUR_MS - 0.5;
	moment->nearer = part < 0 ? 0 : 2;
	moment->part = fabs(part);
	if (moment->set && moment->hour == (int32_t)hour) {
		return;
	}
	moment->set = true;
	moment->hour = (int32_t)hour;
	moment->kind = school_days_of(days, hour / HOURS_A_DAY);
	for (int i = 0; i < 3; i++) {
		int64_t of = hour + i - 1;
		moment->week_hour[i] = week_hour(of, school_days_of(days, of / HOURS_A_DAY));
	}
}

static double spread_at(const struct baseline *b, unsigned hour)
{
	double widest = 0;
	for (int i = 0; i < BASELINE_SPREADS && b->spread[hour / 2] == 0; i++) {
		widest = b->spread[i] > widest ? b->spread[i] : widest;
	}
	double mad = b->spread[hour / 2] != 0 ? b->spread[hour / 2] : widest;
	mad /= SPREAD_PARTS;
	return MAD_TO_SIGMA * (mad > SPREAD_LEAST ? mad : SPREAD_LEAST);
}

bool baseline_look(const struct baseline *baseline, const struct baseline_moment *moment,
	double value, int64_t min_days, struct baseline_view *ret_view)
{
	struct usual usual = { 0 };
	struct usual learnt = { 0 };
	struct baseline_view view = { .level = level_of(value), .usual = (double)NAN };
	unsigned weeks = min_days < INT64_C(3) * DAYS_A_WEEK ? WEEKS_LEAST : TIMES_MAX;
	bool known = usual_when(baseline, moment, weeks, &usual);
	if (known) {
		view.usual = usual.level;
	}
	if (known && weeks > WEEKS_LEAST &&
		usual_when(baseline, moment, WEEKS_LEAST, &learnt)) {
		view.usual = learnt.level;
	}
	known = known && usual.days >= min_days;
	if (known) {
		double sigma = spread_at(baseline, (unsigned)moment->hour % HOURS_A_DAY) *
			       (usual.times > 1 ? 1 : UNSURE);
		view.expected = value_of(usual.level);
		view.deviations = (view.level - usual.level) / sigma;
		view.percent = view.expected > 0 ? 100 * (value - view.expected) / view.expected
			       : value > 0       ? 100 * value / SMALLEST
						 : 0;
		view.sure = usual.times > 1;
		if (moment->kind != SCHOOL_DAY_USUAL && view.deviations < 0) {
			view.deviations = 0;
		}
	}
	*ret_view = view;
	return known;
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
		bool known = usual_at(b, hour, WEEKS_LEAST, &usual);
		level_close(b, hour);
		if (known && b->distance_sum > 0) {
			spread_close(b, hour);
		}
	}
	b->level_sum = 0;
	b->distance_sum = 0;
	b->samples = 0;
}

void baseline_learn(struct baseline *baseline, const struct baseline_moment *moment,
	const struct baseline_view *view)
{
	double usual = view->usual;
	if (moment->hour != baseline->hour) {
		struct usual now = { .level = (double)NAN };
		hour_close(baseline, moment->days);
		baseline->hour = moment->hour;
		/* What was seen before the hour was learnt is old. */
		(void)usual_when(baseline, moment, WEEKS_LEAST, &now);
		usual = now.level;
	}
	if (baseline->samples == UINT16_MAX) {
		return;
	}
	if (!isnan(usual)) {
		baseline->distance_sum +=
			(uint32_t)(fabs(view->level - usual) * DISTANCE_PARTS);
	}
	baseline->level_sum += (uint32_t)(view->level + 0.5);
	baseline->samples++;
}
