/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of rules over figures, and what one would have said.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /rules: those that came with the product, and the school's. */
NODISCARD int view_rules_list(struct view *view);
/**
 * GET /rules/test?rule=: the rule over the rows of the last 7 days, by the
 * code detect works with: how often it would have fired, when, on what, and
 * what the answer rests on.
 */
NODISCARD int view_rules_test(struct view *view);
