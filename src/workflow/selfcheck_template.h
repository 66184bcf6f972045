/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the school asks in a self-check besides the questions of article 10: the
 * member "selfcheck_items" of its policy.  The fixed questions stand in
 * model/selfcheck.h and cannot be taken out.
 *
 * Layer: workflow.  Threading: reentrant.  Fuzz target: fuzz/policy.c.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "model/selfcheck.h"

struct diag_list;
struct json;
struct policy_selfcheck;

enum { SELFCHECK_ITEMS_MAX = SELFCHECK_FIXED + 8 };

/**
 * Read a policy's member "selfcheck_items".
 *
 * Shape:   [{"id","text","text_en"?,"value"?,"value_en"?},…]; an id of small
 *          letters, digits and "_", once, and none of the fixed ones.
 * Returns: how many mistakes were added to errors; *policy is unchanged then.
 */
size_t selfcheck_template_parse(
	const struct json *list, struct policy_selfcheck *policy, struct diag_list *errors);

/** All questions of a check of this kind, the fixed ones first.  Returns: how many; borrowed from the policy. */
size_t selfcheck_template_questions(const struct policy_selfcheck *policy,
	enum selfcheck_kind kind, struct selfcheck_question ret_questions[SELFCHECK_ITEMS_MAX]);
