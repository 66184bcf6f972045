/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/clock.h"

#include <time.h>

static struct timespec now(clockid_t id)
{
	struct timespec at = { 0 };
	(void)clock_gettime(id, &at); /* cannot fail for these two clocks */
	return at;
}

int64_t clock_unix_ms(void)
{
	struct timespec at = now(CLOCK_REALTIME);
	return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
	struct timespec at = now(CLOCK_MONOTONIC);
	return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}
