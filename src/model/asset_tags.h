/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Words people group assets by: "核心机房", "双路供电".  Written in any order with
 * commas, semicolons, the enumeration comma or blanks between them, in either
 * width; kept with one comma between them, each once.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum { ASSET_TAGS_MAX = 16, ASSET_TAG_OCTETS_MAX = 40, ASSET_TAGS_OCTETS_MAX = 700 };

/**
 * The words of a text as they are kept, appended to out.
 *
 * Returns: how many, or E_INPUT with *ret_bad the word past its length, or the first too many.
 */
NODISCARD int asset_tags_put(struct buf *out, struct slice text, struct slice *ret_bad);

/** The next word of what is kept; 1, or 0 at the end.  *kept moves on. */
int asset_tags_next(struct slice *kept, struct slice *ret_tag);
