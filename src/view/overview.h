/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the desk looks at first: how it stands, what waits for me, where
 * something is, and what was done by whom.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

NODISCARD int view_overview_get(struct view *view);
/** What awaits the caller in the role he acts in, soonest due first, at most TODO_MAX. */
NODISCARD int view_todo_list(struct view *view);
/** Records of every kind the caller may see, by words. */
NODISCARD int view_search_list(struct view *view);
/** The audit log, newest first; filters act, kind, id, actor, from, to. */
NODISCARD int view_audit_list(struct view *view);
NODISCARD int view_audit_state(struct view *view);
/** GET /explain/notice/{id}: its deadline's stored derivation as sentences. */
NODISCARD int view_explain_get(struct view *view);

/** Member "since": what happened while the caller was away, null when he was never here before.  0 or as db_step. */
NODISCARD int view_since(struct view *view);

/** How many things await the caller.  0 or as db_step. */
NODISCARD int view_todo_count(struct view *view, int64_t *ret_count);
