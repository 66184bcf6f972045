/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A campus that exists only on a fake clock: checks with parents, cables that
 * are out for a while, datagrams that get lost; the real scheduler and the
 * real judgement on top.
 */
#pragma once

#include <stdint.h>

#include "probe/reach.h"
#include "probe/scheduler.h"

enum { CAMPUS_NOTHING = -1 };

struct campus_device {
	int64_t parent;    /* place of the device it hangs on, or CAMPUS_NOTHING */
	int64_t second;    /* a second one, or CAMPUS_NOTHING */
	int64_t out_ms;    /* out of order from … */
	int64_t back_ms;   /* … until */
	unsigned swing_ms; /* besides, out every other so many ms between the two */
	uint8_t burst;     /* looks still to be lost */
	/* what was told of it */
	unsigned downs; /* failures of its own */
	unsigned caused;
	unsigned ups;
	unsigned flap_begins;
	unsigned flap_ends;
	int64_t down_ms; /* when its latest failure was told */
	int64_t cause;   /* latest */
	enum check_state state;
};

struct campus {
	struct scheduler *scheduler;
	struct reach *reach;
	struct campus_device *devices; /* device i is check i + 1 */
	size_t count;
	int64_t now_ms;
	uint64_t random;
	unsigned loss_ppm;
	unsigned burst_max; /* 1 = losses are independent */
	unsigned rtt_ms_max;
	struct campus_answer *answers; /* a heap */
	size_t answer_count;
	size_t answer_room;
	uint64_t looks;
};

struct campus_plan {
	enum check_kind kind;
	uint32_t interval_ms;
	uint32_t timeout_ms; /* 0 = by default */
	uint8_t retries;
};

void campus_open(struct campus *campus, size_t count, uint64_t seed);
void campus_close(struct campus *campus);
/** Put every device's check and its parents; devices are filled in before. */
void campus_watch(struct campus *campus, const struct campus_plan *plan);
/** Let time pass. */
void campus_pass(struct campus *campus, int64_t ms);
/** A number below limit. */
uint32_t campus_draw(struct campus *campus, uint32_t limit);
