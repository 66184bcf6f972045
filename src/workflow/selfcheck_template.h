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

enum {
	SELFCHECK_EXTRAS_MAX = 8,
	SELFCHECK_ITEMS_MAX = SELFCHECK_FIXED + SELFCHECK_EXTRAS_MAX,
	SELFCHECK_ID_MAX = 24, /* octets, with the NUL */
	SELFCHECK_TEXT_MAX = 241,
	SELFCHECK_VALUE_MAX = 97,
};

struct selfcheck_extra {
	char id[SELFCHECK_ID_MAX];
	char text[SELFCHECK_TEXT_MAX];
	char text_en[SELFCHECK_TEXT_MAX]; /* "" = as text */
	char value[SELFCHECK_VALUE_MAX];  /* "" = no value is asked for */
	char value_en[SELFCHECK_VALUE_MAX];
};

struct selfcheck_template {
	size_t count;
	struct selfcheck_extra extras[SELFCHECK_EXTRAS_MAX];
};

/**
 * Read a policy's member "selfcheck_items".
 *
 * Shape:   [{"id","text","text_en"?,"value"?,"value_en"?},…]; an id of small
 *          letters, digits and "_", once, and none of the fixed ones.
 * Returns: how many mistakes were added to errors; the template is unchanged then.
 */
size_t selfcheck_template_parse(const struct json *list,
	struct selfcheck_template *ret_template, struct diag_list *errors);

/** All questions of a check of this kind, the fixed ones first.  Returns: how many; borrowed from template. */
size_t selfcheck_template_questions(const struct selfcheck_template *template,
	enum selfcheck_kind kind, struct selfcheck_question ret_questions[SELFCHECK_ITEMS_MAX]);
