/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading rows back out of the tails of all shards, within limits, and saying
 * with every answer what it covers.
 *
 * Layer: rows.  Threading: one owner; every call reads the folders afresh.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "rows/batch.h"

struct arena;

enum {
	QUERY_SHARDS_MAX = 64,
	QUERY_BATCHES_MAX = 1 << 20, /* of one file */
	QUERY_BEATS = 48,
	QUERY_STATES_MAX = 16,
	QUERY_ROWS_DEFAULT = 5000000,
	QUERY_BUDGET_DEFAULT_MS = 2000,
};

/** 0 takes the default. */
struct query_limits {
	uint64_t rows_max; /* rows looked at */
	int64_t budget_ms;
};

enum query_stop { QUERY_WHOLE, QUERY_STOP_ROWS, QUERY_STOP_TIME, QUERY_STOP_BATCHES };

/** What an answer rests on. */
struct query_coverage {
	int64_t from_ms; /* asked */
	int64_t to_ms;
	int64_t oldest_ms;    /* start of the oldest file there is; INT64_MAX without any */
	enum query_stop stop; /* anything but QUERY_WHOLE: the answer is not complete */
	uint64_t rows_scanned;
	uint64_t rows_matched;
	uint64_t files;
	uint64_t batches_skipped; /* by time */
	uint64_t batches_bad;
	uint64_t octets_torn;
	uint64_t shards;
	uint64_t shards_refused; /* past QUERY_SHARDS_MAX, or not readable */
	int64_t took_ms;
};

struct query_store;

/**
 * dir_fd is DATA/tail, whose folders are the shards; duplicated.
 *
 * Owns:    *ret_store; release with query_store_close.
 * Returns: 0 or -errno.
 */
NODISCARD int query_store_open(int dir_fd, struct query_store **ret_store);
struct query_store *query_store_close(struct query_store *store);

enum query_verdict { QUERY_PASS, QUERY_MATCH, QUERY_ENOUGH };

struct query_request {
	enum row_kind kind;
	int64_t from_ms;   /* inclusive */
	int64_t to_ms;     /* inclusive */
	bool newest_first; /* files, batches and rows backwards, within each shard */
	struct query_limits limits;
	struct arena *arena; /* of query_samples and query_logs: takes the texts */
	const int64_t
		*floor_ms; /* batches wholly before it are skipped; it may rise meanwhile */
	/** A row in time; QUERY_ENOUGH counts as a match and ends this shard. */
	enum query_verdict (*visit)(void *context, const struct batch *batch, size_t row);
	void *context;
};

/** Returns: 0 or -errno of the folder; damage shows in the coverage only. */
NODISCARD int query_scan(struct query_store *store, const struct query_request *request,
	struct query_coverage *ret_coverage);

struct query_latest {
	int64_t series_id; /* asked */
	bool found;
	struct sample_row row; /* its code lives in the arena */
};

/** The newest sample of each series not older than from_ms; items are filled in place. */
NODISCARD int query_latest(struct query_store *store, struct arena *arena, int64_t from_ms,
	struct query_latest *items, size_t count, struct query_coverage *ret_coverage);

/**
 * Samples of one series in [from_ms, to_ms], oldest first, at most max; more
 * than that leave the oldest out and stop is QUERY_STOP_ROWS.  Texts live in
 * range->arena.
 *
 * Returns: how many, or -errno.
 */
NODISCARD int query_samples(struct query_store *store, const struct query_request *range,
	int64_t series_id, struct sample_row *ret_rows, size_t max,
	struct query_coverage *ret_coverage);

/**
 * The series a check was measured in, as last announced in [from_ms, to_ms],
 * by metric and instance.  An announcement stands at the full hour or later,
 * so ask from an hour before the samples wanted.
 *
 * Shape:   check_id 0 = of every check; more than max leave the rest out and stop
 *          is QUERY_STOP_ROWS.
 * Owns:    texts live in range->arena.
 * Returns: how many, or -errno.
 */
NODISCARD int query_series(struct query_store *store, const struct query_request *range,
	int64_t check_id, struct series_row *ret_rows, size_t max,
	struct query_coverage *ret_coverage);

struct query_beats {
	int64_t series_id;          /* asked */
	int16_t worst[QUERY_BEATS]; /* state, -1 where no sample is */
	uint64_t samples;           /* what was looked at: neither unknown nor maintenance */
	uint64_t up;                /* those that answered, be it badly: up or degraded */
};

/**
 * Heartbeat bars: [from_ms, to_ms] cut into QUERY_BEATS, the worst state of
 * each.  badness[state] says which is worse; states past it count as worst.
 */
NODISCARD int query_beats(struct query_store *store, const struct query_request *range,
	const uint8_t badness[QUERY_STATES_MAX], struct query_beats *items, size_t count,
	struct query_coverage *ret_coverage);

enum { QUERY_CUT_SERIES_MAX = 256 };

/** What fell into one part of the range; min and max mean nothing while count is 0. */
struct query_span {
	double sum;
	double min;
	double max;
	uint64_t count;
};

struct query_bucket {
	int64_t last_ms; /* 0 = nothing */
	int16_t worst;   /* state by badness; -1 = nothing */
	struct query_span latency_us;
	struct query_span value;
};

struct query_cut {
	const int64_t *series;
	size_t series_count; /* at most QUERY_CUT_SERIES_MAX, each once */
	size_t buckets;
	const uint8_t *badness;     /* [QUERY_STATES_MAX], as of query_beats */
	struct query_bucket *items; /* series_count × buckets, filled */
};

/**
 * [from_ms, to_ms] cut into equal buckets, for several series in one pass,
 * newest first: a limit leaves out the oldest.
 *
 * Returns: 0 or -errno.
 */
NODISCARD int query_buckets(struct query_store *store, const struct query_request *range,
	const struct query_cut *cut, struct query_coverage *ret_coverage);

/**
 * The newest log lines in range that the filter takes, newest first.
 *
 * Owns:    texts live in range->arena; the filter gets range->context.
 * Returns: how many, or -errno.
 */
NODISCARD int query_logs(struct query_store *store, const struct query_request *range,
	bool (*filter)(void *context, const struct log_row *row), struct log_row *ret_rows,
	size_t max, struct query_coverage *ret_coverage);
