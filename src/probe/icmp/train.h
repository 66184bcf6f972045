/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A round of several echoes to one target, a moment apart, and one result for
 * all: up with its loss and spread, degraded when too many are lost or the
 * median is slow, down when none came back.  A check of one echo goes
 * straight to the engine.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "probe/check.h"
#include "probe/icmp/ping.h"

struct train_set;

enum {
	TRAIN_GAP_MS = 100,      /* between the echoes of one round */
	TRAIN_SET_MAX = 1 << 15, /* rounds under way at once */
};

/** Returns: NULL without memory.  ping is borrowed.  Owns: end with train_set_close. */
NODISCARD struct train_set *train_set_create(uv_loop_t *loop, struct ping *ping);

/**
 * One round of as many echoes as the check's count says (1: a single one, as
 * ping_start tells it).  Measurements: rtt (median), rtt_min, rtt_max, jitter in us, loss in %.
 * Codes beside the engine's: icmp.loss.  A round that got only error
 * messages or could not be sent is told by the last of these.
 *
 * Returns: 0, E_BUSY at TRAIN_SET_MAX or as ping_start, E_UNSUPPORTED.
 */
NODISCARD int train_start(
	struct train_set *set, const struct check_spec *spec, struct check_sink sink);

uint32_t train_set_count(const struct train_set *set);

/** After ping_close: rounds under way are dropped without result. */
void train_set_close(struct train_set *set);
