/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The feed of the detect role: rows of all shards to the rules, signals to core.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "detect/burst.h"

struct feeds;
struct figures;
struct jw;
struct rules;
struct runtime;
struct signal_queue;

enum { FEEDS_MAX = 64 }; /* shards followed */

struct feeds *feeds_create(struct runtime *rt, struct rules *rules, struct figures *figures,
	struct signal_queue *signals);
struct feeds *feeds_destroy(struct feeds *feeds);
/** Core's `position`: begin behind it.  Later ones say what is known already. */
void feeds_position(struct feeds *feeds, struct slice json);
/** Where signals go that come of no row. */
struct burst_sink feeds_sink(struct feeds *feeds);
/** Other rules look at other series: hear of those of this hour again. */
void feeds_announce_again(struct feeds *feeds);
/** At the stop. */
void feeds_stop(struct feeds *feeds);
void feeds_status(const struct feeds *feeds, struct jw *jw);
