/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of the detect role: the rules, and the feed of rows they work on.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct burst_sink;
struct feeds;
struct jw;
struct log_row;
struct rules;
struct runtime;
struct signal_queue;

enum {
	RULES_MAX = 64,
	FEEDS_MAX = 64, /* shards followed */
};

/* ---- rules */

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
/** A JSON list of the ids of those that work. */
void rules_put_ids(const struct rules *rules, struct jw *jw);
void rules_status(const struct rules *rules, struct jw *jw);

/* ---- the feed */

struct feeds *feeds_create(
	struct runtime *rt, struct rules *rules, struct signal_queue *signals);
struct feeds *feeds_destroy(struct feeds *feeds);
/** Core's `position`: begin behind it.  Later ones say what is known already. */
void feeds_position(struct feeds *feeds, struct slice json);
/** At the stop. */
void feeds_stop(struct feeds *feeds);
void feeds_status(const struct feeds *feeds, struct jw *jw);
