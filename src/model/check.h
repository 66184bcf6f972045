/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks: what is watched, and how it stands.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum check_state {
	CHECK_UP,
	CHECK_DEGRADED,
	CHECK_DOWN,
	CHECK_UNREACHABLE, /* something in between is down */
	CHECK_UNKNOWN,     /* we could not look */
	CHECK_MAINTENANCE,
	CHECK_FLAPPING, /* up and down all the time */
};

#define CHECK_COUNT (CHECK_FLAPPING + 1)

extern const struct name_table check_state_names;
