/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The machine's clocks.
 *
 * Layer: sys.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

/** CLOCK_REALTIME in unix milliseconds. */
int64_t clock_unix_ms(void);
/** CLOCK_MONOTONIC in milliseconds; only differences mean something. */
int64_t clock_mono_ms(void);
/** CLOCK_MONOTONIC in microseconds. */
int64_t clock_mono_us(void);
