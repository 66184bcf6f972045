/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = TREND_POINTS * (TREND_POINTS - 1) / 2, POINTS_LEAST = 8 };

#define STRAY_MOST 3.0    /* the window's way must be this many times the MAD */
#define ETA_MAX_MS 3.0e11 /* ten years: past it nothing is said */

void trend_init(struct trend *trend, int64_t window_ms)
{
	memset(trend, 0, sizeof(*trend));
	trend->window_ms = window_ms;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *items, size_t n)
{
	qsort(items, n, sizeof(*items), by_value);
	return n % 2 == 1 ? items[n / 2] : (items[n / 2 - 1] + items[n / 2]) / 2;
}

static double slope_of(const struct trend *t, double slopes[PAIRS_MAX])
{
	size_t n = 0;
	for (unsigned i = 0; i < t->count; i++) {
		for (unsigned k = i + 1; k < t->count; k++) {
			double span = (double)(t->at_ms[k] - t->at_ms[i]);
			if (span != 0) {
				slopes[n++] = (t->value[k] - t->value[i]) / span;
			}
		}
	}
	return n > 0 ? median(slopes, n) : 0;
}

static void fit(struct trend *t, int64_t first_ms, int64_t last_ms)
{
	double room[PAIRS_MAX];
	t->slope = slope_of(t, room);
	t->base_ms = last_ms;
	for (unsigned i = 0; i < t->count; i++) {
		room[i] = t->value[i] - t->slope * (double)(t->at_ms[i] - last_ms);
	}
	t->intercept = median(room, t->count);
	for (unsigned i = 0; i < t->count; i++) {
		double line = t->intercept + t->slope * (double)(t->at_ms[i] - last_ms);
		room[i] = fabs(t->value[i] - line);
	}
	double way = fabs(t->slope) * (double)(last_ms - first_ms);
	t->steady = way > STRAY_MOST * median(room, t->count);
	t->fitted = t->count >= POINTS_LEAST && (last_ms - first_ms) * 4 >= t->window_ms;
}

void trend_add(struct trend *trend, int64_t at_ms, double value)
{
	unsigned last = (trend->next + TREND_POINTS - 1u) % TREND_POINTS;
	if (trend->count > 0 && at_ms - trend->at_ms[last] < trend->window_ms / TREND_POINTS) {
		return;
	}
	trend->at_ms[trend->next] = at_ms;
	trend->value[trend->next] = value;
	trend->next = (uint8_t)((trend->next + 1u) % TREND_POINTS);
	trend->count = trend->count < TREND_POINTS ? (uint8_t)(trend->count + 1) : TREND_POINTS;
	unsigned first = trend->count < TREND_POINTS ? 0 : trend->next;
	fit(trend, trend->at_ms[first], at_ms);
}

bool trend_eta(const struct trend *trend, int64_t now_ms, double limit, bool rising,
	int64_t *ret_eta_ms)
{
	double slope = rising ? trend->slope : -trend->slope;
	if (!trend->fitted || !trend->steady || slope <= 0) {
		return false;
	}
	double left = (limit - trend->intercept) / trend->slope;
	double eta = (double)(trend->base_ms - now_ms) + left;
	if (!(eta < ETA_MAX_MS)) {
		return false;
	}
	*ret_eta_ms = eta > 0 ? now_ms + (int64_t)eta : now_ms;
	return true;
}
