/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A rule over figures as data, checked: which metric, of what, and the
 * condition under which it is worth an alert.  docs/rules.md names the metrics
 * and tells the members apart by kind:
 *
 *	threshold  op above|below, limit, clear, of, unless, grave, grave_severity
 *	rate       op, limit, window_s, relative: change within the window
 *	absence    duration_s without a sample
 *	forecast   op, limit, window_s looked back on, horizon_s to the limit
 *	baseline   op above|below|either, deviations, limit (least change in %), min_days
 *
 * Layer: detect.  Threading: reentrant.  Fuzz target: fuzz/metric_rule.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/name.h"
#include "model/scale.h"

struct arena;
struct diag;
struct json;

enum metric_kind {
	METRIC_THRESHOLD,
	METRIC_RATE,
	METRIC_ABSENCE,
	METRIC_FORECAST,
	METRIC_BASELINE,
};

enum metric_op { METRIC_ABOVE, METRIC_BELOW, METRIC_EITHER };

enum metric_scope { METRIC_ALL, METRIC_UNIT, METRIC_ASSET, METRIC_CHECK };

enum {
	METRIC_RULE_ID_MAX = 64,
	METRIC_RULE_NAME_MAX = 120, /* code points */
	METRIC_NAME_MAX = 64,
	METRIC_DURATION_MAX_S = 7 * 86400,
	METRIC_WINDOW_MIN_S = 60,
	METRIC_WINDOW_MAX_S = 7 * 86400,
	METRIC_HORIZON_MAX_S = 400 * 86400,
};

extern const struct name_table metric_kind_names;
extern const struct name_table metric_op_names;
extern const struct name_table metric_scope_names;

struct metric_rule {
	struct slice id;
	struct slice name;     /* for people; may be empty in a test */
	struct slice name_en;  /* of shipped rules */
	struct slice replaces; /* id of the shipped rule it stands for; empty = none */
	struct slice metric;
	struct slice of; /* metric of the same instance it is a percentage of */
	struct slice
		unless; /* metric of the same instance: where it is told, the rule is silent */
	struct slice instance; /* only this one; empty = every */
	enum metric_kind kind;
	enum metric_op op;
	enum metric_scope scope;
	int64_t scope_id;
	double limit;
	double grave;        /* a second limit further out; has_grave */
	double clear;        /* hysteresis: ends when past this, not past the limit */
	double deviations;   /* baseline: robust standard deviations */
	int64_t min_days;    /* baseline: days of history before it judges */
	int64_t duration_ms; /* it must hold this long */
	int64_t clear_ms;    /* and be gone this long */
	int64_t window_ms;   /* rate, forecast */
	int64_t horizon_ms;  /* forecast */
	bool has_grave;
	enum alert_severity grave_severity;
	bool relative;        /* rate: limit is in percent of the value before */
	uint64_t fingerprint; /* of the condition: same = its state can be kept */
	enum alert_severity severity;
};

/** Is this a rule over figures, and not one over log lines? */
bool metric_rule_is(const struct json *root);

/**
 * Shape:   a JSON object; members of another kind are refused, so that a rule
 *          says nothing that is not looked at.
 * Owns:    texts of *ret_rule live in the arena or borrow from root.
 * Returns: 0, or E_INPUT with diag naming the member at fault.
 */
NODISCARD int metric_rule_take(
	const struct json *root, struct metric_rule *ret_rule, struct diag *diag);

/** As metric_rule_take, from text.  Returns: also json_parse's errors. */
NODISCARD int metric_rule_read(struct arena *arena, struct slice text,
	struct metric_rule *ret_rule, struct diag *diag);

/** How far back samples still bear on what the rule will say. */
int64_t metric_rule_memory_ms(const struct metric_rule *rule);
