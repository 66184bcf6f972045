/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/attr.h"
#include "detect/metric_priv.h"

#define WEEK_MS INT64_C(604800000)

static void *memory_of(struct point *point, size_t octets)
{
	if (point->memory == NULL) {
		point->memory = calloc(1, octets);
		if (point->memory == NULL) {
			abort();
		}
	}
	return point->memory;
}

static struct verdict held_against(const struct metric_rule *rule, double value)
{
	bool above = rule->op == METRIC_ABOVE;
	bool bad = above ? value > rule->limit : value < rule->limit;
	bool good = above ? value <= rule->clear : value >= rule->clear;
	bool grave = rule->has_grave && (above ? value > rule->grave : value < rule->grave);
	return (struct verdict) { .kind = bad    ? VERDICT_BAD
					  : good ? VERDICT_GOOD
						 : VERDICT_BETWEEN,
		.above = above,
		.grave = grave,
		.percent = rule->of.n > 0,
		.value = value,
		.limit = grave ? rule->grave : rule->limit };
}

static struct verdict judge_threshold(const struct metric_rule *rule, double value, double of)
{
	if (rule->of.n == 0) {
		return held_against(rule, value);
	}
	/* A port that does not say how fast it is has no utilisation. */
	return of > 0 ? held_against(rule, 100 * value / of) : (struct verdict) { 0 };
}

/* ---- rate */

static void past_add(struct past *past, int64_t at_ms, double value, int64_t window_ms)
{
	unsigned last = (past->next + PAST_POINTS - 1u) % PAST_POINTS;
	if (past->count > 0 && at_ms - past->at_ms[last] < window_ms / (PAST_POINTS - 4)) {
		return;
	}
	past->at_ms[past->next] = at_ms;
	past->value[past->next] = value;
	past->next = (uint8_t)((past->next + 1u) % PAST_POINTS);
	past->count = past->count < PAST_POINTS ? (uint8_t)(past->count + 1) : PAST_POINTS;
}

/* The youngest value that is a window old or older, but not twice as old. */
static bool past_find(const struct past *past, int64_t at_ms, int64_t window_ms, double *ret)
{
	int64_t best_ms = INT64_MIN;
	for (unsigned i = 0; i < past->count; i++) {
		int64_t age_ms = at_ms - past->at_ms[i];
		if (age_ms >= window_ms && age_ms < 2 * window_ms && past->at_ms[i] > best_ms) {
			best_ms = past->at_ms[i];
			*ret = past->value[i];
		}
	}
	return best_ms != INT64_MIN;
}

static struct verdict judge_rate(struct point *point, int64_t at_ms, double value)
{
	const struct metric_rule *rule = point->rule;
	struct past *past = memory_of(point, sizeof(*past));
	double before = 0;
	bool found = past_find(past, at_ms, rule->window_ms, &before);
	past_add(past, at_ms, value, rule->window_ms);
	if (!found || (rule->relative && before == 0)) {
		return (struct verdict) { 0 };
	}
	double change = value - before;
	change = rule->relative ? 100 * change / fabs(before) : change;
	bool bad = (rule->op != METRIC_BELOW && change > rule->limit) ||
		   (rule->op != METRIC_ABOVE && change < -rule->limit);
	return (struct verdict) { .kind = bad ? VERDICT_BAD : VERDICT_GOOD,
		.above = change > 0,
		.percent = rule->relative,
		.value = change,
		.limit = change > 0 ? rule->limit : -rule->limit };
}

/* ---- forecast */

static struct verdict judge_forecast(struct point *point, int64_t at_ms, double value)
{
	const struct metric_rule *rule = point->rule;
	struct trend *trend = point->trend;
	bool rising = rule->op == METRIC_ABOVE;
	int64_t eta_ms = 0;
	if (trend == NULL) {
		trend = memory_of(point, sizeof(*trend));
		trend_init(trend, rule->window_ms);
	}
	trend_add(trend, at_ms, value);
	struct verdict verdict = {
		.kind = VERDICT_GOOD, .above = rising, .value = value, .limit = rule->limit
	};
	if (rising ? value >= rule->limit : value <= rule->limit) {
		verdict.kind = VERDICT_BAD;
		verdict.eta_ms = at_ms;
	} else if (!trend->fitted) {
		verdict.kind = VERDICT_NONE;
	} else if (trend_eta(trend, at_ms, rule->limit, rising, &eta_ms)) {
		int64_t left_ms = eta_ms - at_ms;
		verdict.eta_ms = eta_ms;
		verdict.kind = left_ms <= rule->horizon_ms           ? VERDICT_BAD
			       : left_ms / 5 * 4 <= rule->horizon_ms ? VERDICT_BETWEEN
								     : VERDICT_GOOD;
	}
	return verdict;
}

/* ---- baseline */

static enum verdict_kind off_baseline(
	const struct metric_rule *rule, const struct baseline_view *view)
{
	/* A fall by a third is the same step as a rise by a half. */
	double rise = rule->limit;
	double fall = -100 * rule->limit / (100 + rule->limit);
	bool up = view->deviations >= rule->deviations && view->percent >= rise;
	bool down = view->deviations <= -rule->deviations && view->percent <= fall;
	if ((up && rule->op != METRIC_BELOW) || (down && rule->op != METRIC_ABOVE)) {
		return VERDICT_BAD;
	}
	return fabs(view->deviations) < rule->deviations / 2 ? VERDICT_GOOD : VERDICT_BETWEEN;
}

static struct verdict judge_baseline(
	struct point *point, struct baseline_moment *moment, int64_t at_ms, double value)
{
	const struct metric_rule *rule = point->rule;
	struct baseline *baseline = memory_of(point, sizeof(*baseline));
	struct baseline_view view = { 0 };
	struct verdict verdict = { .value = value };
	baseline_moment_set(moment, at_ms);
	if (baseline_look(baseline, moment, value, rule->min_days, &view)) {
		verdict.kind = off_baseline(rule, &view);
		verdict.above = view.deviations > 0;
		verdict.expected = view.expected;
		verdict.limit = view.expected;
	}
	/* What goes on for a week is the new usual: the old one is let go. */
	if (point->firing && at_ms - point->fired_since_ms > WEEK_MS) {
		*baseline = (struct baseline) { 0 };
		point->fired_since_ms = at_ms;
	}
	if (verdict.kind != VERDICT_BAD && !(point->firing && verdict.kind != VERDICT_NONE)) {
		baseline_learn(baseline, moment, &view);
	}
	return verdict;
}

struct verdict point_judge(struct point *point, struct baseline_moment *moment, int64_t at_ms,
	double value, double of)
{
	switch (point->rule->kind) {
	case METRIC_THRESHOLD:
		return judge_threshold(point->rule, value, of);
	case METRIC_RATE:
		return judge_rate(point, at_ms, value);
	case METRIC_FORECAST:
		return judge_forecast(point, at_ms, value);
	case METRIC_BASELINE:
		return judge_baseline(point, moment, at_ms, value);
	case METRIC_ABSENCE:
		break;
	}
	return (struct verdict) { .kind = VERDICT_GOOD, .value = value };
}
