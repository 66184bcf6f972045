/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Bursts of log lines of one sort, such as failed logins: more than a
 * threshold within a sliding window from one address to one host.  A pure
 * function of the rows and their times, so that a back-test over old rows
 * says what a live run would have said.
 *
 * Fires once when the threshold is reached, stays silent while it goes on,
 * and resolves when quiet_s have passed without a matching row.
 *
 * Layer: detect.  Threading: one owner.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/row.h"
#include "model/signal.h"

struct diag;

enum {
	BURST_KEYS_MAX = 65536, /* groups watched at once; the one silent longest goes first */
	BURST_THRESHOLD_MAX = 256, /* times kept of a group */
	BURST_MATCH_MAX = 8,
	BURST_GROUP_MAX = 4,
};

struct burst;

/**
 * Shape:   JSON of rules/burst-login.json; match and group name fields of the
 *          line or source, host, app; quiet_s is at least window_s.
 * Owns:    *ret_burst; release with burst_destroy.
 * Returns: 0, json_parse's errors, or E_INPUT with diag.
 */
NODISCARD int burst_create(struct slice rule_json, const uint8_t seed[16], size_t keys_max,
	struct burst **ret_burst, struct diag *diag);
struct burst *burst_destroy(struct burst *burst);

/** Takes each signal at once; its texts are valid during the call only. */
struct burst_sink {
	void (*emit)(void *context, const struct signal *signal);
	void *context;
};

/** One row, in order of arrival; time is its recv_ms and never goes back by it. */
void burst_row(struct burst *burst, const struct log_row *row, const struct burst_sink *sink);

/** Time passes without rows: resolves what has been quiet. */
void burst_tick(struct burst *burst, int64_t now_ms, const struct burst_sink *sink);

struct burst_counters {
	uint64_t rows;
	uint64_t matched;
	uint64_t fired;
	uint64_t resolved;
	uint64_t evicted;        /* groups dropped at the limit */
	uint64_t evicted_firing; /* of these, while firing; they are resolved first */
	uint64_t keys;           /* now */
};

struct burst_counters burst_counters(const struct burst *burst);
