/* SPDX-License-Identifier: Apache-2.0 */
/* A rule over figures is refused whole or has every limit a judge relies on. */
#include "detect/metric_rule.h"

#include <math.h>

#include "base/arena.h"
#include "base/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(1 << 20);
	struct metric_rule rule = { 0 };
	struct diag diag = { 0 };
	if (metric_rule_read(arena, slice_of(data, size), &rule, &diag) == 0) {
		bool timed = rule.duration_ms >= 0 && rule.clear_ms >= 0 &&
			     metric_rule_memory_ms(&rule) >= 0;
		bool windowed = rule.window_ms > 0 ||
				(rule.kind != METRIC_RATE && rule.kind != METRIC_FORECAST);
		if (!timed || !windowed || !isfinite(rule.limit) || rule.id.n == 0) {
			__builtin_trap();
		}
	}
	(void)arena_destroy(arena);
	return 0;
}
