/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A burst rule as data, checked.
 *
 * Layer: detect.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "detect/burst.h"
#include "model/scale.h"

struct arena;
struct diag;

struct burst_rule {
	struct slice id;
	struct slice class;
	struct slice code;
	struct slice asset; /* name of the field that is the asset key */
	struct slice match_name[BURST_MATCH_MAX];
	struct slice match_value[BURST_MATCH_MAX];
	size_t match_count;
	struct slice group[BURST_GROUP_MAX];
	size_t group_count;
	int64_t window_ms;
	int64_t quiet_ms;
	unsigned threshold;
	enum alert_severity severity;
};

/**
 * Owns:    texts of *ret_rule live in the arena.
 * Returns: 0, json_parse's errors, or E_INPUT with diag.
 */
NODISCARD int burst_rule_read(
	struct arena *arena, struct slice json, struct burst_rule *ret_rule, struct diag *diag);
