/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the acts on events share; seen by this folder only.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/event_row.h"

struct desk;

/** Class, kind, class of 2023, cause and crime, as far as the body says.  0, E_INPUT refused, or as db_step. */
NODISCARD int event_class_read(
	struct desk *desk, const struct event_pack *pack, struct event_row *row);
/** An asset of the body; within reach.  0, E_INPUT refused, or as db_step. */
NODISCARD int event_asset_read(struct desk *desk, int64_t *asset_id);
/** Who must be told by this grade: rows that are new, and whether old ones are still asked for.  0 or as db_step. */
NODISCARD int event_ups_follow(struct desk *desk, const struct event_row *row);
/** What was reported upward asks for a summary once it is over: its clock, unless it runs.  0 or as db_step. */
NODISCARD int event_national_follow(struct desk *desk, const struct event_row *row);
/** Its first report: a draft, or handed in.  0 or as db_step. */
NODISCARD int event_first_report(
	struct desk *desk, const struct event_row *row, struct slice course, bool handed_in);
/** What makes it findable.  0 or as db_step. */
NODISCARD int event_searchable(struct desk *desk, const struct event_row *row);
