/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Shared by metric.c (series and points), metric_judge.c (one sample against
 * one rule) and metric_say.c (signals).
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "detect/baseline.h"
#include "detect/metric.h"
#include "detect/trend.h"

enum { PAST_POINTS = 16 };

/* Values of a window, thinned out, for a rate. */
struct past {
	int64_t at_ms[PAST_POINTS];
	double value[PAST_POINTS];
	uint8_t count;
	uint8_t next;
};

struct point {
	const struct metric_rule *rule;
	int64_t bad_since_ms;  /* 0 = it is not */
	int64_t good_since_ms; /* while firing; 0 = it is not */
	int64_t fired_since_ms;
	int64_t of_id;     /* series it is a percentage of; 0 = none */
	int64_t unless_id; /* and in whose favour it is silent */
	bool firing;
	bool grave;   /* and said to be beyond the rule's second limit */
	bool latency; /* looks at the time the answer took */
	union {
		struct baseline *baseline;
		struct trend *trend;
		struct past *past;
		void *memory;
	};
};

struct watched {
	int64_t id;
	const struct metric_check *check; /* in the engine's table */
	int64_t check_id;
	int64_t last_ms; /* 0 = nothing came yet */
	double last_value;
	struct slice metric;
	struct slice instance;
	struct slice unit;
	struct slice label;
	struct point *points;
	size_t point_count;
	struct watched
		*then; /* whose sample came after this one's the last time; NULL = not known */
	char text[];   /* of the slices */
};

enum verdict_kind { VERDICT_NONE, VERDICT_GOOD, VERDICT_BETWEEN, VERDICT_BAD };

struct verdict {
	enum verdict_kind kind;
	bool above;      /* which side is left */
	bool grave;      /* beyond the second limit, too */
	bool percent;    /* value and limit are percentages */
	double value;    /* as the rule looks at it */
	double limit;    /* what it is held against */
	double expected; /* baseline */
	int64_t eta_ms;  /* forecast: when the limit is reached */
};

/* What the rule says of a value at a time; keeps what the kind has to remember. */
struct verdict point_judge(struct point *point, struct baseline_moment *moment, int64_t at_ms,
	double value, double of);

enum { METRIC_DEDUP_MAX = METRIC_RULE_ID_MAX + 20 };

/* "RULE:SERIES" */
struct slice point_key(
	const struct point *point, const struct watched *watched, char room[METRIC_DEDUP_MAX]);

void point_say(const struct point *point, const struct watched *watched,
	const struct verdict *verdict, int64_t at_ms, const struct burst_sink *sink);
