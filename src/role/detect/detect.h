/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules over log lines at work.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct burst_sink;
struct jw;
struct log_row;
struct rules;
struct runtime;

enum {
	RULES_MAX = 64,
};

/**
 * Before the fence: every rules/NAME.json of our folder, or of the site's where
 * it has the same name, and the site's others.  Bad ones are logged, counted
 * and left out.
 */
struct rules *rules_load(const struct runtime *rt);
struct rules *rules_destroy(struct rules *rules);
void rules_row(struct rules *rules, const struct log_row *row, const struct burst_sink *sink);
void rules_tick(struct rules *rules, int64_t now_ms, const struct burst_sink *sink);
/** How far back rows still bear on what the rules will say. */
int64_t rules_memory_ms(const struct rules *rules);
/** The ids of those that work, into an open list. */
void rules_put_ids(const struct rules *rules, struct jw *jw);
void rules_status(const struct rules *rules, struct jw *jw);
