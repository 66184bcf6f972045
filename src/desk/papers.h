/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on papers: a school's own Word files, and papers put together to print.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /paper-templates/{key}: the school's own file for a kind; paper has filled an example in. */
NODISCARD int desk_paper_template_put(struct desk *desk);
/** POST /paper-templates/{key}/use: an older file again, or, without template_id, ours. */
NODISCARD int desk_paper_template_use(struct desk *desk);
/** POST /paper-templates/{key}/example: the Word file as it would be, with an example filled in. */
NODISCARD int desk_paper_template_example(struct desk *desk);
/** POST /documents/print: papers of several notices in one PDF, each from the front of a sheet. */
NODISCARD int desk_documents_print(struct desk *desk);
