/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/jw.h"
#include "detect/metric_priv.h"
#include "model/signal.h"

enum { NUMBER_MAX = 48, ARGS_TEXT_MAX = 160 };

static const char *const classes[] = {
	[METRIC_THRESHOLD] = "metric.threshold",
	[METRIC_RATE] = "metric.rate",
	[METRIC_ABSENCE] = "metric.absence",
	[METRIC_FORECAST] = "metric.forecast",
	[METRIC_BASELINE] = "metric.baseline",
};

static const char *const codes[][2] = {
	[METRIC_THRESHOLD] = { "metric.below", "metric.above" },
	[METRIC_RATE] = { "metric.falls", "metric.rises" },
	[METRIC_ABSENCE] = { "metric.absent", "metric.absent" },
	[METRIC_FORECAST] = { "metric.forecast", "metric.forecast" },
	[METRIC_BASELINE] = { "metric.less_than_usual", "metric.more_than_usual" },
};

/* Three figures that say something; large ones by thousands. */
static void put_number(char room[NUMBER_MAX], double value, struct slice unit)
{
	static const char *const thousands[] = { "", "k", "M", "G", "T", "P" };
	bool scaled = slice_is(unit, "bit/s") || slice_is(unit, "B") || slice_is(unit, "B/s");
	bool micro = slice_is(unit, "us");
	unsigned at = 0;
	unit = micro ? SLICE("ms") : slice_head(unit, 12);
	value = micro ? value / 1000 : value;
	while (scaled && fabs(value) >= 1000 && at + 1 < 6) {
		value /= 1000;
		at++;
	}
	bool tight = unit.n == 0 || slice_is(unit, "%");
	(void)snprintf(room, NUMBER_MAX, "%.*f%s%s%.*s",
		fabs(value) >= 100  ? 0
		: fabs(value) >= 10 ? 1
				    : 2,
		value, tight ? "" : " ", thousands[at], SLICE_FMT(unit));
}

static void put_time(char room[NUMBER_MAX], int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	(void)snprintf(room, NUMBER_MAX, "%04d-%02u-%02u %02u:%02u", c.year, c.month, c.day,
		c.hour, c.minute);
}

static struct slice what_of(const struct watched *watched)
{
	return watched->label.n > 0 ? watched->label : watched->instance;
}

static void put_subject(struct jw *jw, const struct watched *watched)
{
	char room[2 * ARGS_TEXT_MAX + 2];
	struct slice name = watched->check != NULL
				    ? slice_head(watched->check->name, ARGS_TEXT_MAX)
				    : SLICE("");
	struct slice what = slice_head(what_of(watched), ARGS_TEXT_MAX);
	int n = snprintf(room, sizeof(room), "%.*s%s%.*s", SLICE_FMT(name),
		name.n > 0 && what.n > 0 ? " " : "", SLICE_FMT(what));
	jw_kv_str(jw, "name", slice_of(room, n > 0 ? (size_t)n : 0));
}

static void put_args(const struct point *point, const struct watched *watched,
	const struct verdict *verdict, int64_t at_ms, struct buf *buf)
{
	const struct metric_rule *rule = point->rule;
	char room[NUMBER_MAX];
	struct slice unit = verdict->percent ? SLICE("%")
			    : point->latency ? SLICE("us")
					     : watched->unit;
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	put_subject(&jw, watched);
	jw_kv_str(&jw, "rule", rule->name.n > 0 ? rule->name : rule->id);
	jw_kv_str(&jw, "metric", rule->metric);
	jw_kv_str(&jw, "instance", slice_head(what_of(watched), ARGS_TEXT_MAX));
	put_number(room, verdict->value, unit);
	jw_kv_str(&jw, "value", slice_str(room));
	put_number(room, verdict->limit, unit);
	jw_kv_str(&jw, "limit", slice_str(room));
	put_time(room, point->fired_since_ms);
	jw_kv_str(&jw, "since", slice_str(room));
	jw_kv_int(&jw, "minutes", (at_ms - point->fired_since_ms) / 60000);
	if (rule->kind == METRIC_FORECAST) {
		put_time(room, verdict->eta_ms);
		jw_kv_str(&jw, "eta", slice_str(room));
	}
	jw_end(&jw);
}

static void put_filter(const struct watched *watched, struct buf *buf)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	jw_kv_int(&jw, "check_id", watched->check_id);
	jw_kv_str(&jw, "metric", watched->metric);
	jw_kv_str(&jw, "instance", slice_head(watched->instance, 256));
	jw_end(&jw);
}

struct slice point_key(
	const struct point *point, const struct watched *watched, char room[METRIC_DEDUP_MAX])
{
	int n = snprintf(room, METRIC_DEDUP_MAX, "%.*s:%" PRIx64,
		SLICE_FMT(slice_head(point->rule->id, METRIC_RULE_ID_MAX)),
		(uint64_t)watched->id);
	return slice_of(room, n > 0 ? (size_t)n : 0);
}

void point_say(const struct point *point, const struct watched *watched,
	const struct verdict *verdict, int64_t at_ms, const struct burst_sink *sink)
{
	AUTO_BUF struct buf args;
	AUTO_BUF struct buf filter;
	char key[METRIC_DEDUP_MAX];
	char check[24];
	const struct metric_rule *rule = point->rule;
	buf_init(&args, SIGNAL_TEXT_MAX);
	buf_init(&filter, SIGNAL_TEXT_MAX);
	put_args(point, watched, verdict, at_ms, &args);
	put_filter(watched, &filter);
	(void)snprintf(check, sizeof(check), "%" PRId64, watched->check_id);
	bool placed = watched->check != NULL && watched->check->key.n > 0;
	struct signal signal = {
		.source = SLICE("detect"),
		.check = rule->id,
		.asset_key = placed ? slice_head(watched->check->key, SIGNAL_KEY_MAX)
				    : slice_str(check),
		.class = slice_str(classes[rule->kind]),
		.severity = point->grave ? rule->grave_severity : rule->severity,
		.observed_at_ms = at_ms,
		.state = point->firing ? SIGNAL_FIRING : SIGNAL_RESOLVED,
		.evidence = { SLICE("sample"), buf_slice(&filter), point->fired_since_ms,
			at_ms },
		.dedup_key = point_key(point, watched, key),
		.code = slice_str(codes[rule->kind][verdict->above]),
		.args = buf_slice(&args),
	};
	sink->emit(sink->context, &signal);
}
