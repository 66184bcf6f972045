/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Rules over figures: samples in the order of their times go in, signals come
 * out.  A pure function of the table of rules and checks, the announcements,
 * the samples and the ticks, so that a test over old rows says what a live run
 * would have said.
 *
 * A point is one rule on one series.  It fires once when its condition has
 * held for the rule's duration and resolves when that is over, past the
 * hysteresis.  Samples that were not taken in earnest (maintenance, unknown)
 * are judged by no rule; they still count as having come.
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "detect/burst.h"
#include "detect/metric_rule.h"
#include "model/row.h"

struct metrics;
struct school_days;

enum {
	METRIC_RULES_MAX = 512,
	METRIC_SERIES_MAX = 1 << 20, /* looked at by some rule; more are refused and counted */
	METRIC_TICK_MS = 5000,       /* how often absence is looked for */
};

/** What the rules may know of a check. */
struct metric_check {
	int64_t id;
	int64_t asset_id; /* 0 = none */
	int64_t unit_id;
	struct slice name; /* for people */
	struct slice key;  /* address or host name, by which the desk finds the asset */
	struct slice main; /* metric of the check's own series */
};

struct metric_setup {
	const struct school_days *days; /* borrowed */
	bool replay; /* of old rows: a series nobody heard of is not silent */
	uint8_t seed[16];
	/** Id of the series a check has in a metric: rows/series.h. */
	int64_t (*series_id)(int64_t check_id, struct slice metric, struct slice instance);
};

struct metrics *metrics_create(const struct metric_setup *setup);
struct metrics *metrics_destroy(struct metrics *metrics);

struct metric_table {
	const struct metric_rule *rules;
	size_t rule_count;
	const struct metric_check *checks;
	size_t check_count;
};

/**
 * Work by these from now on; all of it is copied.  A rule whose condition is
 * the same goes on; what fires and is looked at by nobody any more resolves.
 *
 * Returns: 0 or E_LIMIT (METRIC_RULES_MAX); the old table then stays.
 */
NODISCARD int metrics_take_table(struct metrics *metrics, const struct metric_table *table,
	int64_t now_ms, const struct burst_sink *sink);

/** An alert by this key fires already: its point begins so.  Before any row. */
void metrics_note_firing(struct metrics *metrics, struct slice dedup_key, int64_t since_ms);

/**
 * From now on nothing begins to fire: rows from before anybody listened are
 * learnt from.  What is bad then still fires with the first row after it.
 */
void metrics_hush(struct metrics *metrics, bool hushed);

/** An announcement; those no rule looks at are passed over. */
void metrics_series(struct metrics *metrics, const struct series_row *row);
void metrics_sample(
	struct metrics *metrics, const struct sample_row *row, const struct burst_sink *sink);
/** Time passes without rows. */
void metrics_tick(struct metrics *metrics, int64_t now_ms, const struct burst_sink *sink);

/** How far back samples still bear on what the rules will say. */
int64_t metrics_memory_ms(const struct metrics *metrics);

struct metric_counters {
	uint64_t samples;
	uint64_t judged; /* a rule looked at one */
	uint64_t fired;
	uint64_t resolved;
	uint64_t refused; /* series past METRIC_SERIES_MAX */
	uint64_t series;  /* now */
	uint64_t points;  /* now */
	uint64_t octets;  /* now, of series and points */
};

/** Series that a rule looks at and that a sample came of. */
size_t metrics_heard(const struct metrics *metrics);

struct metric_counters metrics_counters(const struct metrics *metrics);
