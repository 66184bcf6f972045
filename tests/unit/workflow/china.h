/* SPDX-License-Identifier: Apache-2.0 */
/** The shipped policy files, as every workflow test needs them. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "workflow/calendar.h"

/** A file below policy/, appended; fails the test when it cannot be read. */
void policy_file_read(const char *path, struct buf *buf);

/** 2025 and 2026. */
void china_load(struct calendar *calendar);

/** "2026-02-13T09:00" in China. */
int64_t china_at(const char *text);

/** A stream of numbers that is the same on every run. */
uint64_t dice(uint64_t *state);
/** One of 0 … sides-1. */
uint32_t roll(uint64_t *state, uint32_t sides);
