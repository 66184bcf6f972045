/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/plugin_output.h"

#include <stdint.h>
#include <stdlib.h>

/* Labels are not empty, texts lie inside, and a range is never upside down. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plugin_output output;
	plugin_output_parse((int)size % 6 - 1, slice_of(data, size), &output);
	if (output.text.n + output.long_text.n > size || output.state > PLUGIN_UNKNOWN) {
		abort();
	}
	for (size_t i = 0; i < output.perf_count; i++) {
		const struct plugin_perf *perf = &output.perf[i];
		if (perf->label[0] == '\0' || perf->warn.start > perf->warn.end ||
			(plugin_range_alerts(&perf->crit, perf->value) && !perf->crit.given)) {
			abort();
		}
	}
	return 0;
}
