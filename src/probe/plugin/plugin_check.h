/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks made by plugins: what is registered becomes a program and its
 * arguments, what came back becomes a result.  Pure, but for the door that
 * leads to where plugins are run.
 *
 * Layer: probe.  Threading: reentrant.  Fuzz target: fuzz/plugin_args.c.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"
#include "probe/plugin/runner.h"

struct buf;

/** Where plugins are run; start is as prober_start. */
struct plugin_door {
	int (*start)(void *user, const struct check_spec *spec, struct check_sink sink);
	void *user;
};

/**
 * Words as a person wrote them to NUL-ended texts: cut at spaces, '…' and "…" hold
 * a word together, nothing else has a meaning.  Then $ADDRESS$ $NAME$ $PORT$
 * and $TIMEOUT$ (whole seconds) are the target's; a value never makes a new word.
 *
 * Returns: 0, E_FORMAT for an open quote or a NUL, E_LIMIT (PLUGIN_ARGS_MAX,
 *          PLUGIN_ARGS_OCTETS_MAX).
 */
NODISCARD int plugin_args_put(
	const struct check_spec *spec, struct slice words, struct buf *out);

/** The check's time, or the default. */
uint32_t plugin_timeout_ms(const struct check_spec *spec);

/**
 * How a plugin ended, as a result: its state, its first line (text), what it measured
 * (CHECK_PERF_MAX of them; perf_more says how many more), the long lines cut.
 * Codes: plugin.ok warning critical unknown timeout signal absent setuid outside
 * refused busy failed unregistered unreached unavailable.
 */
void plugin_judge(const struct plugin_end *end, struct check_result *result);

/** "plugin.timeout" and its like; static. */
const char *plugin_how_code(enum plugin_how how);
