/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "probe/plugin/plugin_check.h"

/* Arguments end each with its NUL and are no more than allowed; any output can be judged. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct check_spec spec = { .kind = CHECK_PLUGIN, .name = "a b'c", .port = 80 };
	struct slice text = slice_of(data, size);
	struct check_result result;
	unsigned count = 0;
	AUTO_BUF struct buf args;
	buf_init(&args, PLUGIN_ARGS_OCTETS_MAX);
	bool good = plugin_args_put(&spec, text, &args) == 0;
	for (size_t i = 0; i < args.n; i++) {
		count += args.p[i] == 0;
	}
	if (good && (count > PLUGIN_ARGS_MAX || (args.n > 0 && args.p[args.n - 1] != 0))) {
		abort();
	}
	check_result_init(&result, &spec, 0);
	plugin_judge(&(struct plugin_end) { .out = text, .discarded = 1 }, &result);
	if (result.args_refused != 0) {
		abort();
	}
	return 0;
}
