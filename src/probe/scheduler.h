/* SPDX-License-Identifier: Apache-2.0 */
/**
 * When which check runs.  Each check has its own place in its interval,
 * drawn from its id, so that ten thousand checks of one minute are a steady
 * stream and not a wave; a result that disagrees with what is shown is
 * looked at again within seconds.  It measures its own lateness.
 *
 * How often it looks again, and why.  A service answers or it does not: its
 * retries are looks a second apart.  A ping is one datagram, and among 1,000
 * targets asked every second at 1 % loss three in a row are lost 86 times a
 * day, by chance alone; where losses come in bursts of up to three, one burst
 * would be an outage.  So each retry of a ping is five looks, 200 ms apart:
 * with the default of 2 retries eleven losses in a row, for which four bursts
 * must follow on one another (once in a year of such days).  At an
 * interval of 1 s that takes 1 s at most until the first look, and eleven
 * times 200 ms: down is said between 2.2 and 3.3 s after the cable is out.
 *
 * For that a ping that states no timeout waits for a fifth of its interval,
 * from 200 ms to 1 s, and not for the five seconds services get.
 *
 * The clock is passed in, so a week runs in a test in no time.
 *
 * Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "probe/check.h"

struct scheduler;

enum {
	SCHEDULER_CHECKS_MAX = 131072,
	SCHEDULER_LATENESS_BUCKETS =
		7, /* up to 1, 10, 100, 1,000, 10,000, 60,000 ms, and more */
	SCHEDULER_LATE_MS = 1000,
	SCHEDULER_RETRY_MS = 1000,     /* to the next look at a doubtful result */
	SCHEDULER_PING_RETRY_MS = 200, /* from the start of a doubtful ping to the next */
	SCHEDULER_PING_LOOKS = 5,      /* that make one retry of a ping */
	SCHEDULER_PING_TIMEOUT_MIN_MS = 200,
	SCHEDULER_PING_TIMEOUT_MAX_MS = 1000, /* of those that state none */
	SCHEDULER_BUSY_MS = 50,               /* to the next try where the engine was full */
	SCHEDULER_INTERVAL_MIN_MS = 200,
	SCHEDULER_INTERVAL_DEFAULT_MS = 60 * 1000,
};

struct scheduler_change {
	const struct check_spec *spec;
	enum check_state from;
	enum check_state to;
	int64_t since_unix_ms; /* of the first result that pointed to the new state */
	const struct check_result *result; /* the one that decided */
};

/** How the latest result of a check came about. */
struct scheduler_look {
	enum check_state shown; /* after it */
	int64_t started_ms;     /* monotonic */
	bool regular;           /* in its turn; not a second look, nor hurried */
	uint8_t need;           /* bad results that confirm a failure */
};

/** Do not put or remove checks from inside on_result and on_change. */
struct scheduler_config {
	/** Begin a check: 0, or an error; E_BUSY is tried again, others become an unknown result. */
	int (*start)(void *user, const struct check_spec *spec, struct check_sink sink);
	void (*on_result)(
		void *user, const struct check_spec *spec, const struct check_result *result);
	void (*on_change)(void *user, const struct scheduler_change *change);
	int64_t (*now_ms)(void *user); /* monotonic; NULL = the machine's */
	void *user;
	uint8_t seed[16];
	uint32_t start_max; /* starts in one turn, 0 = 1,000 */
};

struct scheduler_stats {
	uint64_t started;
	uint64_t finished;
	uint64_t late;    /* begun more than SCHEDULER_LATE_MS after they were due */
	uint64_t busy;    /* put off because the engine was full */
	uint64_t overrun; /* turns left out because the one before took so long */
	uint64_t dropped; /* results of checks changed or removed meanwhile */
	uint64_t refused; /* checks over SCHEDULER_CHECKS_MAX */
	uint64_t lateness[SCHEDULER_LATENESS_BUCKETS];
	int64_t worst_late_ms;
	uint32_t checks;
	uint32_t inflight;
};

/** Owns:    the result; NULL without memory. */
struct scheduler *scheduler_create(const struct scheduler_config *config);
/** Only when nothing started by it can still report: close the engines first. */
struct scheduler *scheduler_destroy(struct scheduler *scheduler);

/**
 * Add a check, or change the one of this id; an unchanged kind and target
 * keeps its state.  A new one runs for the first time within its interval, at once
 * with soon.
 *
 * Returns: 0 added, 1 changed, E_LIMIT at SCHEDULER_CHECKS_MAX, E_INPUT for
 *          texts beyond their bounds.
 */
NODISCARD int scheduler_put(
	struct scheduler *scheduler, const struct check_spec *spec, bool soon);

/** Returns: 0 or E_ABSENT.  A result still under way is dropped when it comes. */
NODISCARD int scheduler_remove(struct scheduler *scheduler, int64_t id);

/** Run this one now (a person asked).  Returns: 0 or E_ABSENT. */
NODISCARD int scheduler_hurry(struct scheduler *scheduler, int64_t id);

/** Start what is due.  Returns: ms until there is something to do again, at most 60,000. */
int64_t scheduler_turn(struct scheduler *scheduler);

/** What is shown of a check.  Returns: 0 or E_ABSENT. */
NODISCARD int scheduler_state(
	const struct scheduler *scheduler, int64_t id, enum check_state *ret_state);

/** For on_result: the look this result is of.  Returns: 0 or E_ABSENT. */
NODISCARD int scheduler_look(
	const struct scheduler *scheduler, int64_t id, struct scheduler_look *ret_look);

struct scheduler_stats scheduler_stats(const struct scheduler *scheduler);
