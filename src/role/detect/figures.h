/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules over figures at work: those that came with the product, and core's
 * table over them.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"

struct burst_sink;
struct figures;
struct ipc_frame;
struct jw;
struct metrics;
struct runtime;

/** Before the fence: those that came with the product, and the calendars. */
struct figures *figures_load(const struct runtime *rt);
struct figures *figures_destroy(struct figures *figures);
/** Core's `metric_rules`.  Returns: 0, or an error that is logged and counted; the old table stays. */
NODISCARD int figures_take(
	struct figures *figures, struct ipc_frame *frame, const struct burst_sink *sink);
/** The engine, or NULL before the first table. */
struct metrics *figures_metrics(struct figures *figures);
/** The ids of those that work, into an open list. */
void figures_put_ids(const struct figures *figures, struct jw *jw);
void figures_status(const struct figures *figures, struct jw *jw);
