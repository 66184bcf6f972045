/* SPDX-License-Identifier: Apache-2.0 */
/** The text of a Word file as a tree; seen by template.c and template_tree.c. */
#pragma once

#include <libxml/tree.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "paper/template.h"

struct diag;
struct fill;
struct mark;

/* The text of a paragraph, and the nodes it comes from. */
struct template_text {
	xmlNode *nodes[TEMPLATE_TEXTS_MAX];
	size_t ends[TEMPLATE_TEXTS_MAX]; /* where each one's text ends in the whole */
	unsigned count;
	struct buf whole;
};

struct template_part {
	struct slice name;
	struct diag *diag;
	size_t nodes; /* copied so far */
	/* read anew for each paragraph, and for each look at a node's tags */
	struct template_text text;
	struct mark *marks;
};

/** "template.field" … with the text's place before it. */
NODISCARD int template_wrong(struct diag *diag, int error, const char *code);

/** Fill the children of a node in.  Returns: 0, or as template_fill. */
NODISCARD int template_tree(struct template_part *part, xmlNode *root, const struct fill *fill);
