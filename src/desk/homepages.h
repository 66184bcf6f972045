/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Home pages: the one a person confirmed, and what probe saw of it since.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;
struct txn;

/** A page as probe saw it; hosts one a line, mark as model/page_mark.h puts it. */
struct homepage_sight {
	int64_t check_id;
	int64_t at_ms;
	struct slice title;
	struct slice text;
	struct slice hosts;
	struct slice mark;
};

/** Keep it in place of the last one seen.  Returns: 0 (a check that is gone too) or as db_step. */
NODISCARD int homepage_take(struct txn *txn, const struct homepage_sight *sight);

/**
 * POST /checks/{id}/page/confirm {mark}: the page last seen is as it should be.
 * mark is that of the page that was looked at: another one meanwhile is a conflict.
 */
NODISCARD int desk_homepage_confirm(struct desk *desk);

/** The check looks elsewhere now: both pages go.  Returns: 0 or as db_step. */
NODISCARD int homepage_forget(struct desk *desk, int64_t check_id);
