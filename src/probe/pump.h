/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Gives a scheduler its turns on a loop: before each wait, so that a result
 * that made something due sooner is heeded, and when something is due.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"

struct scheduler;

struct pump {
	struct scheduler *scheduler; /* borrowed; outlives the pump */
	uv_timer_t timer;
	uv_prepare_t prepare;
};

/** Returns: 0 or -errno. */
NODISCARD int pump_start(struct pump *pump, uv_loop_t *loop, struct scheduler *scheduler);
/** No turn after this; the pump's memory must last until the loop has closed its handles. */
void pump_stop(struct pump *pump);
