/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a simulated device answers one message.
 *
 * Part of the simulated campus.  Threading: one.
 *
 * Source:  RFC 3416 section 4.2 (what each request gets), RFC 3584 section 4 (for version 1).
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct device;

/**
 * The answer to a datagram, appended to out.
 *
 * Returns: 0, or E_DENIED when the device stays silent.
 */
NODISCARD int agent_answer(
	struct device *device, struct slice datagram, int64_t now_ms, struct buf *out);

enum agent_trap { AGENT_COLD_START = 0, AGENT_LINK_DOWN = 2, AGENT_LINK_UP = 3 };

/** A trap of version 1 (version = 0) or 2c (1) about a port; if_index 0 = about none. */
NODISCARD int agent_trap(const struct device *device, unsigned version, enum agent_trap trap,
	uint32_t if_index, int64_t now_ms, struct buf *out);
