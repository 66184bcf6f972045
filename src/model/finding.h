/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Findings 隐患: something wrong on an asset that somebody must put right.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum finding_state {
	FINDING_NEW,
	FINDING_CONFIRMED,
	FINDING_NOTICED,
	FINDING_REMEDIATED,
	FINDING_CLOSED,
	FINDING_DUPLICATE,
	FINDING_FALSE_POSITIVE,
	FINDING_ACCEPTED,
	FINDING_TRANSFERRED_TO_EVENT,
	FINDING_MERGED,
	FINDING_REOPENED,
};

#define FINDING_COUNT (FINDING_REOPENED + 1)

extern const struct name_table finding_state_names;

/** Where a finding or a notice comes from (articles 14 and 18). */
enum source {
	SOURCE_MONITOR,
	SOURCE_SUPERIOR,
	SOURCE_UNIT,
	SOURCE_PUBLIC,
};

#define SOURCE_COUNT (SOURCE_PUBLIC + 1)

extern const struct name_table source_names;

/** What it is of: schema/finding_kinds.toml.  A record holds the id. */
extern const struct name_table finding_kind_names;
