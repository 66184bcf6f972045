/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The number a sample row carries for a check's state.
 *
 * Layer: role.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/slice.h"

/** "up", "down" … as model/check.h numbers them; what it does not know is unknown. */
int64_t state_number(struct slice text);
