/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A remark on a record: a line of its timeline that somebody wrote, with a
 * paper of the record where one is named.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/**
 * Read {"text","attachment_id"} and put it into the record's timeline.
 *
 * Shape:   kind is the record's, and the attachment's "about".
 * Returns: 0 with the text; E_INPUT refused; or as db_step.
 */
NODISCARD int remark_put(
	struct desk *desk, const char *kind, int64_t id, struct slice *ret_text);
